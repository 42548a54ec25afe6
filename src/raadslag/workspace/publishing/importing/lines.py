"""The source line by line, each with what became of it: the field that holds it, layout, or text without a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from raadslag.core import record

Span = tuple[int, int]
_DECIDED = re.compile(r"(items\.\d+)\.(?:outcome|actor|votes|reservations)(?:\.|$)")
_WHOLE_ITEM = re.compile(r"items\.\d+")
_EVERY_LINE = ("items.", "attendance.", "notes.")  # of these the lines between the first and the last count, too


class Line(NamedTuple):
    """A line of the source. `path` is the field that holds it; `fate` is "field", "label" (of a field), "layout",
    "unplaced" or "blank", or "whole" in a document that carries its own record."""

    number: int
    text: str
    fate: str
    path: str = ""
    leads: str = ""  # the field, at the first of its lines


class Places:
    """Where the values of a read paper stand, by the names of its fields."""

    def __init__(self, paper: record.Meeting, paths: Iterable[str], instead: Mapping[str, str]) -> None:
        """`paths` are the fields; `instead` tells which of them shows what has a place and no field of its own."""
        told = paper.provenance or record.Provenance()
        self.labels = {n for one in told.residue if one.rule == "label" for n in _all(one.lines)}
        self._spans = {path: self._whole(path, span) for path, span in told.spans.items()}
        # The place of a value, or of what it is a part of → the first field of it.
        self._shows: dict[str, str] = dict(instead)
        for path in paths:
            part = path
            while part:
                self._shows.setdefault(part, path)
                part = part.rpartition(".")[0]

    def _whole(self, path: str, span: Span) -> Span:
        """Where a list of names runs on over the next lines, the reader tells of a person the first of them alone."""
        first, last = span
        while path.startswith("attendance.") and last + 1 in self.labels:
            last += 1
        return first, last

    def of(self, path: str) -> Span | None:
        """The lines of a field: its own, or those of what it is part of; an outcome stands where the decision does."""
        if match := _DECIDED.match(path):
            path = f"{match[1]}.decision"
        while path and not _WHOLE_ITEM.fullmatch(path):
            if path in self._spans:
                return self._spans[path]
            path = path.rpartition(".")[0]
        return None

    def fields(self) -> dict[int, str]:
        """For each line the field that shows it; the narrowest one where several do."""
        found: dict[int, str] = {}
        narrow = sorted(self._spans.items(), key=lambda one: one[1][0] - one[1][1])
        for path, (first, last) in narrow:
            shown = path if path.startswith("notes.") else self._shows.get(path, path)
            lines = _all((first, last)) if path.startswith(_EVERY_LINE) else (first, last)
            found.update(dict.fromkeys(lines, shown))
        return found


def _all(span: Span) -> range:
    return range(span[0], span[1] + 1)


def lines_of(text: str, paper: record.Meeting, places: Places) -> list[Line]:
    """Every line of the source."""
    told = paper.provenance or record.Provenance()
    fields = places.fields()
    layout = {n for one in told.residue for n in _all(one.lines)}
    unplaced = {n for one in told.unplaced for n in _all(one.lines)}
    lines, before = [], ""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            lines.append(Line(number, "", "blank"))
        elif number in unplaced:
            lines.append(Line(number, line, "unplaced"))
        elif number in fields:
            path = fields[number]
            lines.append(Line(number, line, "field", path, path if path != before else ""))
            before = path
        elif number in places.labels:
            lines.append(Line(number, line, "label"))
        elif number in layout:
            lines.append(Line(number, line, "layout"))
        else:
            lines.append(Line(number, line, "unplaced" if told.spans else "whole"))
    return lines
