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
from tests.strategies import commitments, meetings, organizations, records

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


@settings(max_examples=60)
@given(meetings(), st.lists(meetings(), min_size=2, max_size=2), st.booleans())
def test_whatever_is_put_in_a_closed_item_or_hung_on_it_changes_no_byte(record, worlds, is_barred):
    """All nesting, all fields: votes, files and texts inside; attendance and notes that hold for it alone (I1, I5)."""
    face = {name: getattr(CLOSED, name) for name in CLOSED_ITEM} | {"order": 99, "number": SHUT}
    shut = {item.number or str(item.order) for item in record.items if item.access != "open"}
    keys = [item.number or str(item.order) for item in record.items if item.access == "open"]
    numbers = tuple(key for key in keys if key not in shut)
    at_the_open = r.Attendance(person="Ane Fjord", status="present", items=numbers, disqualified=is_barred)
    whole = r.Attendance(person="Ane Fjord", status="present")
    told = []
    for world, entry in zip(worlds, (whole, at_the_open), strict=True):
        inside = world.items[0] if world.items else r.Item(order=1)
        item = replace(inside, **{**face, "access": "unknown" if inside.access == "unknown" else "closed"})
        # Where no item is open, who is present at any of them is told as present at the meeting.
        there = [replace(one, items=(SHUT,)) for one in world.attendance or () if numbers or one.status != "present"]
        notes = [replace(one, item=SHUT) for one in world.notes]
        twin = replace(
            record, items=(*record.items, item), attendance=(*(record.attendance or ()), entry, *there),
            notes=(*record.notes, *notes), provenance=None,
        )  # fmt: skip
        told.append(r.canonical(public(twin)))
    assert told[0] == told[1]


SHUT = "lukket-99"


def fields_of(value):
    """Each field of a record and of all within it, as its type and name; where it has a value."""
    if isinstance(value, tuple):
        for one in value:
            yield from fields_of(one)
    elif isinstance(value, msgspec.Struct):
        for field in fields(type(value)):
            inner = getattr(value, field.name)
            if inner not in (None, (), {}):
                yield type(value), field.name
            yield from fields_of(inner)


@settings(max_examples=60)
@given(records())
def test_of_every_type_only_what_is_on_the_list_is_let_out(record):
    assert [(kind, name) for kind, name in fields_of(public(record)) if name not in ALLOWED[kind]] == []


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


THIRD = replace(OPEN, order=3, number="3")


def there(*items: str, **fields: object) -> r.Attendance:
    return r.Attendance(person="Ane Fjord", status="present", items=items or None, **fields)


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        (there(), there()),
        (there("1", "3"), there()),  # away at the closed one alone: as one who was there all the time
        (there("1", "3", disqualified=True), there()),
        (there("1", "2", "3"), there()),
        (there("1"), there("1")),
        (there("1", "2"), there("1")),
        (there("1", disqualified=True), there("1")),  # from the third, or from the closed one: it does not say
        (there(disqualified=True), there()),
    ],
)
def test_whether_somebody_was_away_at_a_closed_item_stays_inside(entry, kept):
    assert public(r.Meeting(items=(OPEN, CLOSED, THIRD), attendance=(entry,))).attendance == (kept,)


@pytest.mark.parametrize("entry", [there(), there("2"), r.Attendance(person="Ane Fjord", status="present", items=())])
def test_where_no_item_is_open_who_came_was_there(entry):
    assert public(r.Meeting(items=(CLOSED,), attendance=(entry,))).attendance == (there(),)


def test_where_every_item_is_open_it_is_told_who_was_away_from_which():
    record = r.Meeting(items=(OPEN, THIRD), attendance=(there("1", disqualified=True), there("1", "3")))
    assert public(record) == record


def test_an_item_without_number_is_named_by_its_order():
    items = (replace(OPEN, number=None), replace(CLOSED, number=None))
    record = r.Meeting(
        items=items, attendance=(person(items=("1", "2")),), notes=(r.Note(kind="task", text="x", item="1"),)
    )
    assert public(record).attendance == (person(items=("1",)),)
    assert len(public(record).notes) == 1


@pytest.mark.parametrize("access", ["closed", "unknown"])
def test_a_number_that_is_both_open_and_closed_is_closed(access):
    shut = replace(CLOSED, number="1", access=access)
    record = r.Meeting(items=(OPEN, shut), notes=(r.Note(kind="task", text="x", item="1"),))
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


@pytest.mark.parametrize(("item", "kept"), [("1", True), ("2", False), ("9", False), (None, False)])
def test_an_addition_is_kept_where_it_says_that_it_concerns_an_open_item(item, kept):
    addition = r.Addendum(text=CANARY, by="Ane Fjord", added="2018-04-12T09:00", item=item)
    assert public(r.Meeting(items=(OPEN, CLOSED), addenda=(addition,))).addenda == ((addition,) if kept else ())


def test_an_addition_at_a_number_that_a_closed_item_shares_stays_inside():
    addition = r.Addendum(text=CANARY, item="1")
    assert public(r.Meeting(items=(OPEN, replace(CLOSED, number="1")), addenda=(addition,))).addenda == ()


@given(meetings())
def test_no_addition_of_a_closed_item_and_none_without_an_item_leaves_beside_closed_items(meeting):
    released = public(meeting)
    closed = {item.number or str(item.order) for item in meeting.items if item.access == "closed"}
    kept = {one.item for one in released.addenda}
    assert not kept & closed
    assert None not in kept or all(item.access == "open" for item in meeting.items)


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


@settings(max_examples=40)
@given(organizations())
def test_of_an_organization_exactly_what_is_named_is_released(record):
    """Every field that may leave does, whole; of where it was read from, only what tells no words."""
    released = public(record)
    assert type(released) is r.Organization
    for name in ALLOWED[r.Organization]:
        if name != "provenance":
            assert getattr(released, name) == getattr(record, name), name
    assert released.provenance is None or released.provenance.name is None
    assert is_public(released)


@settings(max_examples=40)
@given(commitments())
def test_of_a_commitment_exactly_what_is_named_is_released(record):
    """As of an organization: what may leave does, whole, and of where it was read from no words."""
    released = public(record)
    assert type(released) is r.Commitment
    for name in ALLOWED[r.Commitment]:
        if name != "provenance":
            assert getattr(released, name) == getattr(record, name), name
    assert released.provenance is None or released.provenance.name is None
    assert is_public(released)
