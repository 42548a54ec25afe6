"""Evaluating a committee's work without anybody knowing who said what.

Answering is the one change of state in the house that is no `journal.action`, and it leaves no entry: an entry has a
moment and a name, and its number an order, and so has the key by which a repeated request is known. What is answered
goes into the box sealed; in the same transaction all that is in it, and all names of who has answered, are written
anew in an order of chance. A person answers once because his name is there. Source: invariant I19.
"""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.closing import rules
from raadslag.workspace.closing.events import EvaluationClosed, EvaluationOpened, EvaluationPrepared
from raadslag.workspace.closing.models import Evaluation, HasAnswered, SaidWords, SealedAnswer
from raadslag.workspace.closing.sealing import (
    LONGEST,
    QUESTIONS,
    SCALE,
    Answer,
    BadCode,
    WrongKey,
    new_pair,
    public_of,
    seal,
    unseal,
)
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict
from raadslag.workspace.people.models import User

Row = TypeVar("Row", bound=models.Model)
State = Evaluation.State
_chance = random.SystemRandom()


@cache
def our_questions() -> list[dict[str, str]]:
    """What is asked unless somebody writes something else, in Danish and English."""
    told = tomllib.loads((Path(__file__).parent / "questions.toml").read_text(encoding="utf-8"))
    return [dict(one) for one in told["questions"]]


def current(organization: Organization) -> Evaluation | None:
    """The evaluation that counts: the last that was begun."""
    return organization.evaluations.first()


@journal.action
def prepare(organization: Organization, questions: list[dict[str, str]], *, version: int = 0, by: Any, at: datetime
            ) -> Evaluation:  # fmt: skip
    """Choose the questions of the next evaluation, until it is opened; `version` is the one that was changed.

    Raises Blocked without six questions, and once an evaluation is open or was read; Conflict where somebody has saved
    since. One whose box stayed unread may be followed by another.
    """
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    last = current(organization)
    obstacles = rules.obstacles_to_preparing(questions)
    if last and last.state == State.OPEN:
        obstacles.append(_("The evaluation is open: its questions stay as they are."))
    if last and last.is_read:
        obstacles.append(_("The committee’s work has been evaluated."))
    if obstacles:
        raise Blocked(obstacles)
    if last is None or last.state == State.CLOSED:
        last = Evaluation(organization=organization, begun_at=at)
    if last.version != version:
        raise Conflict
    last.questions, last.version = questions, version + 1
    last.save()
    journal.write(EvaluationPrepared(last.pk, last.version), by=by, at=at, about=organization)
    return last


@journal.action
def open_(evaluation: Evaluation, *, by: Any, at: datetime) -> str:
    """Let it be answered; the code that opens its box. It is told here and kept nowhere.

    Opened once more while its box is empty, it gets another code: the first may have been lost on its way.
    """
    found = _locked(evaluation)
    if obstacles := rules.obstacles_to_opening(found, at):
        raise Blocked(obstacles)
    code, public = new_pair()
    found.state, found.public_key, found.opened_at = State.OPEN, public, found.opened_at or at
    found.save(update_fields=["state", "public_key", "opened_at"])
    event = EvaluationOpened(found.pk, hashlib.sha256(public).hexdigest())
    journal.write(event, by=by, at=at, about=found.organization)
    return code


def answer(evaluation: Evaluation, given: Answer, *, by: User) -> None:
    """Put what a person says into the box, and note that he has answered.

    Raises Blocked where he has, where a question has no answer, and while the evaluation is not open.
    """
    with transaction.atomic():
        found = _locked(evaluation)
        people = list(HasAnswered.objects.filter(evaluation=found).values_list("person", flat=True))
        obstacles = _obstacles_to_answering(found, given)
        if by.person_id in people:
            obstacles = [_("You have answered already. An answer cannot be changed: nobody can find it.")]
        if obstacles:
            raise Blocked(obstacles)
        box = [bytes(one) for one in found.box.values_list("sealed", flat=True)]
        box.append(seal(bytes(found.public_key), found.pk, given))
        _anew(SealedAnswer, found, (SealedAnswer(evaluation=found, sealed=one) for one in box))
        people.append(by.person_id)
        _anew(HasAnswered, found, (HasAnswered(evaluation=found, person_id=one) for one in people))


