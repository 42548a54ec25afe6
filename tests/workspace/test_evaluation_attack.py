"""Who has everything but the code tells no better than chance who said what (I19).

The attacker has a full copy of the database before and after each answer, with the order in which rows lie in the
file, the log of the requests, and backups; afterwards he has what everyone reads. He knows from the copies who answered
when. He tries every order that he has of people against every order that he has of what was said, and follows each
sealed answer from the copy in which it appeared. A leak that is planted is found by the same attacks.
"""

from __future__ import annotations

import gzip
import io
import itertools
import json
import logging
import math
import random
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection, transaction
from django.test import Client

from raadslag.web import logs
from raadslag.workspace import backup
from raadslag.workspace.closing import evaluating, sealing
from raadslag.workspace.closing.models import HasAnswered, SaidWords, SealedAnswer
from raadslag.workspace.common.models import JournalEntry

from .conftest import World
from .kept import _names
from .test_evaluation import SIX, Box

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
RUNS, FEW = 40, 12  # where there is a leak, few show it
WORDS, SEALED, NAMES = (model._meta.db_table for model in (SaidWords, SealedAnswer, HasAnswered))
SESSIONS = "usersessions_usersession"
Table = list[dict[str, Any]]  # rows as they lie in the file; "at" is the place


@dataclass
class Loot:
    """What the attacker has of one evaluation."""

    answered: list[str] = field(default_factory=list)  # ids of people, as the copies tell one after the other
    copies: list[Mapping[str, Table]] = field(default_factory=list)
    after: Mapping[str, Table] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)  # person → when a session of his was last noted


class Run(NamedTuple):
    """An evaluation that was answered, and who said what: which words (a text) are whose."""

    loot: Loot
    truth: dict[str, str]


def copied(only: Sequence[str] | None = None) -> dict[str, Table]:
    """Every table, its rows in the order in which they lie in the file."""
    where = "rowid" if connection.vendor == "sqlite" else "ctid"
    found = {}
    with connection.cursor() as cursor:
        for name in only or _names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)} ORDER BY {where}")  # noqa: S608
            columns = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
            found[name] = [{**dict(zip(columns, row, strict=True)), "at": at} for at, row in enumerate(rows)]
    return found


# --- attacks ---


def plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview | bytes) else str(value)


def orders_of_people(loot: Loot) -> Iterator[tuple[str, list[str]]]:
    """Every order in which the attacker can lay those who answered."""
    people = loot.answered
    yield "the order in which they answered", people
    yield "their ids", sorted(people)
    yield "when they were last seen", sorted(people, key=lambda one: str(loot.seen.get(one)))
    for source, rows in (("the last copy", loot.copies[-1][NAMES]), ("what is left", loot.after[NAMES])):
        for column in rows[0]:
            told = {plain(row["person_id"]): row[column] for row in rows}
            yield f"{source}: {column}", sorted(people, key=lambda one: plain(told[one]))


def orders_of_words(loot: Loot) -> Iterator[tuple[str, list[str]]]:
    """Every order in which he can lay what was said, the other way round as well."""
    rows = loot.after[WORDS]
    for column in rows[0]:
        laid = sorted(rows, key=lambda row: row[column] if column == "at" else plain(row[column]))
        yield column, [row["text"] for row in laid]
        yield f"{column}, backwards", [row["text"] for row in reversed(laid)]
    yield "how long it is", [row["text"] for row in sorted(rows, key=lambda row: len(row["text"]))]


def traces(loot: Loot) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """For each person what can be told of the sealed answer that is new in the copy after he answered: its bytes, how
    many, its id, where it lies in the last copy."""
    found: dict[str, list[tuple[str, Any]]] = {name: [] for name in ("bytes", "size", "id", "place")}
    last = {plain(row["sealed"]): row for row in loot.copies[-1][SEALED]}
    for person, (before, now) in zip(loot.answered, itertools.pairwise(loot.copies), strict=True):
        new = {plain(row["sealed"]) for row in now[SEALED]} - {plain(row["sealed"]) for row in before[SEALED]}
        (sealed,) = new  # which one it is, is no secret; what it says is
        row = last[sealed]
        told = {"bytes": sealed, "size": len(sealed), "id": plain(row["id"]), "place": row["at"]}
        for name, value in told.items():
            found[name].append((person, value))
    yield from found.items()


