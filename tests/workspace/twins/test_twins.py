"""Twin worlds: what differs behind closed doors makes no difference outside, not by a byte (I1, I2, I8, I9, I15).

Both worlds do the same in public; one of them does more, and says other things, where it is closed. Everything that a
stranger can ask for is then asked of both archives and compared: status, headers, bytes. No closed word lies in what
leaves the house: pages, files, logs, mails, figures, faults, the archive's data and index. `RAADSLAG_HISTORIES` says
how many lives of a meeting are lived (see CONTRIBUTING.md).
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests import migrated

from ..archive import Archive, archive_of
from ..browser.conftest import ROOT, Post, _free_port
from . import stranger
from .canaries import CANARY, flown, word
from .leaks import LEAKS
from .stranger import Both, Stranger

HISTORIES = int(os.environ.get("RAADSLAG_HISTORIES", "50"))
_NUMBER = "070761-4285"  # an invented one, which screening finds
_IN_ONE_WORLD = 25  # lives; then two new worlds begin
_LOOKED_AT_AFTER = 13  # lives, and after the last one
_TOLD_OF = (6, 9, 11)  # lives in which something closed is released with its face, and not taken back


class Twin:
    """One of the two worlds, in processes of its own, with a mail server that keeps what it is brought."""

    def __init__(self, folder: Path, archive: Archive, leak: str = "") -> None:
        self.folder, self.archive, self.post = folder, archive, Post()
        self.log = folder.with_name(f"{folder.name}.stderr")
        self._mail = Controller(self.post, hostname="127.0.0.1", port=_free_port())
        self._mail.start()
        environment = {
            **os.environ, "RAADSLAG_ARCHIVE": archive.address, "RAADSLAG_ARCHIVE_TOKEN": archive.token,
            "RAADSLAG_PLANTED_LEAK": leak, "RAADSLAG_WORKSPACE_DATABASE": "", "RAADSLAG_LOG": "json",
            "RAADSLAG_MAIL": f"smtp://{self._mail.hostname}:{self._mail.port}",
            "RAADSLAG_MAIL_FROM": "raadslag@proeve.example",
            "RAADSLAG_WORKSPACE_ADDRESS": "http://127.0.0.1:8001", "PYTHONPATH": os.pathsep.join(
                [str(ROOT), os.environ.get("PYTHONPATH", "")]
            ),
        }  # fmt: skip
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        shutil.copytree(migrated.empty(), folder)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.workspace.twins.world", str(folder)], env=environment, cwd=ROOT,
                text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip

    def wait(self) -> None:
        """Wait until it does what it is told."""
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"

    def tell(self, step: str, now: datetime, what: str, **more: Any) -> None:
        """Tell it to do a step."""
        assert self._process.stdin
        told = {"step": step, "now": now.isoformat(), "do": what, "with": more}
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()

    def hear(self, what: str) -> Any:
        """What came of the step that it was told last."""
        assert self._process.stdout
        answer = json.loads(self._process.stdout.readline())
        assert "fault" not in answer, (what, answer)
        return answer["done"]

    def do(self, step: str, now: datetime, what: str, **more: Any) -> Any:
        """Do a step, and tell what came of it."""
        self.tell(step, now, what, **more)
        return self.hear(what)

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=60)
        self._mail.stop()


@contextmanager
def twins(folder: Path, leak: str = "") -> Iterator[tuple[Twin, Twin]]:
    """Two worlds that have done nothing yet."""
    with ExitStack() as stack:
        both = []
        clock = folder / "clock"
        _set(clock, datetime(2031, 3, 3, 8, tzinfo=UTC))
        for name in ("one", "other"):
            archive = stack.enter_context(archive_of("Prøvekommunen", folder / f"archive-{name}", clock=clock))
            world = Twin(folder / name, archive, leak)
            stack.callback(world.close)
            both.append(world)
        for world in both:
            world.wait()
        yield both[0], both[1]


def _set(clock: Path, now: datetime) -> None:
    new = clock.with_suffix(".new")
    new.write_text(now.isoformat(), encoding="ascii")
    new.replace(clock)


class Life:
    """The life of one meeting, drawn by chance: what both worlds do, and what only the one does."""

    def __init__(self, worlds: tuple[Twin, Twin], number: int, clock: Path, *, week: int = 1) -> None:
        self.worlds, self.number, self.clock = worlds, number, clock
        self.chance = random.Random(number)  # a life that can be lived again
        self.steps = 0
        self.now = datetime(2031, 3, 3, 8, tzinfo=UTC) + timedelta(weeks=week)
        self.closed_ids: list[str] = []

    def both(self, what: str, *told: dict[str, Any], **more: Any) -> Any:
        """What both do; `told` is what each says of it in the house."""
        self.steps += 1
        self.now += timedelta(minutes=1)
        step = f"{self.number}.{self.steps}"
        given = told or ({}, {})
        for world, own in zip(self.worlds, given, strict=True):
            world.tell(step, self.now, what, **more, **own)
        answers = [world.hear(what) for world in self.worlds]
        assert answers[0] == answers[1], (what, answers)
        return answers[0]

    def closed(self, what: str, *, odds: float = 0.5, **more: Any) -> Any:
        """What one of them alone does where it is closed."""
        if self.chance.random() < odds:
            self.steps += 1
            return self.worlds[1].do(f"{self.number}.{self.steps}", self.now, what, **more)
        return None

    def deliver(self) -> None:
        """Let the archives hear of it, the one perhaps in two rounds; both at the same moment of their clocks."""
        _set(self.clock, self.now)
        if self.chance.random() < 0.3:
            self.worlds[1].do(f"{self.number}.{self.steps}.early", self.now, "work")
        self.both("work")

    def live(self) -> str:
        """Live it; where its meeting stands in public."""
        chance = self.chance
        cases = [self._prepare(at, chance.choice(["open", "closed"])) for at in range(chance.randint(1, 3))]
        if chance.random() < 0.5:  # what the committee is, let out; and what it becomes in the house
            self.both("mandate", purpose=f"Udvalget ser på sag {self.number}.")
            self.both("publish_committee")
        self.closed("change_committee", name=word("udvalg"))
        day = (self.now + timedelta(days=3)).date()
        meeting = self.both("meeting", day=day.isoformat())
        for _access, case in cases:
            self.both("put_on", meeting=meeting, case=case)
        accesses = [access for access, _case in cases]
        if chance.random() < 0.3:
            own = [{"title": word(f"punkt{world}"), "text": word(f"punkttekst{world}")} for world in range(2)]
            self.both("item", *own, meeting=meeting)
            accesses.append("closed")
        if len(accesses) > 1 and chance.random() < 0.4:
            self.both("move", meeting=meeting, item=0, place=2)
            accesses[0], accesses[1] = accesses[1], accesses[0]
        self._besides(meeting, day, len(accesses))
        self.both("send", meeting=meeting)
        self.deliver()
        shut = [at for at, access in enumerate(accesses) if access == "closed"]
        for at in shut:
            self.closed("ask", meeting=meeting, item=at, text=word("spoergsmaal"), answer=word("svar"), odds=0.3)
        if chance.random() < 0.3:
            self.both(
                "reply", *({"reason": word(f"afbud{world}") * (world + 1)} for world in range(2)), meeting=meeting
            )
        if len(accesses) > len(shut) and chance.random() < 0.3:  # an open item is closed after all
            at = next(at for at, access in enumerate(accesses) if access == "open")
            self.both("close", meeting=meeting, item=at)
            shut.append(at)
        if chance.random() < 0.8:
            self._hold(meeting, len(accesses), shut, day)
        self.deliver()
        if chance.random() < 0.3:
            self.both("withdraw", meeting=meeting)
            self.deliver()
        more = random.Random(f"product {self.number}")  # what was there before is drawn as it was
        if more.random() < 0.3:
            self._product(more)
        if chance.random() < 0.2:
            self.closed("import", text=f"Referat\n\n1. {word('import')}\n\nGodkendt.\n", odds=1)
            self.deliver()
        return meeting

    def _prepare(self, at: int, access: str) -> tuple[str, str]:
        """A case as it is written, rewritten, and given papers."""
        chance, base = self.chance, self.number * 1000
        title, files = f"Sag {self.number}.{at}", range(chance.randint(0, 2))
        if access == "open":
            inside = f"Der plantes {at} træer. {_NUMBER}" if chance.random() < 0.1 else f"Der plantes {at} træer."
            told = {"title": title, "inside": inside, "files": [f"Bilag {self.number}.{at}.{n}" for n in files]}
            case = self.both("case", number=base + at, access=access, **told)
            if chance.random() < 0.2:
                self.both("rename", case=case, title=f"{title} igen", inside=inside)
            if chance.random() < 0.2:
                self.both("attach", case=case, text=f"Endnu et bilag {self.number}.{at}", access="open", title="Bilag")
                if chance.random() < 0.5:
                    self.both("take_off_file", case=case)
            self.closed("attach", case=case, text=word("lukketbilag"), name=f"{word('filnavn')}.txt",
                        title=word("bilagstitel"), odds=0.3)  # fmt: skip
        else:
            case = self.both("case", *(self._secret(at, world) for world in range(2)), access=access)
            self.closed("rename", case=case, title=word("nytnavn"), inside=word("nyindre"), odds=0.3)
            self.closed("attach", case=case, text=word("filtekst"), name=f"{word('filnavn')}.txt",
                        title=word("bilagstitel"))  # fmt: skip
            self.closed("take_off_file", case=case, odds=0.2)
            self.closed("bar", case=case, reason=word("inhabil"), odds=0.2)
            self.closed_ids.append(case)
        self.closed("case", number=base + 500 + at, access="closed", title=word(f"sag{at}"), inside=word("indre"),
                    files=[], odds=0.6)  # fmt: skip
        return access, case

    def _product(self, more: random.Random) -> None:
        """A product of which a version is let out, and another perhaps; around it goes on what is the house's own."""
        inside = {"text": f"{word('kladde')} er ikke fremlagt.", "name": word("navn")}
        hidden = self.both("product", title=f"Et andet {self.number}", text="Intet.")
        product = self.both("product", title=f"Produkt {self.number}", text=f"Der er {self.number} stier.")
        self._alone("around", product=hidden, **inside)
        self.both("release_version", product=product, label="v0.1")
        self.deliver()
        for world in self.worlds:
            assert Stranger(world.archive).ask(f"/proeve/produkt/produkt-{self.number}/").status == 200
        if more.random() < 0.7:
            self._alone("around", product=product, **inside)
            self._alone("rewrite", product=product, text=f"{word('omskrevet')} er ikke fremlagt.")
        elif more.random() < 0.5:
            self.both("rewrite", product=product, text=f"Der er {self.number} lyse stier.")
            self.both("freeze", product=product, label="v0.2")
            self.both("release_version", product=product, label="v0.2")
            self.deliver()
        if more.random() < 0.3:
            self.both("withdraw_version", product=product, label="v0.1")
        self.deliver()

    def _alone(self, what: str, **more: Any) -> None:
        """What one of them does where it is closed, whatever chance says."""
        self.steps += 1
        self.worlds[1].do(f"{self.number}.{self.steps}", self.now, what, **more)

    def _besides(self, meeting: str, day: date, items: int) -> None:
        """What the one world plans besides, and drops again."""
        told = {"title": word("moede"), "place": word("sted")}
        hidden = self.closed("meeting", day=(day + timedelta(days=1, weeks=2000)).isoformat(), **told, odds=0.6)
        if hidden:
            self.closed("cancel", meeting=hidden, because=word("aflyst"), odds=0.3)
        if self.chance.random() < 0.2:
            self.closed("item", meeting=meeting, title=word("dropped"), text=word("dropped"), odds=1)
            self.closed("take_off", meeting=meeting, item=items, odds=1)
        self.closed("to_chair", meeting=meeting, odds=0.2)

    def _hold(self, meeting: str, items: int, shut: list[int], day: date) -> None:
        chance = self.chance
        self.now = datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
        self.both("open", meeting=meeting)
        told = [at for at in range(items) if at not in shut]
        waits = chance.choice(told) if told and chance.random() < 0.4 else None  # until the party has been told
        for at in range(items):
            outcome = chance.choice(["approved", "noted", "deferred"])
            self.both("begin", meeting=meeting, item=at)
            if at in shut or at == waits:
                self._hold_closed(meeting, at, is_shut=at in shut)
                own = [{"outcome": outcome}, {"outcome": chance.choice(["approved", "rejected"])}]
                self.both("outcome", *own, meeting=meeting, item=at)
            else:
                self.both("write", meeting=meeting, item=at, text=f"Der blev talt om {at}.")
                self.both("outcome", meeting=meeting, item=at, outcome=outcome)
        self.both("adjourn", meeting=meeting)
        if waits is not None:
            self.both("hold_back", meeting=meeting, item=waits)
            self.closed("add", meeting=meeting, text=f"{CANARY} har fået brev.", item=waits)
        for at in shut:
            self.both("face", meeting=meeting, item=at, decision="Det blev besluttet.")
        self.closed("search", words=CANARY)
        if chance.random() < 0.8:
            reasons = ({"reason": word(f"overstyring{world}")} for world in range(2))
            self.both("see", *reasons, meeting=meeting)
            self.both("release", meeting=meeting)
            self.deliver()
            if shut and chance.random() < 0.5:  # an addition may concern what is closed: it goes out with nothing shut
                self.closed("add", meeting=meeting, text=word("tilfoejelse"))
                self.closed("add", meeting=meeting, text=word("tilfoejelse"), item=shut[0])
                self.both("release", meeting=meeting)
            self.deliver()
            self._promise(meeting, items, shut, waits)

    def _promise(self, meeting: str, items: int, shut: list[int], waits: int | None) -> None:
        """What a decision promises, let out; what another promises that is closed or waits for its party, and what is
        written afterwards, is the house's own."""
        more = random.Random(f"promise {self.number}")  # what was there before is drawn as it was
        told = [at for at in range(items) if at not in shut and at != waits]
        for at in [*shut, *([] if waits is None else [waits])]:
            self._alone("promise", meeting=meeting, item=at, text=f"{word('loefte')} loves.")
        if not told:
            return
        self._alone("promise", meeting=meeting, item=more.choice(told), text=f"{word('loefte')} loves.")
        promised = self.both("promise", meeting=meeting, item=told[0], text=f"Der loves {self.number} træer.")
        if self.both("release_promise", promised=promised):
            return  # what stands in the way is told to both
        self.deliver()
        for world in self.worlds:
            assert Stranger(world.archive).ask(f"/proeve/opfoelgning/{self.now.date().isoformat()}/").status == 200
        if more.random() < 0.5:
            self.both("report", promised=promised, text=f"Der er {self.number} træer.")
            self.both("release_promise", promised=promised)
            self.deliver()
        self._alone("report", promised=promised, text=f"{word('status')} er ikke fremlagt.")
        if more.random() < 0.3:
            self.both("withdraw_promise", promised=promised)
            self.deliver()

    def _hold_closed(self, meeting: str, at: int, *, is_shut: bool) -> None:
        """What happens behind closed doors, or is not told before its party has heard of it."""
        for kind in ("text", "dilemma", "decision", "remark", "task"):
            self.closed("write", meeting=meeting, item=at, text=f"{word(kind)} sagde nej.", kind=kind, odds=0.3)
        self.closed("vote", meeting=meeting, item=at, question=f"{word('forslag')} vælges.", hands=[2, 1, 0])
        self.closed("vote", meeting=meeting, item=at, question=f"{word('forslag')} vælges.", hands=[3, 1, 0])
        if not is_shut:
            return
        self.closed("dissent", meeting=meeting, item=at, text=word("dissens"), odds=0.3)
        self.closed("rule", meeting=meeting, item=at, reason=word("afgoerelse"), odds=0.3)

    def _secret(self, at: int, world: int) -> dict[str, Any]:
        return {
            "number": self.number * 1000 + at + world * 700,
            "title": f"{word('titel')} {at} {'x' * (world * 7)}",
            "inside": f"{word('tekst')} i verden {world}",
            "files": [f"{word('bilag')} {world}.{n}" for n in range(world * 2)],
            "code": word(f"emnekode{world}"),
            "author": word(f"forfatter{world}"),
        }  # fmt: skip


