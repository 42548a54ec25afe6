"""A committee is closed once nothing stands open, is read as before, and taken home as one file."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import pikepdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pdfminer.high_level import extract_text

from raadslag.core import record
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.closing import actions, checklist, evaluating, exporting, views
from raadslag.workspace.closing.models import Closure
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.deliberation import actions as deliberation
from raadslag.workspace.deliberation import answering
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings import group_notes
from raadslag.workspace.products import actions as products
from raadslag.workspace.products.models import Product
from raadslag.workspace.publishing import actions as publishing
from raadslag.workspace.publishing.models import PublicFace

from . import loops
from .conftest import World
from .test_minutes import Sitting
from .test_publishing import held

pytestmark = pytest.mark.django_db
Page = Callable[..., Client]


class Work:
    """A committee whose work is nearly done: a meeting with a closed item, a product with comments, a group."""

    def __init__(self, world: World) -> None:
        self.world, self.told = world, {"by": world["secretary"], "at": world.at}
        self.sitting: Sitting = held(world)
        self.group = world.found("Skrivegruppen", "writing", world.committee)
        self.product = products.begin(world.committee, "Trygge boligområder", **self.told)
        self.part = products.add(self.product, kind="text", title="Ensomhed", text="Mange er ensomme.", **self.told)
        deliberation.invite(self.product, timezone.localdate(), **self.told)
        self.said = deliberation.comment(
            self.product, self.part, kind="change", text="Skeln mellem alene og ensom.", by=world["member"], at=world.at
        )
        content = {
            "title": "Antal", "text": "", "table": {"columns": ["År", "Antal"], "rows": [["2016", "12"]]},
            "chart": "bars", "source": "Optalt", "source_on": None, "made_by": "Prøve",
        }  # fmt: skip
        self.note = deliberation.save_note(self.product, None, content, **self.told)
        self.gap = deliberation.note_gap(self.product, text="Hvor mange?", asked_by="Prøve", **self.told)

    def open(self) -> list[str]:
        return checklist.obstacles(checklist.look(self.world.committee, self.world.at))

    def answer(self) -> None:
        answering.answer(self.product, [self.said], outcome="not", text="Det står der.", **self.told)

    def let_out(self) -> None:
        face = {"decision": "Lejen blev godkendt.", "none_because": ""}
        publishing.write_face(self.sitting.items[1], **face, **self.told)
        prepared = publishing.prepare(self.sitting.meeting)
        assert PublicFace.objects.exists()
        publishing.release_minutes(self.sitting.meeting, prepared.identity, **self.told)

    def finish(self) -> None:
        """Everything that blocks, done."""
        self.answer()
        self.let_out()
        actions.end_group(self.world.committee, self.group, **self.told)

    def close(self) -> Closure:
        return actions.close(self.world.committee, **self.told)


@pytest.fixture
def work(world: World) -> Work:
    return Work(world)


# --- the list ---


def test_everything_that_stands_open_is_told_and_blocks_until_it_is_done(work: Work) -> None:
    day = f"{timezone.localtime(work.sitting.meeting.start):%d.%m.%Y}"
    published = f"{work.sitting.meeting.title} den {day}: referatet er ikke publiceret."
    comment = "Trygge boligområder: 1 kommentar er ikke besvaret."
    assert work.open() == [published, comment, "Skrivegruppen er ikke slut endnu."]
    with pytest.raises(Blocked) as refusal:
        work.close()
    assert refusal.value.obstacles == work.open()
    work.let_out()
    assert work.open() == [comment, "Skrivegruppen er ikke slut endnu."]
    work.answer()
    products.freeze(work.product, "v0.1", **work.told)
    waits = "Trygge boligområder: en version venter på at blive godkendt."
    assert work.open() == [waits, "Skrivegruppen er ikke slut endnu."]
    products.propose(work.part, title="Ensomhed", text="Færre.", base=1, by=work.world["member"], at=work.world.at)
    assert work.open()[1] == "Trygge boligområder: 1 forslag er ikke afgjort."
    Product.objects.filter(pk=work.product.pk).update(state="approved")
    work.part.proposals.update(state="refused")
    actions.end_group(work.world.committee, work.group, **work.told)
    assert work.open() == []
    planned = work.world.meeting(days=50)
    assert work.open() == [f"1. møde den {timezone.localtime(planned.start):%d.%m.%Y} er hverken afholdt eller aflyst."]
    meetings.cancel(planned, "Prøve", **work.told)
    for name in ("third", "fourth"):
        work.world.appoint(name, "member", work.world.committee)
    evaluation = evaluating.prepare(work.world.committee, evaluating.our_questions(), **work.told)
    assert work.open() == []
    evaluating.open_(evaluation, **work.told)
    assert work.open() == ["Evalueringen er åben: luk den først."]
    evaluating.close(evaluation, "", **work.told)
    assert work.open() == []


def test_what_blocks_nobody_is_told_all_the_same_and_of_closed_matters_how_many(work: Work) -> None:
    work.world.closed_case(state="draft")
    found = {check.name: (check.blocks, [left.text for left in check.left])
             for check in checklist.look(work.world.committee, work.world.at)}  # fmt: skip
    assert found["Videnshullerne er lukket"] == (
        False, ["Trygge boligområder: 1 videnshul er åbent. Det står i produktet, som det er."],
    )  # fmt: skip
    blocks, (left,) = found["Ingen sag er tilbage"]
    assert (blocks, left[:22], "KANARIEFUGL" in str(found)) == (False, "1 sag er ikke behandle", False)
    blocks, (signatures,) = found["Alle referater er underskrevet"]
    assert not blocks  # minutes are public here once they are read out
    assert re.search(r"der mangler \d+ underskrifter", signatures)


def test_where_minutes_wait_for_signatures_a_missing_one_blocks(work: Work) -> None:
    work.finish()
    bodies.set_policy(work.world.body, work.world.committee, "publish_minutes", "signed", reason="Prøve",
                      since=work.world.at.date(), by=work.world.administrator, at=work.world.at)  # fmt: skip
    (left,) = work.open()
    assert "underskrift" in left


def test_the_secretary_is_led_to_what_is_open_and_nobody_to_where_he_may_not_be(work: Work, browser_of: Page) -> None:
    work.world.case(state="draft")
    path = reverse("closing:committee", args=[work.world.committee.pk])
    leads = {}
    for name in ("secretary", "member", "chair", "observer", "administrator"):
        client = browser_of(name)
        main = client.get(path).content.decode().split("<main")[1].split("</main>")[0]
        leads[name] = [link for link in Links(main).to if "/hent/" not in link]
        assert [client.get(link).status_code for link in leads[name]] == [200] * len(leads[name]), name
    assert len(leads["secretary"]) >= 6
    assert leads["member"] == leads["observer"] == leads["administrator"] == []


# --- closed ---


def test_a_closed_committee_is_read_as_before_and_opened_with_a_reason(work: Work, browser_of: Page) -> None:
    work.finish()
    page = reverse("closing:committee", args=[work.world.committee.pk])
    secretary = browser_of("secretary")
    assert secretary.post(page + "afslut/", {}).status_code == 302
    work.world.committee.refresh_from_db()
    assert work.world.committee.closed_at
    assert Organization.objects.get(pk=work.group.pk).closed_at
    reading = [
        ("member", reverse("bodies:organization", args=[work.world.committee.pk])), ("member", page),
        ("member", reverse("products:product", args=[work.product.pk])),
        ("member", reverse("deliberation:contributions", args=[work.product.pk])),
        ("member", work.sitting.meeting.get_absolute_url()),
        ("secretary", reverse("minutes:paper", args=[work.sitting.meeting.pk])),
    ]  # fmt: skip
    assert [browser_of(name).get(path).status_code for name, path in reading] == [200] * len(reading)
    comment = reverse("deliberation:comment-on-all", args=[work.product.pk])
    refused = browser_of("member").post(comment, {"kind": "change", "text": "Det skrev jeg for sent"})
    assert refused.status_code == 403
    assert "Det skrev jeg for sent" in refused.content.decode()
    assert "Udvalgets arbejde er slut" in refused.content.decode()
    assert browser_of("user").post(comment, {}).status_code == 404
    assert work.product.contributions.count() == 1
    assert secretary.post(page + "genaabn/", {"reason": " "}).status_code == 422
    assert secretary.post(page + "genaabn/", {"reason": "Rådet sendte det tilbage."}).status_code == 302
    assert browser_of("member").get(comment).status_code == 200
    assert "Rådet sendte det tilbage." in browser_of("member").get(page).content.decode()
    kinds = list(JournalEntry.objects.filter(kind__startswith="closing.").values_list("kind", flat=True))
    assert kinds == ["closing.CommitteeClosed", "closing.CommitteeReopened"]
    assert "tilbage" not in str(list(JournalEntry.objects.values_list("values", flat=True)))
    again = work.close()
    assert list(work.world.committee.closures.values_list("reopened_at", flat=True).filter(pk=again.pk)) == [None]
    assert work.world.committee.closures.count() == 2


def test_it_is_closed_once_and_groups_are_not_closed_by_themselves(work: Work) -> None:
    with pytest.raises(Blocked, match="ikke afsluttet"):
        actions.reopen(work.world.committee, "Prøve", **work.told)
    work.finish()
    work.close()
    with pytest.raises(Blocked, match="allerede afsluttet"):
        work.close()
    work.world.committee.refresh_from_db()
    with pytest.raises(Blocked, match="Udvalget er afsluttet"):
        work.world.found("En ny gruppe", "working", work.world.committee)
    with pytest.raises(NotPermitted):
        actions.close(work.group, **work.told)
    with pytest.raises(NotPermitted):
        actions.end_group(work.world.council, work.group, **work.told)


def test_the_list_takes_the_same_questions_however_much_stands_open(work: Work, browser_of: Page) -> None:
    def asked() -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as told:
            assert client.get(path).status_code == 200
        return len(told)

    client, path = browser_of("secretary"), reverse("closing:committee", args=[work.world.committee.pk])
    few = asked()
    for number in range(4):
        work.world.meeting(days=40 + number)
        work.world.found(f"Gruppe {number}", "working", work.world.committee)
        one = products.begin(work.world.committee, f"Produkt {number}", **work.told)
        deliberation.note_gap(one, text="Hvor mange?", asked_by="Prøve", **work.told)
        deliberation.invite(one, timezone.localdate(), **work.told)
        deliberation.comment(one, None, kind="change", text="Nej.", by=work.world["member"], at=work.world.at)
        products.add(one, kind="text", title="En del", text="Ord.", **work.told)
    assert asked() == few


# --- taken home ---


class Links(HTMLParser):
    """Where a page leads to, what it fetches, and its anchors."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.anchors: set[str] = set()
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        told = dict(attrs)
        self.to += [value for name in ("href", "src") if (value := told.get(name)) is not None]
        self.anchors |= {value for name in ("id", "name") if (value := told.get(name))}


