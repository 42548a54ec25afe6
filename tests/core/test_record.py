"""The record: one value, one serialisation, one identity, and no room for what it does not know."""

from __future__ import annotations

import functools
import hashlib
import json
import types
import typing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raadslag.core.errors import InvalidRecord
from raadslag.core.record import (
    Addendum,
    Attendance,
    Commitment,
    Fact,
    Gap,
    Item,
    Meeting,
    Organization,
    Product,
    Provenance,
    Record,
    Residue,
    Section,
    Time,
    Unplaced,
    Vote,
    VoteSide,
    Warning,
    Withdrawal,
    canonical,
    decode,
    encode,
    identity,
)

MEETING = Meeting(
    kind="minutes",
    body="Prøvekommunen",
    organization="Udvalget for det nære",
    meeting=Time(start="2018-04-09T17:00", place="Mødelokale 2"),
    attendance=(Attendance(person="Asta Lund", status="present"), Attendance(person="Bo Friis", status="absent")),
    items=(
        Item(
            number="1",
            order=1,
            title="Fælles haver",
            sections=(Section(kind="decision", heading="Beslutning", text="Godkendt."),),
            decision="Godkendt.",
            outcome="approved",
            votes=(Vote(for_=VoteSide(count=7), against=VoteSide(count=2, who=("A", "B"))),),
        ),
    ),
)
WITNESS = Provenance(
    name="referat.txt",
    reader="text",
    spans={"items.0.title": (4, 4)},
    residue=(Residue(lines=(1, 1), rule="page number"),),
    unplaced=(Unplaced(lines=(9, 10), text="Kaffe"),),
    warnings=(Warning(code="weekend_meeting", message="The paper names a date in a weekend.", lines=(2, 2)),),
)