# --- the looking ---


def compare(worlds: tuple[Twin, Twin], most: int = stranger.MOST, looks: int = 6) -> None:
    """Raises AssertionError for the first address at which the worlds can be told apart, or a closed word is seen."""
    both = Both(worlds[0].archive, worlds[1].archive, looks)
    both.wait_for_index()
    found = both.seen(most=most)
    assert stranger.told_words(found) is None, stranger.told_words(found)


def guessed(worlds: tuple[Twin, Twin], life: Life) -> None:
    """Raises AssertionError where what was never released is answered otherwise than what never existed (I2)."""
    for world in worlds:
        asks = Stranger(world.archive)
        for there, nowhere in (
            *((f"/proeve/sag/{one}/", f"/proeve/sag/{one[::-1]}/") for one in life.closed_ids),
            (f"/proeve/sag/prv-2031-{life.number * 1000 + 700}/", "/proeve/sag/prv-2031-999999/"),
            (f"/proeve/moede/{life.now.year + 38}-01-01-byrumsudvalget/", "/proeve/moede/2099-01-01-byrumsudvalget/"),
        ):
            answers = [asks.ask(path) for path in (there, nowhere)]
            bodies = [
                answer.body.replace(path.encode(), b"") for answer, path in zip(answers, (there, nowhere), strict=True)
            ]
            assert (answers[0].status, bodies[0]) == (answers[1].status, bodies[1]), there
            lengths = {"content-length", "etag"}
            headers = [[pair for pair in answer.headers if pair[0] not in lengths] for answer in answers]
            assert headers[0] == headers[1], there