def fetched(browser: Client, world: World) -> zipfile.ZipFile:
    given = browser.get(reverse("closing:export", args=[world.committee.pk]))
    assert (given.status_code, given.headers["Content-Type"]) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(b"".join(given.streaming_content)))


def everything(work: Work) -> None:
    """Files, versions, notes and an evaluation as well."""
    work.answer()
    products.freeze(work.product, "v0.1", **work.told)
    work.part.refresh_from_db()
    given = {"title": "Ensomhed", "text": "Færre er ensomme.", "version": work.part.version}
    products.write(work.part, **given, **work.told)
    products.freeze(work.product, "v1.0", **work.told)
    note = group_notes.save(work.group, "Vi har mødtes.", **work.told).note
    group_notes.hand_over(note, version=1, **work.told)


def test_the_file_unpacks_each_link_leads_somewhere_and_each_hash_is_right(work: Work, browser_of: Page) -> None:
    everything(work)
    whole = fetched(browser_of("secretary"), work.world)
    names = whole.namelist()
    assert len(names) == len(set(names))
    assert not [name for name in names if PurePosixPath(name).is_absolute() or ".." in name or not name.isascii()]
    index = json.loads(whole.read("index.json"))
    assert {one["path"] for one in index["files"]} == set(names) - {"index.json"}
    for one in index["files"]:
        data = whole.read(one["path"])
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (one["sha256"], one["size"]), one["path"]
    linked = set()
    for name in names:
        if not name.endswith(".html"):
            continue
        page = Links(whole.read(name).decode())
        assert "script" not in page.tags, name
        for link in page.to:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("http", "https", "mailto", "data"), (name, link)
                continue
            if parts.path:
                target = str(PurePosixPath(_normal(PurePosixPath(name).parent / unquote(parts.path))))
                assert target in names, (name, link)
                linked |= {target} if name == "index.html" else set()
            else:
                assert parts.fragment in page.anchors, (name, link)
    assert linked == set(names) - {"index.html"}  # the index leads to everything
    where = "produkter/01/02-v1.0"
    expected = {f"{where}.pdf", f"{where}.docx", f"{where}.txt", f"{where}.json", f"{where}-ren.pdf",
                f"{where}-aendringer.html", "produkter/01/01-v0.1-svar.html", "produkter/01/kommentarer.json",
                "produkter/01/faktanotater.html", "produkter/01/videnshuller.html", "grupper/notater.html",
                "udvalg.json", "spor.jsonl"}  # fmt: skip
    assert expected <= set(names)
    for name in names:
        if name.endswith(".json") and PurePosixPath(name).name.startswith(("udvalg", "dagsorden", "referat", "0")):
            assert record.decode(whole.read(name).decode())
    comments = json.loads(whole.read("produkter/01/kommentarer.json"))
    assert [(one["number"], one["by"], one["answers"][0]["text"]) for one in comments] == [
        ("K-01", "Prøve member", "Det står der.")
    ]
    trail = [json.loads(line) for line in whole.read("spor.jsonl").splitlines()]
    assert {one["kind"] for one in trail} >= {"bodies.MemberAppointed", "products.VersionFrozen"}
    assert [one["number"] for one in trail] == sorted(one["number"] for one in trail)
    assert "KANARIEFUGL" not in whole.read("spor.jsonl").decode()
    assert JournalEntry.objects.filter(kind="closing.CommitteeExported").count() == 1


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def words(whole: zipfile.ZipFile) -> str:
    """All that is said in it: in PDFs and Word documents, and in the records that PDFs carry, too."""
    told = []
    for name in whole.namelist():
        data = whole.read(name)
        told.append(data.decode(errors="replace"))
        if name.endswith(".pdf"):
            told.append(extract_text(io.BytesIO(data)))
            with pikepdf.open(io.BytesIO(data)) as pdf:
                told += [one.get_file().read_bytes().decode() for one in pdf.attachments.values()]
        elif name.endswith(".docx"):
            inner = zipfile.ZipFile(io.BytesIO(data))
            told += [inner.read(part).decode(errors="replace") for part in inner.namelist()]
    return "".join(told)