# Any text that UTF-8 can carry, so everything but lone surrogates.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def of_type(hint: typing.Any) -> st.SearchStrategy[typing.Any]:
    """Every value that the type `hint` of a field allows, lists of two at most."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin in (types.UnionType, typing.Union):
        return st.one_of(*map(of_type, arguments))
    if origin is dict:
        return st.dictionaries(*map(of_type, arguments), max_size=2)
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(of_type(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(of_type, arguments))
    if issubclass(hint, msgspec.Struct):
        return values(hint)
    return {
        str: TEXT,
        int: st.integers(-(2**63), 2**63 - 1),
        bool: st.booleans(),
        type(None): st.none(),
    }[hint]


@functools.cache
def values(type_: type[msgspec.Struct]) -> st.SearchStrategy[typing.Any]:
    """Values of a part of a record, every field drawn; the schema stays the one that is known."""
    hints = typing.get_type_hints(type_)
    return st.builds(type_, **{field: of_type(hint) for field, hint in hints.items() if field != "schema"})


def as_json(record: Record) -> dict[str, typing.Any]:
    return json.loads(encode(record))


@pytest.mark.parametrize("type_", [Meeting, Organization, Product, Commitment, Withdrawal])
@given(data=st.data())
def test_what_is_encoded_is_decoded_equal(type_: type[Record], data: st.DataObject) -> None:
    record = data.draw(values(type_))
    assert decode(encode(record)) == record
    assert decode(encode(record).decode()) == record


@given(data=st.data())
def test_the_canonical_form_is_a_record_and_its_own_canonical_form(data: st.DataObject) -> None:
    record = data.draw(values(Meeting))
    again = decode(canonical(record))
    assert canonical(again) == canonical(record)
    assert identity(again) == identity(record)


def test_the_canonical_form_names_every_field_in_the_order_of_its_definition() -> None:
    fields = json.loads(canonical(MEETING))
    assert list(fields) == [
        "type", "schema", "id", "body", "kind", "stage", "organization", "title", "meeting", "attendance",
        "items", "signatures", "addenda", "notes", "provenance",
    ]  # fmt: skip
    assert fields["type"] == "meeting"
    assert fields["schema"] == "raadslag/1"
    assert list(fields["items"][0]["votes"][0]) == [
        "question", "for", "against", "abstained", "not_voting", "entitled",
    ]  # fmt: skip
    assert fields["items"][0]["votes"][0]["against"] == {"count": 2, "who": ["A", "B"]}


def test_an_addition_without_an_item_has_the_identity_that_it_had_before_there_were_items() -> None:
    told = Meeting(addenda=(Addendum(text="Lind.", by="Ane", added="2018-04-12T09:00"),))
    assert b'"addenda":[{"text":"Lind.","by":"Ane","added":"2018-04-12T09:00"}]' in canonical(told)
    assert decode(b'{"type":"meeting","schema":"raadslag/1","addenda":[{"text":"Lind.","by":null}]}') == Meeting(
        addenda=(Addendum(text="Lind."),)
    )


def test_a_product_without_facts_and_gaps_has_the_identity_that_it_had_before_there_were_any() -> None:
    before = (
        b'{"type":"product","schema":"raadslag/1","id":null,"body":null,"organization":"Udvalg",'
        b'"title":"Plan","version":"v1","frozen":null,"elements":[{"id":"e1","kind":"text","number":null,"title":null,'
        b'"text":"\xc3\x86ldre","parent":null}],"changes":[],"answers":[],"provenance":null}'
    )
    read = decode(before)
    assert canonical(read) == encode(read) == before
    fact = Fact(id="A", title="Beboere")
    assert canonical(msgspec.structs.replace(read, facts=(fact,))).count(b'"gaps"') == 0
    both = msgspec.structs.replace(read, facts=(fact,), gaps=(Gap(id="G1", text="?", state="open"),))
    assert decode(canonical(both)) == both


def test_the_canonical_form_is_utf_8_on_one_line() -> None:
    data = canonical(MEETING)
    assert "Prøvekommunen".encode() in data
    assert b"\n" not in data


def test_the_identity_is_the_sha_256_of_the_canonical_form() -> None:
    assert identity(MEETING) == hashlib.sha256(canonical(MEETING)).hexdigest()


def test_the_identity_of_a_known_record_never_changes() -> None:
    # Archives name versions by it: another number here would make every stored version a new one.
    assert identity(Meeting()) == "5c481a05aafb65f29247f8b45cc9a74eb6f816cb141b9579bfb26c30e6a93c16"


def test_where_a_value_was_found_is_not_part_of_the_identity() -> None:
    witnessed = msgspec.structs.replace(MEETING, provenance=WITNESS)
    assert identity(witnessed) == identity(MEETING)
    assert canonical(witnessed) == canonical(MEETING)
    assert encode(witnessed) != encode(MEETING)
    assert decode(encode(witnessed)).provenance == WITNESS


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Referat"},
        {"attendance": ()},
        {"meeting": Time(start="2018-04-09")},
        {"items": ()},
        {"id": "m-1"},
    ],
)
def test_every_other_change_is_another_identity(changed: dict[str, object]) -> None:
    assert identity(msgspec.structs.replace(MEETING, **changed)) != identity(MEETING)


def test_no_list_and_an_empty_list_are_two_things() -> None:
    assert decode(encode(Meeting(attendance=None))).attendance is None
    assert decode(encode(Meeting(attendance=()))).attendance == ()


def test_a_record_and_its_parts_are_frozen() -> None:
    with pytest.raises(AttributeError):
        MEETING.title = "Et andet"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        MEETING.items[0].title = "Et andet"  # type: ignore[misc]


@pytest.mark.parametrize("schema", ["raadslag/2", "raadslag/10", "", None, 1, ["raadslag/1"]])
def test_a_schema_that_is_not_known_is_refused_and_named(schema: object) -> None:
    data = json.dumps({**as_json(MEETING), "schema": schema})
    with pytest.raises(InvalidRecord) as refusal:
        decode(data, place="referat.json")
    assert refusal.value.place == "referat.json, field schema"
    assert refusal.value.expected == "'raadslag/1'"
    assert refusal.value.found == repr(schema)
    assert refusal.value.remedy == "Use a version of Raadslag that knows this schema."


def test_a_refusal_holds_no_more_of_a_document_than_a_few_words() -> None:
    with pytest.raises(InvalidRecord) as refusal:
        decode(json.dumps({"schema": "hemmeligt " * 100}))
    assert refusal.value.found == ("'" + "hemmeligt " * 100)[:80]


def test_a_record_without_a_schema_is_refused() -> None:
    with pytest.raises(InvalidRecord) as refusal:
        decode('{"type": "meeting"}')
    assert refusal.value.place == "record, field schema"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["secret"], "x", "unknown field `secret`"),
        (["meeting", "room"], "x", "unknown field `room`"),
        (["items", 0, "closed_title"], "x", "unknown field `closed_title`"),
        (["items", 0, "votes", 0, "for_"], None, "unknown field `for_`"),
        (["type"], "message", "'message'"),
        (["kind"], "protocol", "'protocol'"),
        (["items", 0, "access"], "secret", "'secret'"),
        (["items", 0, "order"], "1", "int"),
        (["attendance", 0, "person"], None, "str"),
        (["items"], None, "array"),
    ],
)
def test_what_the_schema_does_not_know_is_refused_and_named(path: list[str | int], value: object, words: str) -> None:
    whole = as_json(MEETING)
    part: typing.Any = whole
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(InvalidRecord) as refusal:
        decode(json.dumps(whole), place="referat.json")
    assert refusal.value.place == "referat.json"
    assert refusal.value.expected == "a record of raadslag/1"
    assert words in refusal.value.found
    assert refusal.value.remedy == "Correct the field and try again."


DEEP = b'{"schema": "raadslag/1", "x": ' + b"[" * 100_000


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"schema": "raadslag/1"', "på dansk", DEEP], ids=range(8)
)
def test_what_is_not_json_of_a_record_is_refused(data: bytes | str) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        decode(data, place="-")
    assert refusal.value.place == "-"
    assert refusal.value.expected == "a record in JSON"
    assert refusal.value.found not in ("", "None")
    assert refusal.value.remedy == "Make it again with `raadslag read`."


def test_a_refusal_without_a_place_speaks_of_the_record() -> None:
    with pytest.raises(InvalidRecord) as refusal:
        decode(b"{")
    assert str(refusal.value) == (
        "record: expected a record in JSON; found Input data was truncated. Make it again with `raadslag read`."
    )


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_bytes_do_more_than_be_refused(data: bytes | str) -> None:
    with pytest.raises(InvalidRecord):
        decode(data)


def test_an_order_that_is_missing_is_refused() -> None:
    data = as_json(MEETING)
    del data["items"][0]["order"]
    with pytest.raises(InvalidRecord, match="order"):
        decode(json.dumps(data))