def guesses(loot: Loot) -> Iterator[tuple[str, dict[str, str]]]:
    """Every matching of people with words that he comes to."""
    traced = [(f"sealed {name}", [one for one, _ in sorted(pairs, key=lambda pair: pair[1])])
              for name, pairs in traces(loot)]  # fmt: skip
    for (who, people), (what, words) in itertools.product(
        [*orders_of_people(loot), *traced], list(orders_of_words(loot))
    ):
        yield f"{who} × {what}", dict(zip(people, words, strict=True))
    by_id = {plain(row["id"]): row["text"] for row in loot.after[WORDS]}
    same = {one: by_id.get(value, "") for one, value in dict(traces(loot))["id"]}
    yield "the same id", same


def hits(runs: Sequence[Run]) -> Counter[str]:
    """How often each attack was right about a person."""
    found: Counter[str] = Counter()
    for run in runs:
        for name, guess in guesses(run.loot):
            found[name] += sum(run.truth[person] == words for person, words in guess.items())
    return found


def better_than_chance(runs: Sequence[Run]) -> list[str]:
    """The attacks that are right so often that it is no chance: a matching by chance is right about one person of each
    run, with a variance of one."""
    most = len(runs) + 6 * math.sqrt(len(runs))
    return sorted(name for name, right in hits(runs).items() if right > most)


# --- what is attacked ---


def said(chance: random.Random, number: int) -> dict[str, Any]:
    """An answer with words that nobody else says, of any length."""
    words = f"{chance.getrandbits(64):016x} {'x' * chance.randrange(900)} {number}"
    return {**{f"choice{at}": str(chance.randrange(6)) for at in range(6)}, "words0": words}


def attacked(world: World, box: Box, clients: Mapping[str, Client], chance: random.Random, *,
             all_tables: bool = False) -> Run:  # fmt: skip
    """Let the six answer in an order of chance, copy everything before and after each, and open the box."""
    names = list(SIX)
    chance.shuffle(names)
    loot, truth = Loot(), {}
    tables = None if all_tables else (WORDS, SEALED, NAMES)
    loot.copies.append(copied(tables))
    for number, name in enumerate(names):
        given = said(chance, number)
        answer = clients[name].post(box.path("evaluation-answer"), {**given, "once": f"key-{number}"})
        assert answer.status_code == 302
        person = plain(world[name].person_id.hex if connection.vendor == "sqlite" else world[name].person_id)
        truth[person] = given["words0"]
        loot.answered.append(person)
        loot.copies.append(copied(tables))
    loot.seen = {
        plain(one.user.person_id.hex if connection.vendor == "sqlite" else one.user.person_id): one.last_seen_at
        for one in UserSession.objects.select_related("user")
    }
    box.close()
    loot.after = copied((WORDS, SEALED, NAMES))
    assert not loot.after[SEALED]
    return Run(loot, truth)


class _Undo(Exception):
    pass


@pytest.fixture
def clients(world: World, box: Box, browser_of: Callable[..., Client]) -> dict[str, Client]:
    found = {name: browser_of(name) for name in SIX}
    for one in found.values():
        one.get("/")  # each has a session that has been seen
    return found


@pytest.fixture
def box(world: World) -> Box:
    return Box(world)


def many(count: int, world: World, box: Box, clients: Mapping[str, Client]) -> list[Run]:
    """The same evaluation, answered and opened anew each time."""
    chance, runs = random.Random(), []
    for _ in range(count):
        try:
            with transaction.atomic():
                runs.append(attacked(world, box, clients, chance))
                raise _Undo
        except _Undo:
            continue
    return runs


# --- the tests ---


def test_no_attack_does_better_than_chance(world: World, box: Box, clients: dict[str, Client]) -> None:
    runs = many(RUNS, world, box, clients)
    assert better_than_chance(runs) == []
    names = [name for name, _ in guesses(runs[0].loot)]
    assert len(names) == len(set(names)) > 100
    assert {len(row["sealed"]) for run in runs for copy in run.loot.copies for row in copy[SEALED]} == {
        len(sealing.seal(sealing.new_pair().public, box.evaluation.pk, sealing.Answer((1,) * 6, ("",) * 6)))
    }


def unshuffled(monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], Run]:
    """Rows lie in the order in which they came."""
    monkeypatch.setattr(evaluating._chance, "shuffle", lambda rows: None)
    return lambda run: run


def only_added(monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], Run]:
    """What is in the box already stays where it lies, and the words lie as the box did."""

    def added(model: Any, evaluation: Any, rows: Any) -> None:
        laid = list(rows)
        if model is SaidWords:
            model.objects.bulk_create(laid)
        else:
            laid[-1].save()

    monkeypatch.setattr(evaluating, "_anew", added)
    return lambda run: run


def unpadded(monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], Run]:
    """A sealed answer is as long as what it says."""
    whole = sealing.seal

    def short(public: bytes, box: Any, answer: sealing.Answer) -> bytes:
        monkeypatch.setattr(sealing, "_SIZE", sum(len(one.encode()) for one in answer.words) + 40)
        return whole(public, box, answer)

    monkeypatch.setattr(evaluating, "seal", short)
    return lambda run: run


