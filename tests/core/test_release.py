"""What may leave the house: two records that differ only in what is closed are released alike."""

from __future__ import annotations

import inspect

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from raadslag.core import record as r
from raadslag.core.release import (
    ALLOWED,
    APOLOGIES,
    CLOSED_ITEM,
    HELD_BACK,
    as_already_public,
    is_public,
    public,
)
from tests.strategies import meetings, records

CANARY = "Kanariefugl"
OPEN = r.Item(order=1, number="1", title="Budget", access="open", decision="Godkendt.", outcome="approved")
CLOSED = r.Item(
    order=2,
    number="2",
    access="closed",
    public_title="Køb af ejendom",
    legal_ground="Kommunestyrelseslovens § 10",
    public_decision="Godkendt.",
)
INSIDE = {
    "title": CANARY,
    "reference": CANARY,
    "page": 77,
    "sections": (r.Section(kind="summary", heading=CANARY, text=CANARY),),
    "recommendation": r.Recommendation(by=CANARY, points=(r.Point(text=CANARY),)),
    "decision": CANARY,
    "actor": CANARY,
    "outcome": "rejected",
    "route": (r.RouteStep(text=CANARY),),
    "steps": (CANARY,),
    "votes": (r.Vote(question=CANARY, against=r.VoteSide(count=77, who=(CANARY,))),),
    "reservations": (r.Reservation(who=(CANARY,), text=CANARY),),
    "files": (r.File(title=CANARY, access="open", sha256="7" * 64),),
}


def test_every_field_of_the_record_has_been_decided_on():
    """A new field, or a new type, stays inside until somebody says that it may leave."""
    types = {
        value
        for _, value in inspect.getmembers(r, inspect.isclass)
        if issubclass(value, msgspec.Struct) and value.__module__ == r.__name__ and not value.__name__.startswith("_")
    }
    assert types == set(ALLOWED) | set(HELD_BACK)
    for kind in types:
        allowed, held_back = ALLOWED.get(kind, ()), HELD_BACK.get(kind, ())
        assert sorted((*allowed, *held_back)) == sorted(field.name for field in fields(kind)), kind.__name__


def test_the_test_of_closed_items_fills_every_field_inside():
    assert {*INSIDE, *CLOSED_ITEM, "access"} == {field.name for field in fields(r.Item)}


@pytest.mark.parametrize("access", ["closed", "unknown"])
def test_of_a_closed_item_only_its_face_is_left(access):
    record = r.Meeting(items=(OPEN, replace(CLOSED, access=access, **INSIDE)))
    assert public(record).items == (OPEN, CLOSED)
    assert CANARY not in r.encode(public(record)).decode()


@pytest.mark.parametrize("field", INSIDE)
def test_no_field_inside_a_closed_item_changes_what_is_released(field):
    one = r.Meeting(items=(OPEN, CLOSED))
    other = r.Meeting(items=(OPEN, replace(CLOSED, **{field: INSIDE[field]})))
    assert one != other
    assert public(one) == public(other)


@settings(max_examples=40)
@given(meetings(), st.lists(st.sets(st.sampled_from(sorted(INSIDE))), min_size=1, max_size=3))
def test_twin_records_are_released_alike(record, choices):
    """Whatever stands inside closed items, in any record, the released record is the same (I1, I5)."""
    twins = []
    for position, item in enumerate(record.items):
        changed = {name: INSIDE[name] for name in choices[position % len(choices)]}
        twins.append(item if item.access == "open" else replace(item, **changed))
    provenance = record.provenance and replace(record.provenance, spans={"x": (1, 1)}, warnings=(), unplaced=())
    assert public(record) == public(replace(record, items=tuple(twins), provenance=provenance))


@settings(max_examples=40)
@given(records())
def test_releasing_twice_is_releasing_once(record):
    released = public(record)
    assert public(released) == released
    assert type(released) is type(record)
    assert is_public(released)
    assert is_public(record) == (released == record)


@settings(max_examples=40)
@given(meetings())
def test_what_is_already_public_keeps_its_open_items_whole(record):
    once = as_already_public(record)
    assert as_already_public(once) == once
    assert {item.access for item in public(once).items} <= {"open", "closed"}
    for before, after in zip(record.items, public(once).items, strict=True):
        if before.access != "closed":
            files = tuple(file for file in before.files if file.access != "closed")
            assert after == replace(before, access="open", files=files)


def test_what_an_already_public_paper_prints_of_a_closed_item_is_its_face():
    printed = r.Item(order=1, access="closed", title="Køb af jord", decision="Godkendt.", reference=CANARY)
    (item,) = public(as_already_public(r.Meeting(items=(printed,)))).items
    assert item == r.Item(order=1, access="closed", public_title="Køb af jord", public_decision="Godkendt.")


def test_a_face_that_was_written_separately_is_not_overwritten():
    record = r.Meeting(items=(replace(CLOSED, title=CANARY, decision=CANARY),))
    assert public(as_already_public(record)).items == (CLOSED,)


