"""What comes at the same moment is taken in together: in one transaction, with one commit to the disk.

Where a hall of phones sends, each alone would wait for the lock and the disk of all before it. Who comes first takes in
what has come by then; who comes meanwhile waits, and is in the next lot. Nobody waits for more to come, so what comes
alone is taken in at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError

from raadslag.workspace import threads

T = TypeVar("T")
R = TypeVar("R")


class Gathering(Generic[T, R]):
    """Calls `take` with what has come, in its order; it answers for each with a result, or with the fault to raise.

    Where `take` itself fails, nothing of that lot is in, and each is tried by itself: one that cannot be taken in stops
    no other. Where the database does not answer, all are told so. `take` must not be called within a transaction: who
    leads would wait for who follows.
    """

    def __init__(self, take: Callable[[Sequence[T]], Sequence[R | Exception]]) -> None:
        self._take = take
        self._waiting: list[_Waiting[T, R]] = []
        self._is_led = False
        self._changed = threading.Condition()

    def __call__(self, one: T) -> R:
        """The result for `one`, once it is in."""
        mine: _Waiting[T, R] = _Waiting(one)
        lot: list[_Waiting[T, R]] = []
        with threads.waiting():  # who leads works for all who wait: beside it, requests go on
            with self._changed:
                self._waiting.append(mine)
                while self._is_led and not mine.is_done:
                    self._changed.wait()
                if not mine.is_done:
                    self._is_led, lot, self._waiting = True, self._waiting, []
            if lot:
                try:
                    self._lead(lot)
                finally:
                    for one in lot:  # whatever happened, nobody waits for ever
                        if not one.is_done:
                            one.answer(RuntimeError("not taken in"))
                    with self._changed:
                        self._is_led = False
                        self._changed.notify_all()
        return mine.result()

    def _lead(self, lot: Sequence[_Waiting[T, R]]) -> None:
        try:
            answers = self._take([one.given for one in lot])
        except (OperationalError, InterfaceError) as error:
            for one in lot:
                one.answer(error)
            return
        except Exception as error:
            if len(lot) == 1:
                lot[0].answer(error)
                return
            for one in lot:
                self._lead([one])
            return
        for one, answer in zip(lot, answers, strict=True):
            one.answer(answer)


class _Waiting(Generic[T, R]):
    """One that waits for its result."""

    def __init__(self, given: T) -> None:
        self.given = given
        self.is_done = False
        self._answer: R | Exception

    def answer(self, answer: R | Exception) -> None:
        self._answer, self.is_done = answer, True

    def result(self) -> R:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer
