"""Attachments, read from the lines of a list of them."""

from __future__ import annotations

import re

from raadslag.core.readers.grammar.rows import Row, access_line
from raadslag.core.readers.grammar.vocabulary import Vocabulary
from raadslag.core.record import Access, File

_DIGITS = re.compile(r"^\d{1,4}$")
_BULLET = re.compile(r"^[-–•·*]\s+")


def files(rows: list[Row], words: Vocabulary, wraps: bool = True) -> tuple[tuple[File, tuple[int, int]], ...]:
    """(file, lines) for each attachment that the rows list, in order.

    A line that goes on in the next (the next begins in lower case or with a bracket, or lacks the number
    that the others have) is one attachment, where `wraps` says that the format breaks lines.
    """
    found: list[tuple[str, int, int]] = []
    numbered = False
    previous: Row | None = None
    for row in rows:
        text = row.bare
        if not text or row.rule == "empty" or words.pattern("references.no_files").match(text):
            previous = None
            continue
        if _DIGITS.match(text):
            row.rule, previous = "count", None
            continue
        for part in _entries(row, text, words):
            has_number = bool(words.pattern("references.file_number").match(_BULLET.sub("", part)))
            if (
                wraps
                and previous is not None
                and found
                and row.text == row.bare
                and _goes_on(found[-1][0], part, numbered, has_number, words)
            ):
                found[-1] = (f"{found[-1][0]} {part}", found[-1][1], row.n)
            else:
                found.append((part, row.n, row.n))
                numbered = numbered or (has_number and len(found) == 1)
        previous = row
    number = words.pattern("references.file_number")
    every = all(number.match(_BULLET.sub("", text)) for text, _, _ in found)
    return tuple((f, (first, last)) for text, first, last in found if (f := one_file(text, words, numbered=every)))


def _entries(row: Row, text: str, words: Vocabulary) -> list[str]:
    """The attachments that one line names: side by side in a table, or run together."""
    entries: list[str] = []
    for cell in words.pattern("references.file_cells").split(row.wide if row.text == text else text):
        meta = words.pattern("references.file_meta").match(cell)
        if meta and entries:
            entries[-1] += f" ({cell})" if cell[0].isdigit() else ""
        elif entries and entries[-1].isdigit():
            entries[-1] += f". {cell}"
        elif cell.strip():
            glued = "," in cell or "." in cell or "/" in cell
            parts = words.pattern("references.file_glue").split(cell) if glued else [cell]
            entries += [part.strip() for part in parts if part.strip()]
    return entries


def _goes_on(before: str, text: str, numbered: bool, has_number: bool, words: Vocabulary) -> bool:
    if words.pattern("references.file_end").search(before[-6:]) or words.pattern("references.file_ids").search(before):
        return False
    if text[0].islower() or (text[0] == "(" and "(" not in before[-30:]):
        return True
    if numbered:
        return not has_number
    return len(before) > 85 and not words.pattern("references.file_lead").match(text)


def one_file(text: str, words: Vocabulary, *, numbered: bool = True) -> File | None:
    """The attachment that one entry names, or None for an entry without a title.

    Where not every entry of a list is `numbered`, a figure in front belongs to the title.
    """
    text = _BULLET.sub("", text.strip())
    number = document = reference = None
    access: Access = "unknown"
    if numbered and (m := words.pattern("references.file_number").match(text)):
        number, text = m["number"], text[m.end() :]
    if m := words.pattern("references.file_marks").match(text):
        access = access_line(m[0].strip(), words) or "unknown"
        text = text[m.end() :]
    if m := words.pattern("references.file_lead_id").match(text):
        document, text = m["document"], text[m.end() :]
    if text.endswith((")", "]")):
        text = words.pattern("references.file_tail").sub("", text)
    if (text.endswith(")") or text[-1:].isdigit()) and (m := words.pattern("references.file_ids").search(text)):
        document, reference = document or m["document"] or m["bare"], m["reference"]
        text = text[: m.start()]
    text = text.strip(" ;")
    return File(number=number, title=text, document=document, reference=reference, access=access) if text else None