def hidden(worlds: tuple[Twin, Twin], life: Life, meeting: str) -> None:
    """Raises AssertionError where a closed word lies outside of the house (I15)."""
    assert (told := next(beside(worlds, life, meeting), None)) is None, told


def beside(worlds: tuple[Twin, Twin], life: Life, meeting: str) -> Iterator[tuple[str, str]]:
    """Each place beside the pages where a closed word lies, and that word: in the archive's data or its index, in a log
    of either site, in a mail, in figures, or in what a refusal or a fault says."""
    case = life.closed_ids[-1] if life.closed_ids else life.closed(
        "case", number=life.number * 1000 + 999, access="closed", odds=1, title=word("sag"), inside="", files=[]
    )  # fmt: skip
    for world in worlds:
        for place in [*world.archive.data.rglob("*"), world.archive.log, world.log, world.folder / "world.log"]:
            if place.is_file() and (told := flown(place.read_bytes())):
                yield place.name, told
        if json.loads(world.archive.run("search", "--json", CANARY))["total"]:
            yield "search", CANARY
        for mail in world.post.mails:
            if told := flown(mail.as_bytes()):
                yield "mail", told
    shown = worlds[1].do(f"{life.number}.outside", life.now, "outside", meeting=meeting, case=case)
    if told := flown(shown.encode()):
        yield "outside", told


