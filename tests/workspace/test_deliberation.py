"""Comments that find their words again, facts with their source, and gaps that are closed by one."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from raadslag.core import record
from raadslag.core.comparing import anchors
from raadslag.core.text import plain
from raadslag.web import numbers
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies import recruiting
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict, NotPermitted
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.deliberation import actions, answering, placing, tables
from raadslag.workspace.deliberation.models import Contribution, EvidenceGap, FactNote
from raadslag.workspace.files.keeping import store
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.minutes.models import ItemMinutes
from raadslag.workspace.products import actions as products
from raadslag.workspace.products import composing
from raadslag.workspace.publishing.models import Release

from .conftest import World
from .test_products import Draft, draft  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
TEXT = "Mange beboere kender ikke deres naboer. Mange ved ikke, hvem de kan *spørge*, når de får brug for hjælp."
Page = Callable[..., Client]


class Talk:
    """A draft on which comments are asked for."""

    def __init__(self, draft: Draft) -> None:  # noqa: F811
        self.draft, self.world, self.product = draft, draft.world, draft.product
        self.part = draft.add("Ensomhed", TEXT, kind="focus_area")
        self.other = draft.add("Områdernes karakter", "Lyset på stierne.", kind="focus_area")
        actions.invite(self.product, timezone.localdate() + timedelta(days=3), **draft.told)

    def say(self, text: str = "Skeln mellem alene og ensom.", quote: str = "", who: str = "member", **more: Any
            ) -> Contribution:  # fmt: skip
        given = {"kind": "change", "text": text, "quote": quote, "by": self.world[who], "at": self.world.at, **more}
        return actions.comment(self.product, given.pop("element", self.part), **given)

    def places(self) -> tuple[list[placing.Group], list[placing.Placed], list[placing.Placed]]:
        return placing.by_part(composing.tree(self.product), self.product.contributions.all())


@pytest.fixture
def talk(draft: Draft) -> Talk:  # noqa: F811
    return Talk(draft)


# --- comments ---


def test_a_comment_gets_a_number_and_its_words_are_found_as_they_are_read(talk: Talk) -> None:
    """The reader sees no marks of emphasis, and no address of a link."""
    one = talk.say(quote="hvem de kan spørge, når de får brug")
    assert (one.name, one.quote) == ("K-01", "hvem de kan spørge, når de får brug")
    talk.draft.write(talk.part, f"{TEXT} Se [kommunens plan](https://example.org/plan) fra maj.")
    talk.part.refresh_from_db()
    assert talk.say(quote="Se kommunens plan fra maj").quote == "Se kommunens plan fra maj"
    assert {one.element for group in talk.places()[0] for one in group.placed} == {talk.part.pk}
    kinds = list(JournalEntry.objects.values_list("kind", flat=True))
    assert kinds.count("deliberation.ContributionReceived") == 2
    assert "ensom" not in "".join(str(entry.values) for entry in JournalEntry.objects.all())  # I26
    journal.catch_up()


def test_a_comment_needs_words_a_place_and_a_day_on_which_it_is_received(talk: Talk) -> None:
    with pytest.raises(Blocked, match="Skriv, hvad du vil sige"):
        talk.say(" ")
    with pytest.raises(Blocked, match="De ord står ikke"):
        talk.say(quote="Disse ord har aldrig stået i udkastet nogen steder")
    with pytest.raises(Blocked, match="Der kunne kommenteres til og med"):
        talk.say(at=talk.world.at + timedelta(days=4))
    with pytest.raises(Blocked, match="Den dag er gået"):
        actions.invite(talk.product, timezone.localdate() - timedelta(days=1), **talk.draft.told)
    actions.invite(talk.product, None, **talk.draft.told)
    with pytest.raises(Blocked, match="ikke bedt om"):
        talk.say()
    assert not Contribution.objects.exists()


def test_the_words_are_found_when_they_are_rewritten_or_moved_and_told_when_they_are_gone(talk: Talk) -> None:
    kept, moved, lost = (
        talk.say(quote=quote)
        for quote in (
            "Mange beboere kender ikke deres naboer",
            "når de får brug for hjælp",
            "Mange ved ikke, hvem de kan spørge",
        )
    )
    on_part, on_all = talk.say(), talk.say(element=None)
    talk.draft.write(talk.part, "Mange beboere kender slet ikke deres naboer.")
    talk.draft.write(talk.other, "Lyset på stierne, når de får brug for hjælp.")
    groups, whole, gone = talk.places()
    told = {one.comment: one for group in groups for one in group.placed}
    assert (told[kept].element, told[kept].is_rewritten) == (talk.part.pk, True)
    assert told[kept].now == "Mange beboere kender slet ikke deres naboer"
    assert (told[moved].element, told[moved].is_moved, told[moved].is_rewritten) == (talk.other.pk, True, False)
    assert told[on_part].element == talk.part.pk
    assert [one.comment for one in whole] == [on_all]
    assert [one.comment for one in gone] == [lost]
    talk.part.refresh_from_db()
    products.remove(talk.part, True, **talk.draft.told)
    assert {one.comment for one in talk.places()[2]} == {kept, lost, on_part}


_WORDS = st.lists(st.sampled_from(["sti", "lys", "bænk", "nabo", "*hus*", "leg", "**tryg**", "ven"]), max_size=14)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_WORDS, _WORDS), min_size=1, max_size=3), st.data())
def test_every_comment_is_at_its_words_or_told_to_be_without_a_place(
    texts: list[tuple[list[str], list[str]]], data: st.DataObject
) -> None:
    """However the draft is rewritten, each comment is told of once; an exact place holds the quoted words."""
    before = {uuid4(): plain(" ".join(old)) for old, _ in texts}
    after = {identity: plain(" ".join(new)) for identity, (_, new) in zip(before, texts, strict=True)}
    said = []
    for identity, text in before.items():
        if not text:
            continue
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        if text[start:end].strip():
            found = anchors.anchor_at(text, start, end)
            told = {"quote": found.quote, "before": found.before, "after": found.after, "start": found.start}
            said.append(Contribution(element_id=identity, **told))
    placed = placing.place(said, after)
    assert [one.comment for one in placed] == said
    for one in placed:
        if one.element is None:
            assert one.comment.quote not in after[one.comment.element_id]
        else:
            assert one.now
            assert one.now in after[one.element]
            assert one.is_rewritten or _letters(one.now) == _letters(one.comment.quote)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def test_words_that_are_common_do_not_move_a_comment_to_another_part(talk: Talk) -> None:
    """I: nobody is told to have said something of words that he never read."""
    short, sentence = talk.say(quote="får brug"), talk.say(quote="Mange beboere kender ikke deres naboer")
    talk.draft.write(talk.other, "Naboerne får brugbare råd. Mange beboere kender ikke deres naboer.")
    talk.draft.write(talk.part, "Mange beboere kender slet ikke deres naboer. Andet.")
    groups, _whole, gone = talk.places()
    told = {one.comment: one for group in groups for one in group.placed}
    assert (told[sentence].element, told[sentence].is_rewritten) == (talk.part.pk, True)
    assert [one.comment for one in gone] == [short]


def test_a_part_that_was_taken_out_is_not_commented_on(talk: Talk, browser_of: Page) -> None:
    products.remove(talk.part, True, **talk.draft.told)
    talk.part.refresh_from_db()
    with pytest.raises(Blocked, match="taget ud af udkastet"):
        talk.say()
    address = reverse("deliberation:comment", args=[talk.product.pk, talk.part.pk])
    assert "taget ud af udkastet" in browser_of("member").get(address).content.decode()


def test_a_comment_is_about_the_version_that_was_presented(talk: Talk, browser_of: Page) -> None:
    frozen = talk.draft.freeze("v0.3")
    actions.invite(talk.product, timezone.localdate(), frozen, **talk.draft.told)
    talk.draft.write(talk.part, "Noget helt andet.")
    page = browser_of("member")
    address = reverse("deliberation:comment", args=[talk.product.pk, talk.part.pk])
    assert "Det står der i v0.3" in page.get(address).content.decode()
    sent = {"kind": "unclear", "quote": "hvem de kan spørge", "text": "Hvem er mange?"}
    answer = page.post(address, sent, follow=True)
    assert "Modtaget som K-01" in answer.content.decode()
    one = Contribution.objects.get()
    assert (one.version, one.quote) == (frozen, "hvem de kan spørge")
    told = answer.content.decode()
    assert "Uden plads" in told
    assert "Den gjaldt »Ensomhed«" in told


def test_one_takes_back_ones_own_and_nobody_elses(talk: Talk, browser_of: Page) -> None:
    one = talk.say("KANARIEFUGL")
    with pytest.raises(NotPermitted):
        actions.take_back(one, by=talk.world["secretary"], at=talk.world.at)
    place = reverse("deliberation:contributions", args=[talk.product.pk])
    button = reverse("deliberation:take-back", args=[talk.product.pk, one.pk])
    assert button not in browser_of("chair").get(place).content.decode()
    assert "KANARIEFUGL" in browser_of("chair").get(place).content.decode()
    told = browser_of("member").post(button, follow=True).content.decode()
    assert "KANARIEFUGL" not in told
    assert "K-01" in told
    assert Contribution.objects.get().text == "KANARIEFUGL"  # kept, as everything is
    assert talk.say().name == "K-02"


def test_who_may_comment_and_has_not_hears_of_it_on_his_own_page(talk: Talk, browser_of: Page) -> None:
    place = reverse("deliberation:contributions", args=[talk.product.pk])
    told = {
        name: place in browser_of(name).get("/").content.decode() for name in ("member", "chair", "observer", "user")
    }
    assert told == {"member": True, "chair": True, "observer": False, "user": False}
    talk.say()
    assert place not in browser_of("member").get("/").content.decode()
    actions.invite(talk.product, None, **talk.draft.told)
    assert place not in browser_of("chair").get("/").content.decode()


def test_what_was_written_stands_in_the_form_when_it_was_not_received(talk: Talk, browser_of: Page) -> None:
    address = reverse("deliberation:comment", args=[talk.product.pk, talk.part.pk])
    sent = {"kind": "question", "quote": "står her ikke nogen steder", "text": "Min lange tanke."}
    told = browser_of("member").post(address, sent)
    assert told.status_code == 422
    for word in ("Min lange tanke.", "står her ikke nogen steder", "De ord står ikke i denne del"):
        assert word in told.content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(talk: Talk, browser_of: Page) -> None:
    place, page = reverse("deliberation:contributions", args=[talk.product.pk]), browser_of("member")
    talk.say(quote="deres naboer")
    page.get(place)
    costs = []
    for many in (0, 12):
        for number in range(many):
            talk.say(f"Nummer {number}", who="second", quote="deres naboer")
        with CaptureQueriesContext(connection) as queries:
            page.get(place)
        costs.append(len(queries))
    assert costs[0] == costs[1]


# --- facts ---


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("År\tAntal\n2016\t1.200\n2017\t1.350", ["År", "Antal"], [["2016", "1.200"], ["2017", "1.350"]]),
        ("År;Antal\n2016;12,5\n", ["År", "Antal"], [["2016", "12,5"]]),
        ("| År | Antal |\n|---|--:|\n| 2016 | 12 |", ["År", "Antal"], [["2016", "12"]]),
        ('Sted,Note\n"Vej 1, st.",god\n', ["Sted", "Note"], [["Vej 1, st.", "god"]]),
        ("År\tA\tB\r\n2016\t1\r\n", ["År", "A", "B"], [["2016", "1", ""]]),
        ('Sted;Note\n"A";"flere\nlinjer"', ["Sted", "Note"], [["A", "flere linjer"]]),
        ('A\t"åben\nB\tc', ["A", '"åben'], [["B", "c"]]),
        ('A\tB\n"Trygt" sagde de\tc', ["A", "B"], [['"Trygt" sagde de', "c"]]),
        ("År\tA\n2016\t1\x01\x00", ["År", "A"], [["2016", "1"]]),
    ],
)
def test_a_table_is_read_as_it_is_brought(text: str, columns: list[str], rows: list[list[str]]) -> None:
    assert tables.of_text(text) == (columns, rows)


@pytest.mark.parametrize(
    "text", ["", "  \n\t", "Kun en række", "a\tb\n" * 100, "\t".join("x" * 12) + "\n" + "\t" * 11 + "y"]
)
def test_what_is_no_table_or_too_much_is_said(text: str) -> None:
    with pytest.raises(Blocked):
        tables.of_text(text)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("12,5 %", 12.5), ("1.200", 1200), ("1.200 kr.", 1200), ("-3", -3), ("0", 0), ("12 m²", 12), ("0,125", 0.125),
     ("12.5", None), ("12.05", None), ("0.125", None), ("1 200", 1200),
     ("2016-17", None), ("ca. 5", None), ("", None), ("5 af 12", None)],
)  # fmt: skip
def test_a_number_is_read_as_danes_write_it(cell: str, value: float | None) -> None:
    assert numbers.number(cell) == value


@pytest.mark.parametrize("cells", [['"Trygt" sagde de', "a;b"], ["x\ty", "|"], ["", '"'], ["1,5", "=2"]])
def test_a_table_that_is_pasted_again_is_the_same(cells: list[str]) -> None:
    told = tables.of_text(tables.pasted(["Sted", "Note"], [cells, ["a", "b"]]))
    assert told == (["Sted", "Note"], [[" ".join(cell.split()) for cell in cells], ["a", "b"]])


CONTENT: dict[str, Any] = {
    "title": "Beboere efter alder", "text": "", "chart": "bars", "source": "Egen optælling", "source_on": None,
    "made_by": "Social og Sundhed",
    "table": {"columns": ["Alder", "Antal"], "rows": [["0-17", "120"], ["18-64", "300,5"]]},
}  # fmt: skip


def test_a_note_has_a_letter_a_source_and_all_its_savings(talk: Talk) -> None:
    told = talk.draft.told
    one = actions.save_note(talk.product, None, CONTENT, **told)
    assert (one.name, one.version) == ("A", 1)
    assert actions.save_note(talk.product, one, CONTENT, version=1, **told).version == 1
    changed = {**CONTENT, "title": "Beboere efter alder og køn"}
    assert actions.save_note(talk.product, one, changed, version=1, **told).version == 2
    with pytest.raises(Conflict):
        actions.save_note(talk.product, one, CONTENT, version=1, **told)
    assert [row.content["title"] for row in one.versions.all()] == [changed["title"], CONTENT["title"]]
    with pytest.raises(Blocked, match="Skriv, hvor tallene kommer fra"):
        actions.save_note(talk.product, None, {**CONTENT, "source": " "}, **told)
    assert actions.save_note(talk.product, None, CONTENT, **told).name == "B"
    assert FactNote(number=27).name == "AA"


def test_a_note_is_brought_as_a_spreadsheet_drawn_and_placed(talk: Talk, browser_of: Page) -> None:
    book = openpyxl.Workbook()
    for row in (["Alder", "Antal 2016", "Antal 2017"], ["0-17 år", 120, 131], ["18-64 år", 300, 12.5]):
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    page = browser_of("case_worker")
    file = SimpleUploadedFile("alder.xlsx", data.getvalue())
    sent = {name: CONTENT[name] for name in ("title", "chart", "source", "made_by")}
    told = page.post(reverse("deliberation:note-new", args=[talk.product.pk]), {**sent, "file": file}, follow=True)
    one = FactNote.objects.get()
    assert one.table["rows"] == [["0-17 år", "120", "131"], ["18-64 år", "300", "12,5"]]
    drawing = reverse("deliberation:note-chart", args=[talk.product.pk, one.pk])
    assert drawing in told.content.decode()
    assert '<th scope="row">0-17 år</th>' in told.content.decode()
    drawn = etree.fromstring(browser_of("member").get(drawing).content)
    words = " ".join(drawn.itertext())
    assert "Antal 2017: 0-17 år 131, 18-64 år 12,5" in words
    page.post(reverse("deliberation:note-use", args=[talk.product.pk, one.pk]), {"elements": [talk.part.pk]})
    assert list(one.elements.all()) == [talk.part]
    place = reverse("deliberation:knowledge", args=[talk.product.pk])
    assert "Ensomhed</a>" in browser_of("member").get(place).content.decode()


@pytest.mark.parametrize("data", ["År;Antal\n2016;1\x01\n".encode("utf-16"), b"\xc5r;Antal\n2016;1\x00\n"])
def test_a_file_in_another_alphabet_is_read_and_drawn(talk: Talk, browser_of: Page, data: bytes) -> None:
    page, file = browser_of("case_worker"), SimpleUploadedFile("tal.csv", data)
    sent = {name: CONTENT[name] for name in ("chart", "source", "made_by")} | {"title": "Tal\x01", "file": file}
    page.post(reverse("deliberation:note-new", args=[talk.product.pk]), sent)
    one = FactNote.objects.get()
    assert (one.title, one.table) == ("Tal", {"columns": ["År", "Antal"], "rows": [["2016", "1"]]})
    assert page.get(reverse("deliberation:note-chart", args=[talk.product.pk, one.pk])).status_code == 200


def test_what_is_too_large_is_refused_before_it_is_read(talk: Talk, browser_of: Page) -> None:
    file = SimpleUploadedFile("tal.csv", b"a;b\n" * 300_000)
    sent = {name: CONTENT[name] for name in ("title", "chart", "source", "made_by")} | {"file": file}
    told = browser_of("case_worker").post(reverse("deliberation:note-new", args=[talk.product.pk]), sent)
    assert (told.status_code, "for meget til et faktanotat" in told.content.decode()) == (422, True)


def test_two_who_change_a_note_see_each_others(talk: Talk, browser_of: Page) -> None:
    one = actions.save_note(talk.product, None, CONTENT, **talk.draft.told)
    actions.save_note(talk.product, one, {**CONTENT, "title": "Deres"}, version=1, **talk.draft.told)
    place = reverse("deliberation:note-edit", args=[talk.product.pk, one.pk])
    sent = {name: CONTENT[name] for name in ("chart", "source", "made_by")} | {"title": "Min", "pasted": "a\tb\nc\t1"}
    page = browser_of("case_worker")
    told = page.post(place, {**sent, "version": 1})
    assert told.status_code == 409 or told.status_code == 422
    for word in ("Deres", "Min", 'name="version" value="2"'):
        assert word in told.content.decode()
    page.post(place, {**sent, "version": 2})
    one.refresh_from_db()
    assert (one.title, one.version) == ("Min", 3)
    shown = page.get(reverse("deliberation:note", args=[talk.product.pk, one.pk])).content.decode()
    assert "Deres" in shown
    assert "Beboere efter alder" in shown


def test_words_are_a_table_and_no_drawing(talk: Talk, browser_of: Page) -> None:
    table = {"columns": ["Sted", "Note"], "rows": [["Søen", "Mørkt"]]}
    one = actions.save_note(talk.product, None, {**CONTENT, "table": table}, **talk.draft.told)
    page = browser_of("member")
    assert page.get(reverse("deliberation:note-chart", args=[talk.product.pk, one.pk])).status_code == 404
    assert (
        "<img"
        not in page.get(reverse("deliberation:note", args=[talk.product.pk, one.pk])).content.decode().split("<main")[1]
    )


# --- what is not known ---


def test_a_gap_is_closed_by_a_source_and_opens_again(talk: Talk, browser_of: Page) -> None:
    page = browser_of("case_worker")
    place = reverse("deliberation:knowledge", args=[talk.product.pk])
    sent = {"text": "Ingen har undersøgt utryghed.", "asked_by": "Stand 1", "elements": [talk.part.pk]}
    page.post(reverse("deliberation:gap-new", args=[talk.product.pk]), sent)
    gap = EvidenceGap.objects.get()
    assert (gap.name, list(gap.elements.all())) == ("G1", [talk.part])
    closing = reverse("deliberation:gap-close", args=[talk.product.pk, gap.pk])
    refused = page.post(closing, {"answer": "Hver tredje er utryg.", "source": ""})
    assert refused.status_code == 422
    assert "Hver tredje er utryg." in refused.content.decode()
    note = actions.save_note(talk.product, None, CONTENT, **talk.draft.told)
    page.post(closing, {"answer": "Hver tredje er utryg.", "note": note.number})
    told = browser_of("member").get(place).content.decode()
    assert "Lukket med en kilde" in told
    assert "faktanotat A" in told
    with pytest.raises(Blocked, match="allerede lukket"):
        actions.close_gap(gap, answer="Igen", source="En bog", **talk.draft.told)
    page.post(reverse("deliberation:gap-reopen", args=[talk.product.pk, gap.pk]))
    gap.refresh_from_db()
    assert gap.state == "open"
    actions.close_gap(
        gap, answer="Hver fjerde er utryg.", source="En bog", by=talk.world["secretary"], at=timezone.now()
    )
    told = browser_of("member").get(place).content.decode()
    assert told.index("Hvad man ved nu") < told.index("Hver fjerde") < told.index("Hver tredje")  # nothing is lost


def test_what_lies_in_another_product_is_not_found(talk: Talk, browser_of: Page, world: World) -> None:
    other = products.begin(world.committee, "Et andet", **talk.draft.told)
    note = actions.save_note(other, None, CONTENT, **talk.draft.told)
    page = browser_of("secretary")
    assert page.get(reverse("deliberation:note", args=[talk.product.pk, note.pk])).status_code == 404
    assert page.get(reverse("deliberation:comment", args=[other.pk, talk.part.pk])).status_code == 404
    strange = products.add(other, kind="text", title="Fremmed", **talk.draft.told)
    page.post(reverse("deliberation:note-use", args=[other.pk, note.pk]), {"elements": [talk.part.pk, strange.pk]})
    assert list(note.elements.all()) == [strange]


# --- the course of the committee ---


def test_the_course_tells_what_was_and_what_comes_to_who_may_know(talk: Talk, browser_of: Page) -> None:
    world, told = talk.world, talk.draft.told
    bodies.adopt_mandate(
        world.committee, purpose="Byen", tasks=["Overblik", "Principper"], composition="", decided_by="Rådet",
        decided_on=date(2020, 2, 3), **told,
    )  # fmt: skip
    task = world.committee.mandates.get().tasks.get(number=2)
    products.assign(talk.part, None, [task], **told)
    talk.draft.freeze("v0.3")
    meeting = world.meeting(title="5. møde")
    world.meeting(title="Ekstra møde", days=40, because="flere kommentarer")
    place = reverse("desk:process", args=[world.committee.pk])
    page = browser_of("member").get(place).content.decode().split("<main")[1]
    rising = ["3. februar 2020", "Trygge boligområder, v0.3", "Sidste dag for kommentarer", "5. møde", "Ekstra møde"]
    assert [page.index(word) for word in rising] == sorted(page.index(word) for word in rising)
    for word in ("Besvares i", "Ensomhed</a>", "Ingen del besvarer den endnu", "Ekstra: flere kommentarer"):
        assert word in page
    assert meeting.get_absolute_url() in page
    start = world.at + timedelta(days=50)
    given = {"start": start, "end": start + timedelta(hours=1), "place": "", "by": world["secretary"], "at": world.at}
    meetings.plan(talk.draft.group, title="Skrivegruppens møde", **given)
    assert "Skrivegruppens møde" in browser_of("writer").get(place).content.decode()
    strange = browser_of("user").get(place).content.decode()
    assert "flere kommentarer" not in strange
    assert "5. møde" in strange
    for word in ("v0.3", "Ensomhed", "Skrivegruppens møde", "kommentarer til", meeting.get_absolute_url()):
        assert word not in strange


def test_the_course_tells_where_the_council_treats_a_version_once_that_is_public_or_ones_own(
    talk: Talk, browser_of: Page
) -> None:
    world, told = talk.world, talk.draft.told
    version = talk.draft.freeze("v1.0")
    paper = store().read(version.pdf_sha256)
    rows = {"organization": world.council, "state": "ready"}
    meeting, closed = world.meeting(days=20), world.meeting(days=21)
    Meeting.objects.filter(pk__in=[meeting.pk, closed.pk]).update(organization=world.council)
    meeting.refresh_from_db()
    closed.refresh_from_db()
    for one, make in ((meeting, world.case), (closed, world.closed_case)):
        case = make(**rows)
        attached = cases.attach(case, paper, "strategi.pdf", **told)
        if make == world.case:
            cases.change_attachment(attached, title="Strategi", access="open", **told)
        item = meetings.add_case(one, case, **told)
        AgendaItem.objects.filter(pk=item.pk).update(is_sent=True, number="7")
        ItemMinutes.objects.create(item=item, outcome="approved")
    words, place = "behandler Trygge boligområder, v1.0", reverse("desk:process", args=[world.committee.pk])

    def shown(name: str) -> str:
        return browser_of(name).get(place).content.decode().partition("<main")[2]

    assert words not in shown("member")  # it is the council's, until it is public
    release = Release.objects.create(
        meeting=meeting, kind="agenda", record="{}", identity="a" * 64, made_at=world.at, made_by=world["secretary"],
        state="shown", try_at=world.at,
    )  # fmt: skip
    Meeting.objects.filter(pk=meeting.pk).update(adjourned_at=world.at)
    assert shown("member").count(words) == 1  # and nothing of the closed case
    assert "Godkendt" not in shown("member").partition(words)[2].partition("</li>")[0]
    Release.objects.filter(pk=release.pk).update(kind="minutes")
    assert "Godkendt" in shown("member").partition(words)[2].partition("</li>")[0]
    assert words not in shown("user")


def test_the_course_tells_of_the_citizens_that_are_wanted_and_not_who_applied(world: World, browser_of: Page) -> None:
    told: dict[str, Any] = {"by": world["secretary"], "at": world.at}
    today = timezone.localdate()
    given: dict[str, Any] = {"text": "Vil du være med?", "profiles": "", "seats": 2, "deadline": today}
    call = recruiting.save_call(world.committee, None, **given, **told)
    recruiting.save_application(
        call, None, name="Prøve Borger", email="", why="Lyst", profile="", received_on=today, **told
    )
    place = reverse("desk:process", args=[world.committee.pk])
    page = browser_of("member").get(place).content.decode().partition("<main")[2]
    assert "Borgere søges: sidste dag at søge" in page
    assert "2 pladser" in page
    assert "Prøve Borger" not in page
    type(call).objects.filter(pk=call.pk).update(decided_on=today, decided_by="Kommunalbestyrelsen", appointed=1)
    assert "1 borger udpeget" in browser_of("member").get(place).content.decode()


def test_the_course_costs_the_same_for_one_and_for_many(talk: Talk, browser_of: Page) -> None:
    place, page = reverse("desk:process", args=[talk.world.committee.pk]), browser_of("member")
    talk.draft.freeze("v0.1")
    talk.world.meeting()
    page.get(place)
    costs = []
    for last in (1, 8):
        for number in range(2, last + 1):
            talk.world.meeting(days=30 + number)
            talk.draft.write(talk.part, f"Nummer {number}")
            talk.draft.freeze(f"v0.{number}")
            products.begin(talk.world.committee, f"Produkt {number}", **talk.draft.told)
        with CaptureQueriesContext(connection) as queries:
            page.get(place)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_version_holds_what_it_leans_on_and_what_nobody_knew_and_not_who_asked(talk: Talk, browser_of: Page) -> None:
    told = talk.draft.told
    first = products.freeze(talk.product, "v0.1", **told)
    note = actions.save_note(talk.product, None, CONTENT, **told)
    actions.use(note, [talk.part], **told)
    gone = actions.save_note(talk.product, None, {**CONTENT, "title": "Trukket tilbage"}, **told)
    actions.withdraw_note(gone, True, **told)
    gap = actions.note_gap(
        talk.product, text="Ingen har spurgt.", asked_by="Prøve Borger", elements=[talk.part], **told
    )
    second = products.freeze(talk.product, "v0.2", **told)  # the text is the same, what it leans on is not
    (fact,), (unknown,) = second.decoded().facts, second.decoded().gaps
    assert (fact.id, fact.columns, fact.elements) == ("A", tuple(CONTENT["table"]["columns"]), (str(talk.part.pk),))
    assert (unknown.id, unknown.state, unknown.elements) == ("G1", "open", (str(talk.part.pk),))
    assert "Prøve Borger" not in second.record
    assert first.decoded().facts == first.decoded().gaps == ()
    actions.close_gap(gap, answer="Hver tredje.", source="", note=note, **told)
    third = products.freeze(talk.product, "v0.3", **told)
    (known,) = third.decoded().gaps
    assert (known.state, known.answer, known.source) == ("closed", "Hver tredje.", "Fakta A")
    with pytest.raises(Blocked, match=r"v0\.3"):
        products.freeze(talk.product, "v0.4", **told)
    assert composing.rebuilt(second) == second.record.encode()
    page = browser_of("member").get(reverse("products:version", args=[talk.product.pk, "v0.2"])).content.decode()
    part = page.partition(f'id="e-{talk.part.pk}"')[2].partition("</section>")[0]
    assert "Ingen har spurgt." in part
    assert f'href="#fakta-{fact.id}"' in part
    assert "Trukket tilbage" not in page


# --- answers ---


def test_every_comment_is_answered_before_a_version_is_frozen_and_the_version_tells_the_answers(talk: Talk) -> None:
    first, second, third = (talk.say(f"Bidrag {number}") for number in range(3))
    told = talk.draft.told
    with pytest.raises(Blocked, match="K-01, K-02, K-03"):
        products.freeze(talk.product, "v0.4", **told)
    talk.draft.write(talk.part, "Mange er alene.", cause=products.Cause("contribution", "", "K-01"))
    change = talk.product.changes.last()
    answering.answer(talk.product, [first], outcome="included", change=change, **told)
    answering.answer(talk.product, [second], outcome="merged", merged_into=first, text="Det er det samme.", **told)
    actions.take_back(third, by=talk.world["member"], at=talk.world.at)  # needs none
    version = products.freeze(talk.product, "v0.4", **told)
    assert version.decoded().answers == (
        record.Answer(contribution="K-01", outcome="included", change=change.name),
        record.Answer(contribution="K-02", outcome="merged", text="Se K-01. Det er det samme."),
    )
    assert "Prøve member" not in version.record
    later = talk.world.at + timedelta(hours=1)
    again = {"by": talk.world["secretary"], "at": later}
    answering.answer(talk.product, [second], outcome="passed_on", passed_to="Byggeudvalget", **again)
    talk.draft.write(talk.part, "Nogle er alene.")
    (answer,) = products.freeze(talk.product, "v0.5", by=talk.world["secretary"], at=later).decoded().answers
    assert (answer.contribution, answer.text) == ("K-02", "Til Byggeudvalget.")


def test_an_answer_says_by_what_why_to_whom_or_with_which(talk: Talk, draft: Draft) -> None:  # noqa: F811
    first, second, gone = (talk.say(f"Bidrag {number}") for number in range(3))
    told = talk.draft.told
    actions.take_back(gone, by=talk.world["member"], at=talk.world.at)
    other = products.begin(talk.world.committee, "Et andet", **told)
    elsewhere = products.add(other, kind="text", title="Der", text="", **told)
    foreign = elsewhere.changes.last()
    refused: list[dict[str, Any]] = [
        {"outcome": "included"}, {"outcome": "included", "change": foreign}, {"outcome": "?"},
        {"outcome": "partly", "change": talk.product.changes.first()}, {"outcome": "not", "text": " "},
        {"outcome": "passed_on", "passed_to": " "}, {"outcome": "merged"}, {"outcome": "merged", "merged_into": first},
        {"outcome": "merged", "merged_into": gone}, {"outcome": "not", "text": "x" * 5000},
    ]  # fmt: skip
    for one in refused:
        with pytest.raises(Blocked):
            answering.answer(talk.product, [first], **one, **told)
    for some in ([], [gone], [first, gone]):
        with pytest.raises(Blocked):
            answering.answer(talk.product, some, outcome="not", text="Fordi.", **told)
    answering.answer(talk.product, [first], outcome="merged", merged_into=second, **told)
    with pytest.raises(Blocked, match="K-01"):  # else neither would be answered
        answering.answer(talk.product, [second], outcome="merged", merged_into=first, **told)
    assert [one.state for one in talk.product.contributions.all()] == ["answered", "new", "taken_back"]
    assert answering.unanswered(talk.product) == [second]


def test_several_are_answered_at_once_and_who_wrote_them_finds_it(talk: Talk, browser_of: Page) -> None:
    for number in range(3):
        talk.say(f"Bidrag {number}")
    page, place = browser_of("case_worker"), reverse("deliberation:contributions", args=[talk.product.pk])
    assert "0 af 3 besvaret" in page.get(place).content.decode()
    answer = reverse("deliberation:answer", args=[talk.product.pk])
    asked = page.get(answer, {"k": ["1", "3", "x", "99"]}).content.decode()
    assert ("Bidrag 0" in asked, "Bidrag 1" in asked.partition("<form")[0], "Bidrag 2" in asked) == (True, False, True)
    kept = page.post(answer, {"k": ["1", "3"], "outcome": "not", "text": ""})
    assert (kept.status_code, "Sig hvorfor." in kept.content.decode()) == (422, True)
    page.post(answer, {"k": ["1", "3"], "outcome": "not", "text": "Det hører til byggeudvalget."})
    shown = page.get(place).content.decode()
    assert "2 af 3 besvaret" in shown
    assert shown.count("Det hører til byggeudvalget.") == 2
    only = page.get(place, {"vis": "ubesvarede"}).content.decode()
    assert ("Bidrag 1" in only, "Bidrag 0" in only) == (True, False)
    home = browser_of("member").get("/").content.decode()
    assert "Dit bidrag K-01 er besvaret" in home
    assert "er besvaret" not in browser_of("chair").get("/").content.decode()
    assert browser_of("member").post(answer, {"k": ["2"], "outcome": "not", "text": "Nej"}).status_code == 404
    assert page.get(answer).status_code == 302


def test_the_comments_cost_the_same_for_one_answer_and_for_many(talk: Talk, browser_of: Page) -> None:
    page, place = browser_of("case_worker"), reverse("deliberation:contributions", args=[talk.product.pk])
    page.get(place)
    counts = []
    for _ in range(2):
        for number in range(5 if counts else 1):
            said = talk.say(f"Bidrag {number}")
            answering.answer(talk.product, [said], outcome="not", text="Fordi.", **talk.draft.told)
        with CaptureQueriesContext(connection) as asked:
            page.get(place)
        counts.append(len(asked))
    assert counts[0] == counts[1]
