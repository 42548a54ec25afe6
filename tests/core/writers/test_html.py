"""HTML: what is written is read back equal, and nothing a text says is taken as markup."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from selectolax.lexbor import LexborHTMLParser

from raadslag.core.readers import ours
from raadslag.core.record import Attendance, Item, Meeting, Section, Time
from raadslag.core.text import words
from raadslag.core.writers import html, write
from tests.strategies import meetings, minutes

generous = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=50
)


def carried(meeting):
    return {field: getattr(meeting, field) for field in html.CARRIED}


def test_the_carried_fields_are_all_but_provenance():
    assert {*html.CARRIED, "schema", "provenance"} == {field.name for field in msgspec.structs.fields(Meeting)}


@generous
@given(meetings())
def test_any_meeting_reads_back_equal(meeting):
    back = ours.read_html(write(meeting, "html"), name="referat.html")
    assert carried(back) == carried(meeting)
    assert back.provenance.name == "referat.html"
    assert back.provenance.reader == "raadslag-html"


@pytest.mark.slow
@generous
@given(minutes())
def test_minutes_read_back_equal_in_either_language(meeting):
    for language in ("da", "en"):
        assert carried(ours.read_html(write(meeting, "html", language=language))) == carried(meeting)


@pytest.mark.slow
@generous
@given(minutes())
def test_every_word_of_the_texts_is_shown(meeting):
    shown = words(LexborHTMLParser(write(meeting, "html").decode()).body.text(separator=" "))
    for item in meeting.items:
        for section in item.sections:
            assert " ".join(words(section.text)) in " ".join(shown)


def test_hostile_text_is_shown_and_not_run():
    text = '<script>alert(1)</script> [x](javascript:alert(1)) </style><img src=x onerror=alert(1)> " onload="x'
    item = Item(order=1, title=text, sections=(Section(kind="other", heading=text, text=text),), decision=text)
    meeting = Meeting(title=text, body=text, meeting=Time(place=text, start=text), items=(item,))
    page = LexborHTMLParser(write(meeting, "html").decode())
    assert not page.css("script, img, [onload], [onerror], a[href^=javascript]")
    assert page.css_first("h1").text() == text


def test_the_page_is_standalone_semantic_and_named():
    meeting = Meeting(
        title="Referat af møde i Prøveudvalget",
        meeting=Time(start="2018-04-09T17:00"),
        attendance=(Attendance(person="Runa Fjordager", status="present"),),
        items=(
            Item(
                order=1, number="1", title="Tal", access="open",
                sections=(Section(kind="background", heading="Baggrund", text="| År | Tal |\n|--|--|\n| 2018 | 4 |"),),
            ),
        ),
    )  # fmt: skip
    data = write(meeting, "html").decode()
    page = LexborHTMLParser(data)
    assert page.root.attributes["lang"] == "da"
    assert page.css_first("title").text() == "Referat af møde i Prøveudvalget"
    assert [page.css_first(tag) is not None for tag in ("header", "main", "nav", "article", "dl", "footer")] == [
        True
    ] * 6
    assert [heading.text() for heading in page.css("h1, h2, h3")] == [
        "Referat af møde i Prøveudvalget", "Indholdsfortegnelse", "1 (Åben) Tal", "Baggrund",
    ]  # fmt: skip
    assert page.css_first("time").attributes["datetime"] == "2018-04-09T17:00"
    assert [cell.attributes["scope"] for cell in page.css("th")] == ["col", "col"]
    assert "http" not in data.replace("https://example", "")
    assert len(page.css("[id]")) == len({node.attributes["id"] for node in page.css("[id]")})


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        b"<html>",
        b'<html data-record="meeting" data-schema="raadslag/1"><span data-field="kind" data-value="minuts"></span>',
        b'<html data-record="meeting" data-schema="raadslag/1"><b data-field="nonsense">x</b>',
        b'<html data-record="meeting" data-schema="raadslag/1"><b data-field="items">x</b><b data-each="items">y</b>',
        b'<html data-record="meeting" data-schema="raadslag/1"><b data-field="title.x.y">x</b>',
        b'<html data-record="meeting" data-schema="raadslag/1">' + b'<b data-each="items">' * 50_000,
        b'<html data-record="meeting" data-schema="raadslag/2"><h1 data-field="title">x</h1>',
        b'<html data-record="organization" data-schema="raadslag/1"><h1 data-field="name">x</h1>',
    ],
    ids=range(9),
)
def test_a_page_that_only_claims_to_be_ours_is_left_to_the_other_readers(forged):
    assert ours.read_html(forged) is None


@pytest.mark.parametrize("text", ["| Navn | Beløb |\n|---|---|\n| Vej | 100 |", "# Økonomi\n\n- 100\n- 200\n\n1. Vej"])
def test_tables_lists_and_headings_read_back_as_they_were_written(text):
    item = Item(order=1, access="open", decision=text, sections=(Section(kind="other", text=text),))
    assert ours.read_html(write(Meeting(items=(item,)), "html")).items == (item,)


def test_a_text_corrected_by_hand_says_what_a_person_sees():
    item = Item(order=1, sections=(Section(kind="summary", text="**Vigtigt** møde"),))
    data = write(Meeting(items=(item,)), "html").replace("</strong> møde".encode(), b"</strong> punkt")
    assert ours.read_html(data).items[0].sections[0].text == "Vigtigt punkt"