def test_a_reason_for_no_public_decision_stands_in_for_none():
    printed = replace(CLOSED, public_decision=None, no_public_decision_because="Ekspropriation", decision=CANARY)
    (item,) = as_already_public(r.Meeting(items=(printed,))).items
    assert item.public_decision is None


def test_a_closed_file_of_an_open_item_stays_inside():
    files = tuple(r.File(title=access, access=access) for access in ("open", "closed", "unknown"))
    (item,) = public(r.Meeting(items=(replace(OPEN, files=files),))).items
    assert [file.title for file in item.files] == ["open", "unknown"]


def person(**fields: object) -> r.Attendance:
    return r.Attendance(person="Ane Fjord", status="absent", **fields)


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        (person(), person()),
        (person(items=("1",)), person(items=("1",))),
        (person(items=("1", "2")), person(items=("1",))),
        (person(items=("2",)), None),
        (person(items=("3",)), None),
        (person(items=()), None),
        (person(items=("1",), disqualified=True), person(items=("1",), disqualified=True)),
        (person(disqualified=True), person()),
    ],
)
def test_attendance_at_closed_items_stays_inside(entry, kept):
    released = public(r.Meeting(items=(OPEN, CLOSED), attendance=(entry,)))
    assert released.attendance == ((kept,) if kept else ())


def test_an_item_without_number_is_named_by_its_order():
    items = (replace(OPEN, number=None), replace(CLOSED, number=None))
    record = r.Meeting(
        items=items, attendance=(person(items=("1", "2")),), notes=(r.Note(kind="task", text="x", item="1"),)
    )
    assert public(record).attendance == (person(items=("1",)),)
    assert len(public(record).notes) == 1


def test_a_number_that_is_both_open_and_closed_is_closed():
    record = r.Meeting(items=(OPEN, replace(CLOSED, number="1")), notes=(r.Note(kind="task", text="x", item="1"),))
    assert public(record).notes == ()


def test_a_paper_without_attendance_stays_without():
    assert public(r.Meeting()).attendance is None
    assert public(r.Meeting(attendance=())).attendance == ()


@pytest.mark.parametrize("reason", ["afbud", "Afbud", "(afbud)", "med afbud.", "meldt afbud", " Fraværende "])
def test_an_apology_is_kept(reason):
    assert public(r.Meeting(attendance=(person(reason=reason),))).attendance == (person(reason=reason),)


@pytest.mark.parametrize("reason", ["sygdom", "afbud pga. sygdom", "inhabil: ejer nabogrunden", "", CANARY])
def test_any_other_reason_stays_inside(reason):
    assert public(r.Meeting(attendance=(person(reason=reason),))).attendance == (person(),)
    assert reason.casefold() not in APOLOGIES


def test_a_disqualification_for_no_item_is_kept_where_every_item_is_open():
    record = r.Meeting(items=(OPEN,), attendance=(person(disqualified=True),))
    assert public(record).attendance == (person(disqualified=True),)


@pytest.mark.parametrize(("item", "kept"), [("1", True), ("2", False), ("9", False), (None, False)])
def test_notes_on_closed_items_or_on_none_stay_inside(item, kept):
    note = r.Note(kind="question", text=CANARY, item=item)
    assert public(r.Meeting(items=(OPEN, CLOSED), notes=(note,))).notes == ((note,) if kept else ())


def test_where_every_item_is_open_notes_additions_and_reservations_are_kept():
    record = r.Meeting(
        items=(OPEN,),
        notes=(r.Note(kind="next_meeting", text="Den 5. maj"),),
        addenda=(r.Addendum(text="Rettelse til punkt 1", by="Ane Fjord"),),
        signatures=(r.Signature(person="Ane Fjord", signed="2018-04-09T19:00", reservation="Til punkt 1"),),
    )
    assert public(record) == record
    mixed = public(replace(record, items=(OPEN, CLOSED)))
    assert (mixed.notes, mixed.addenda) == ((), ())
    assert mixed.signatures == (r.Signature(person="Ane Fjord", signed="2018-04-09T19:00"),)


def test_of_the_provenance_only_the_bytes_and_their_reader_are_named():
    provenance = r.Provenance(
        name=f"{CANARY}.pdf",
        sha256="a" * 64,
        media_type="application/pdf",
        pages=2,
        reader="pdf",
        spans={"items.1.title": (3, 4)},
        residue=(r.Residue(lines=(1, 1), rule=CANARY),),
        unplaced=(r.Unplaced(lines=(2, 2), text=CANARY),),
        warnings=(r.Warning(code="x", message=CANARY),),
    )
    kept = r.Provenance(sha256="a" * 64, media_type="application/pdf", pages=2, reader="pdf")
    assert public(r.Meeting(provenance=provenance)).provenance == kept
    assert public(r.Withdrawal(sha256="b", withdrawn="2020", ground="x", provenance=provenance)).provenance == kept
