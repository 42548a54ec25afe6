"""Counts of answered requests, by route and class of status, that every process of a site adds to and any can tell.

Each process has a small file of numbers in memory that the others can read; so it does not matter which of them is
asked. There is no label but the names of routes and classes. Source of the form: Prometheus's text format 0.0.4.
"""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
_CLASSES = 5
_ELSEWHERE = "-"
_NUMBER = struct.Struct("d")


def count(route: str, status: int, seconds: float) -> None:
    """A request has been answered."""
    own = _own()
    own.add(own.of_route(route) + min(max(status // 100, 1), _CLASSES) - 1, 1)
    own.add(own.buckets + bisect_left(BOUNDS, seconds), 1)
    own.add(own.sum, seconds)


@contextmanager
def following() -> Iterator[None]:
    """Within it one more follows the events of a meeting."""
    own = _own()
    own.add(own.followers, 1)
    try:
        yield
    finally:
        own.add(own.followers, -1)


def followers() -> int:
    """How many follow, in all processes that run."""
    own = _own()
    return round(sum(one[own.followers] for one in own.all(alive=True)))


def forget() -> None:
    """Begin anew: called before the first process of a site is started."""
    shutil.rmtree(_folder(), ignore_errors=True)


def lines() -> Iterator[str]:
    """All counts as Prometheus reads them."""
    own = _own()
    numbers = [sum(column) for column in zip(*own.all(), strict=True)]
    yield from head("raadslag_requests_total", "counter", "Answered requests.")
    for place, route in enumerate(own.routes):
        for number, value in enumerate(numbers[place * _CLASSES : (place + 1) * _CLASSES], 1):
            if value:
                yield f'raadslag_requests_total{{route="{route}",status="{number}xx"}} {value:g}'
    yield from head("raadslag_request_seconds", "histogram", "How long an answer took to begin.")
    total = 0.0
    for bound, value in zip((*BOUNDS, "+Inf"), numbers[own.buckets : own.sum], strict=True):
        total += value
        yield f'raadslag_request_seconds_bucket{{le="{bound}"}} {total:.0f}'
    yield f"raadslag_request_seconds_sum {numbers[own.sum]:.6f}"
    yield f"raadslag_request_seconds_count {total:.0f}"


def gauge(name: str, about: str, value: float) -> Iterator[str]:
    """One number that goes up and down."""
    yield from head(name, "gauge", about)
    yield f"{name} {value:.15g}"


def head(name: str, kind: str, about: str) -> Iterable[str]:
    """What stands before the values of a name."""
    return f"# HELP {name} {about}", f"# TYPE {name} {kind}"


class _Own:
    """The numbers of this process."""

    def __init__(self, folder: Path) -> None:
        self.routes = sorted({_ELSEWHERE, *_names(get_resolver(), "")})
        self._places = {name: place for place, name in enumerate(self.routes)}
        self.buckets = len(self.routes) * _CLASSES
        self.sum = self.buckets + len(BOUNDS) + 1
        self.followers = self.sum + 1
        self._bytes = (self.followers + 1) * _NUMBER.size
        self._lock, self._folder = threading.Lock(), folder
        self._numbers = self._opened()

    def _opened(self) -> mmap.mmap:
        with suppress(OSError):  # without room for them each process counts for itself
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self._folder / str(os.getpid()), os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.posix_fallocate(file, 0, self._bytes)
                return mmap.mmap(file, self._bytes)
            finally:
                os.close(file)
        return mmap.mmap(-1, self._bytes)

    def of_route(self, route: str) -> int:
        return self._places.get(route, self._places[_ELSEWHERE]) * _CLASSES

    def add(self, place: int, value: float) -> None:
        at = place * _NUMBER.size
        with self._lock:
            _NUMBER.pack_into(self._numbers, at, _NUMBER.unpack_from(self._numbers, at)[0] + value)

    def all(self, *, alive: bool = False) -> Iterator[tuple[float, ...]]:
        """The numbers of each process; `alive`: only of those that still run."""
        yield _read(self._numbers)
        for path in self._folder.glob("[0-9]*"):
            if path.name == str(os.getpid()) or (alive and not _runs(int(path.name))):
                continue
            with suppress(OSError):
                data = path.read_bytes()
                if len(data) == self._bytes:  # else of another version
                    yield _read(data)


_mine: tuple[int, Path, _Own] | None = None
_opening = threading.Lock()


def _own() -> _Own:
    global _mine  # one for each process and folder
    here = (os.getpid(), _folder())
    if _mine is None or _mine[:2] != here:
        with _opening:
            if _mine is None or _mine[:2] != here:
                _mine = (*here, _Own(here[1]))
    return _mine[2]


def _folder() -> Path:
    return Path(settings.DATA) / "metrics"


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _read(data: bytes | mmap.mmap) -> tuple[float, ...]:
    return tuple(number for (number,) in _NUMBER.iter_unpack(bytes(data[:])))


def _names(resolver: URLResolver, namespace: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _names(one, f"{namespace}{one.namespace}:" if one.namespace else namespace)
        elif isinstance(one, URLPattern) and one.name:
            yield f"{namespace}{one.name}"