def kept_ids(monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], Run]:
    """What was said keeps the id that it had in the box, in the last copy."""

    def with_ids(run: Run) -> Run:
        ids = dict(dict(traces(run.loot))["id"])
        whose = {words: person for person, words in run.truth.items()}
        for row in run.loot.after[WORDS]:
            row["id"] = ids[whose[row["text"]]]
        return run

    return with_ids


def a_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], Run]:
    """A column tells when it was said."""

    def with_times(run: Run) -> Run:
        whose = {words: person for person, words in run.truth.items()}
        for row in run.loot.after[WORDS]:
            hour = timedelta(hours=run.loot.answered.index(whose[row["text"]]))
            row["made_at"] = (datetime(2026, 5, 4, 9) + hour).isoformat()  # noqa: DTZ001  (as SQLite keeps it)
        return run

    return with_times


@pytest.mark.parametrize("plant", [unshuffled, only_added, unpadded, kept_ids, a_time])
def test_a_leak_that_is_planted_is_found(
    world: World, box: Box, clients: dict[str, Client], plant: Callable[..., Callable[[Run], Run]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    leaking = plant(monkeypatch)
    assert better_than_chance([leaking(run) for run in many(FEW, world, box, clients)]) != []


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All lines of the log, from the least level on."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    known = [logging.getLogger(name) for name in ("", "django", logs.REQUESTS)]
    before = [one.level for one in known]
    for one in known:
        one.setLevel(logging.INFO)
    for one in known[:2]:
        one.addHandler(handler)
    yield stream
    for one, level in zip(known, before, strict=True):
        one.removeHandler(handler)
        one.setLevel(level)


def test_an_answer_changes_the_box_and_the_names_and_nothing_else(
    world: World, box: Box, clients: dict[str, Client], logged: io.StringIO
) -> None:
    """No entry of the journal, no key of a request, no mail: of sessions only that they were seen, as at any page."""
    entries = JournalEntry.objects.count()
    run = attacked(world, box, clients, random.Random(7), all_tables=True)
    for before, now in itertools.pairwise(run.loot.copies):
        changed = {name for name, rows in now.items() if rows != before[name]}
        assert changed - {SESSIONS} == {SEALED, NAMES}
        assert not {plain(row["id"]) for row in now[SEALED]} & {plain(row["id"]) for row in before[SEALED]}
        assert not {plain(row["id"]) for row in now[NAMES]} & {plain(row["id"]) for row in before[NAMES]}
    assert JournalEntry.objects.count() == entries + 1  # that it was closed
    columns = {column for name in (NAMES, WORDS) for column in run.loot.after[name][0]}
    columns |= set(run.loot.copies[-1][SEALED][0])
    assert columns == {"id", "evaluation_id", "person_id", "question", "text", "sealed", "at"}
    lines = [line for line in map(json.loads, logged.getvalue().splitlines()) if "evaluation-answer" in str(line)]
    assert len(lines) == 6
    assert {name for line in lines for name in line} == {"at", "level", "logger", "route", "status", "ms", "reference"}
    told = "".join(map(str, lines))
    assert not [name for name in SIX if str(world[name].pk) in told or str(world[name].person_id) in told]


@pytest.mark.django_db(transaction=True)
def test_nothing_that_was_said_is_in_any_copy_before_the_box_is_opened(
    world: World, box: Box, clients: dict[str, Client], tmp_path: Path
) -> None:
    """Nor is the key: with copies and backups alone nothing is read, ever."""
    chance, words = random.Random(11), []
    for number, name in enumerate(SIX):
        given = said(chance, number)
        words.append(given["words0"])
        assert clients[name].post(box.path("evaluation-answer"), given).status_code == 302
        backup.back_up(tmp_path / f"{number}.tar", at=world.at)
    private = sealing._key_of(box.code)
    seen = [str(copied()).encode(), *(unpacked(path) for path in sorted(tmp_path.glob("*.tar")))]
    assert len(seen) == 7
    for copy in seen:
        for secret in (*(one.split()[0].encode() for one in words), box.code.encode(), private, private.hex().encode()):
            assert secret not in copy
        assert b"evaluering" not in copy  # no address that was asked for
    box.close()
    assert all(one.split()[0].encode() in str(copied()).encode() for one in words)


def unpacked(path: Path) -> bytes:
    """All that a backup holds, as it reads once it is unpacked."""
    told = bytearray()
    with tarfile.open(path) as tar:
        for member in tar:
            file = tar.extractfile(member)
            data = file.read() if file else b""
            told += gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    return bytes(told)