# --- the proof ---


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1, HISTORIES + 1, _IN_ONE_WORLD))
def test_what_differs_inside_makes_no_difference_outside(tmp_path: Path, first: int) -> None:
    last = min(first + _IN_ONE_WORLD - 1, HISTORIES)
    with twins(tmp_path) as worlds:
        for number in range(first, last + 1):
            life = Life(worlds, number, tmp_path / "clock", week=number - first + 1)
            meeting = life.live()
            if (number - first + 1) % _LOOKED_AT_AFTER == 0 or number == last:
                compare(worlds)
                guessed(worlds, life)
                hidden(worlds, life, meeting)


@pytest.mark.slow
@pytest.mark.parametrize("leak", sorted(name for name, leak in LEAKS.items() if leak.is_shown))
def test_a_leak_planted_in_what_is_shown_is_caught(tmp_path: Path, leak: str) -> None:
    with twins(tmp_path, leak) as worlds:
        _live(worlds, tmp_path / "clock")
        with pytest.raises(AssertionError, match=LEAKS[leak].where):
            compare(worlds, looks=2)  # a leak stays one


@pytest.mark.slow
def test_each_leak_planted_beside_what_is_shown_is_caught(tmp_path: Path) -> None:
    planted = {name: leak.where for name, leak in LEAKS.items() if not leak.is_shown}
    with twins(tmp_path, " ".join(planted)) as worlds:
        life, meeting = _live(worlds, tmp_path / "clock")
        compare(worlds, looks=2)
        found = [f"{place} {words}" for place, words in beside(worlds, life, meeting)]
    for name, where in planted.items():
        assert any(re.match(where, one, re.DOTALL) for one in found), name
    assert all(any(re.match(where, one, re.DOTALL) for where in planted.values()) for one in found), found


def _live(worlds: tuple[Twin, Twin], clock: Path) -> tuple[Life, str]:
    """Some lives in which something closed is released with its face; the last of them, and its meeting."""
    for week, number in enumerate(_TOLD_OF, 1):
        life = Life(worlds, number, clock, week=week)
        meeting = life.live()
        assert life.closed_ids
    return life, meeting
