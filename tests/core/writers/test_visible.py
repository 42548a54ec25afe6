"""The visible text of our papers, read by the grammar that reads every other paper.

Words are compared, not line breaks: a page breaks lines where it must.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from raadslag.core.readers import extract, grammar, ours, read_bytes
from raadslag.core.record import Attendance, File, Item, Meeting, Note, Point, Recommendation, Time, Vote, VoteSide
from raadslag.core.text import words
from raadslag.core.writers import text, write
from tests.strategies import minutes

generous = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=15
)

MEDIA_TYPES = {"text": "text/plain", "pdf": "application/pdf"}


def reread(meeting, to):
    data = write(meeting, to)
    assert ours.read(data, ignore_attachment=True) is None
    return grammar.parse(extract(data, MEDIA_TYPES[to]))


def said(value):
    """The words of a value, whatever it is made of."""
    if isinstance(value, str):
        return words(value)
    if isinstance(value, tuple):
        return [said(entry) for entry in value]
    return (
        {name: said(getattr(value, name)) for name in value.__struct_fields__}
        if hasattr(value, "__struct_fields__")
        else value
    )


def field(meeting, path):
    outer, _, inner = path.partition(".")
    return [said(getattr(item, inner)) for item in meeting.items] if inner else said(getattr(meeting, outer))


@generous
@given(minutes())
def test_text_says_every_field_it_carries(meeting):
    back = reread(meeting, "text")
    for path in text.CARRIED:
        assert field(back, path) == field(meeting, path), path


@generous
@given(minutes())
def test_the_pages_of_a_pdf_say_who_met_when_and_on_what(meeting):
    back = reread(meeting, "pdf")
    for path in ("kind", "body", "meeting", "attendance", "items.number", "items.access", "items.reference"):
        assert field(back, path) == field(meeting, path), path


BARE = Meeting(
    kind="minutes", organization="Økonomiudvalget", body="Klitby", meeting=Time(start="2018-04-09T17:00"),
    attendance=(
        Attendance(person="Runa Fjordager", status="present", party="A"),
        Attendance(person="Idris Solhave", status="absent", reason="afbud"),
    ),
    items=(
        Item(
            order=1, number="1", title="Ny sti langs åen", access="open", reference="PRV-2018-00105",
            recommendation=Recommendation(
                by="Forvaltningen", to="Økonomiudvalget",
                points=(Point(text="stien anlægges"), Point(text="planen følges")),
            ),
            decision="Indstillingen blev vedtaget.", outcome="approved",
            votes=(Vote(for_=VoteSide(count=4, who=("A", "V")), against=VoteSide(count=1, who=("O",))),),
            files=(File(number="1", title="Kort over stien", document="4400105", reference="PRV-2018-00105"),),
        ),
        Item(order=2, number="2", title="Leje af lokaler", access="closed", decision="Godkendt.", outcome="approved"),
    ),
)  # fmt: skip


@pytest.mark.parametrize("to", ["text", "pdf"])
def test_values_without_a_text_are_said_so_that_the_grammar_finds_them(to):
    back = reread(BARE, to)
    for path in (
        "kind",
        "organization",
        "body",
        "meeting",
        "attendance",
        "items.number",
        "items.access",
        "items.reference",
    ):
        assert field(back, path) == field(BARE, path), path
    first = back.items[0]
    assert first.recommendation == BARE.items[0].recommendation
    assert first.outcome == "approved"
    assert first.votes == BARE.items[0].votes


def test_what_a_text_says_is_not_said_again():
    item = Item(
        order=1, title="Sti", access="open", decision="Venstres gruppe og Runa stemte imod. Se Kort over stien.",
        actor="Runa", votes=(Vote(against=VoteSide(who=("Venstre", "Runa"))),), files=(File(title="Kort over stien"),),
    )  # fmt: skip
    shown = write(Meeting(items=(item,), notes=(Note(kind="remark", text="Se kort over stien"),)), "text").decode()
    assert shown.count("Runa") == 1
    assert shown.lower().count("kort over stien") == 1


def test_who_was_away_for_one_item_is_said_at_that_item_unless_its_text_says_so():
    away = Attendance(person="Idris Solhave", status="absent", reason="inhabil", items=("2",))
    items = (Item(order=1, number="1", title="En"), Item(order=2, number="2", title="To", decision="Godkendt."))
    lines = write(Meeting(items=items, attendance=(away,)), "text").decode().splitlines()
    assert lines.index("Fraværende: Idris Solhave (inhabil)") > lines.index("Beslutninger")
    told = (items[0], Item(order=2, number="2", title="To", decision="Godkendt. Idris Solhave var inhabil."))
    assert "Fraværende" not in write(Meeting(items=told, attendance=(away,)), "text").decode()


@pytest.mark.slow
def test_the_real_documents_keep_their_fields_when_written_as_text_and_read_again(shared_data):
    same = every = 0
    for path in sorted((shared_data / "minutes").glob("*.txt")):
        meeting = read_bytes(path.read_bytes(), path.name)
        back = reread(meeting, "text")
        for name in text.CARRIED:
            if name == "title" and meeting.title is None:
                continue  # the paper needs one; it is made of what the record says
            pairs = [(field(meeting, name), field(back, name))]
            if "." in name:
                pairs = list(zip(field(meeting, name), field(back, name), strict=True))
            every += len(pairs)
            same += sum(before == after for before, after in pairs)
    assert same / every >= 0.95
