"""What must hold of every document that is read, whatever stands in it."""

from __future__ import annotations

from raadslag.core.errors import RaadslagError
from raadslag.core.readers import extract, grammar
from raadslag.core.readers.lines import Extract
from raadslag.core.record import Meeting, decode, encode


def assert_read_or_refused(data: bytes, kind: str) -> None:
    """A document of the media type `kind` is a record that lost no line, or is refused in clear words."""
    try:
        found = extract(data, kind)
    except RaadslagError as error:
        assert_clear(error)
        return
    assert not any("\n" in line.text or "\r" in line.text for line in found.lines)
    meeting = grammar.parse(found, name="referat")
    assert lost_lines(found, meeting) == []
    assert decode(encode(meeting)) == meeting


def assert_clear(error: RaadslagError) -> None:
    assert all((error.place, error.expected, error.found)), error.args
    assert error.remedy.endswith("."), error.remedy


def lost_lines(found: Extract, meeting: Meeting) -> list[tuple[int, str]]:
    """The lines that hold text and that no span, no residue and nothing unplaced covers (law 1)."""
    where = meeting.provenance
    assert where is not None
    ranges = [*where.spans.values(), *(r.lines for r in where.residue), *(u.lines for u in where.unplaced)]
    covered = {n for first, last in ranges for n in range(first, last + 1)}
    return [(n, line.text) for n, line in enumerate(found.lines, 1) if line.text.strip() and n not in covered]