@journal.action
def close(evaluation: Evaluation, code: str, *, by: Any, at: datetime) -> Evaluation:
    """Let nobody answer any more, and open the box with its code; where fewer than five have answered it is emptied
    unread, and needs none.

    Raises Blocked for a code that is not the box's; nothing is changed then.
    """
    found = _locked(evaluation)
    if found.state != State.OPEN:
        raise Blocked([_("The evaluation is not open.")])
    box = [bytes(one) for one in found.box.values_list("sealed", flat=True)]
    if len(box) < rules.FEWEST:
        return _shut(found, len(box), by=by, at=at)
    try:
        if public_of(code) != bytes(found.public_key):
            raise WrongKey
        answers = [unseal(code, found.pk, one) for one in box]
    except BadCode:
        raise Blocked([_("That is not a whole code, or a letter is wrong. Compare it with the paper and type it "
                         "again. Nothing is lost.")]) from None  # fmt: skip
    except WrongKey:
        raise Blocked([_("That is the code of another box. Look for the paper with the date on which this evaluation "
                         "was opened. Nothing is lost.")]) from None  # fmt: skip
    ways = (*range(1, SCALE + 1), None)
    found.counts = [[sum(one.choices[at] == way for one in answers) for way in ways] for at in range(QUESTIONS)]
    words = [(at, text) for one in answers for at, text in enumerate(one.words) if text]
    _anew(SaidWords, found, (SaidWords(evaluation=found, question=at, text=text) for at, text in words))
    found.is_read = True
    return _shut(found, len(box), by=by, at=at)


@journal.action
def give_up(evaluation: Evaluation, because: str, *, by: Any, at: datetime) -> Evaluation:
    """Close it without opening the box, whose code is lost: what was answered is deleted, and nobody has read it.

    Raises Blocked without a reason.
    """
    found = _locked(evaluation)
    obstacles = [] if found.state == State.OPEN else [_("The evaluation is not open.")]
    if not because.strip():
        obstacles.append(_("Say why nobody is to read the answers. It stands with the evaluation."))
    if obstacles:
        raise Blocked(obstacles)
    found.because = because.strip()[: Evaluation.because.field.max_length]
    return _shut(found, found.box.count(), by=by, at=at)


def _locked(evaluation: Evaluation) -> Evaluation:
    rows = Evaluation.objects.select_for_update(of=("self",)).select_related("organization")
    return rows.get(pk=evaluation.pk)


def _shut(found: Evaluation, answered: int, *, by: Any, at: datetime) -> Evaluation:
    found.state, found.closed_at, found.closed_by, found.answered = State.CLOSED, at, by, answered
    found.save()
    found.box.all().delete()
    journal.write(EvaluationClosed(found.pk, answered, found.is_read), by=by, at=at, about=found.organization)
    return found


def _anew(model: type[Row], evaluation: Evaluation, rows: Iterable[Row]) -> None:
    """Write all rows of an evaluation as if they came at once: in an order of chance, which is what the order in the
    file (SQLite's rowid) tells then, and with ids that none of them had before."""
    model._default_manager.filter(evaluation=evaluation).delete()
    shuffled = list(rows)
    _chance.shuffle(shuffled)
    model._default_manager.bulk_create(shuffled)


def _obstacles_to_answering(evaluation: Evaluation, given: Answer) -> list[str]:
    obstacles = []
    if evaluation.state != State.OPEN:
        obstacles.append(_("The evaluation is not open."))
    ways = (None, *range(1, SCALE + 1))
    if len(given.choices) != QUESTIONS or any(one not in ways for one in given.choices):
        obstacles.append(_("Choose an answer to each question."))
    if len(given.words) != QUESTIONS or any(len(one) > LONGEST for one in given.words):
        obstacles.append(_("The text is too long."))
    return obstacles