def test_what_one_may_not_read_is_not_in_it(work: Work, browser_of: Page) -> None:
    """The closed item at a low login; and, at a strong one, for a secretary who is barred from its case."""
    everything(work)
    strong = fetched(browser_of("secretary"), work.world)
    name = next(name for name in strong.namelist() if name.endswith("referat-1.json"))
    assert "KANARIEFUGL" in strong.read(name).decode()
    assert words(strong).count("KANARIEFUGL") >= 8  # agenda and minutes, in each of their forms
    assert name.replace("1.json", "1-underskrevet.pdf") in strong.namelist()
    low = fetched(browser_of("secretary", "low"), work.world)
    assert "KANARIEFUGL" not in words(low)
    assert not [one for one in low.namelist() if "underskrevet" in one]
    assert "det, alle må se" in low.read("index.html").decode()
    closed = work.sitting.items[1].case
    cases.bar(closed, work.world["secretary"].person, "Prøve", **work.told)
    barred = fetched(browser_of("secretary"), work.world)
    assert "KANARIEFUGL" not in words(barred)
    assert not [one for one in barred.namelist() if "underskrevet" in one]
    assert browser_of("member").get(reverse("closing:export", args=[work.world.committee.pk])).status_code == 404


def test_it_grows_as_it_is_sent_and_takes_no_memory_for_a_large_file(work: Work, data: Any) -> None:
    large = data / "large"
    with large.open("wb") as file:
        for number in range(40):
            file.write(hashlib.sha256(str(number).encode()).digest() * 2**15)
    asked = exporting.Asked(work.world.committee, work.world["secretary"], "substantial", work.world.at)
    section = exporting.Section("Stort", [lambda: [exporting.Piece("large.bin", "Stort", large)]])
    list(exporting.zipped(asked, [section], "da"))  # what is loaded once
    tracemalloc.start()
    size = chunks = 0
    for chunk in exporting.zipped(asked, [section], "da"):
        size, chunks = size + len(chunk), chunks + 1
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert large.stat().st_size == 40 * 2**20
    assert peak < 4 * 2**20
    assert chunks > 2
    assert size > 0


def test_where_a_loop_serves_each_piece_is_made_in_a_thread(world: World) -> None:
    asked = exporting.Asked(world.committee, world["secretary"], "substantial", world.at)
    section = exporting.Section("Lille", [lambda: [exporting.Piece("a.txt", "A", b"Ord")]])

    async def sent() -> bytes:
        return b"".join([chunk async for chunk in views._apart(exporting.zipped(asked, [section], "da"))])

    whole = zipfile.ZipFile(io.BytesIO(loops.run(sent())))
    assert whole.read("a.txt") == b"Ord"
    assert "Indhold" in {one["title"] for one in json.loads(whole.read("index.json"))["files"]}
