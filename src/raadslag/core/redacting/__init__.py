"""A new file in which given words stand nowhere: `redact`.

Black boxes over a text leave the text, and properties, comments, attachments and earlier revisions remember what the
page no longer shows. So the copy is written anew, with the words gone from what is shown and with nothing of what
hides; then it is read by readers that know nothing of one another, and is given out only if none finds anything.

Source: invariants I13 and I14; ICO, "How to disclose information safely"; docs/decisions/0026.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from raadslag.core.errors import CannotRedact, UnknownFormat, WordsNotFound
from raadslag.core.readers import hidden, sniff
from raadslag.core.readers.hidden.bytes import decoded, is_text
from raadslag.core.redacting.words import MARK, Words
from raadslag.core.rules.screening import Hit, hits

__all__ = ["MARK", "Redacted", "redact"]

_KINDS = "a PDF, DOCX, XLSX, HTML or text file"


class Redacted(msgspec.Struct, frozen=True):
    """A file without the words, of the same kind, and what screening finds in it all the same."""

    data: bytes
    media_type: str
    hits: tuple[Hit, ...] = ()


def redact(data: bytes, name: str, words: Iterable[str], *, numbers: bool = False) -> Redacted:
    """A new file like `data` in which the words stand nowhere; with `numbers`, no CPR-shaped number either.

    What hides and is not needed is left out: metadata, comments, changes, attachments, scripts, hidden text. Raises
    WordsNotFound where a word stands nowhere in `data`; CannotRedact where one cannot be removed for sure;
    UnreadableFile; UnknownFormat.
    """
    sought = Words(words, numbers=numbers)
    if not sought:
        raise CannotRedact(name, "words to remove", "none", "Write at least one.")
    before = [p.text for p in hidden.passages(data, name=name)]
    if missing := sought.missing(before):
        told = ", ".join(f"“{word[:40]}”" for word in missing[:5])
        raise WordsNotFound(name, "each word to stand in the file", f"{told} nowhere", "Write it as it stands there.")
    kind, copy = _without(data, sought, name)
    return Redacted(copy, kind, _checked(copy, kind, sought, name))


def _without(data: bytes, words: Words, name: str) -> tuple[str, bytes]:
    kind = sniff.attachment_type(data, name)
    if kind == sniff.PDF:
        from raadslag.core.redacting import pdf  # libraries are loaded only where they are needed

        return kind, pdf.without(data, words, name)
    if kind in (sniff.DOCX, sniff.XLSX):
        from raadslag.core.redacting import office

        return kind, (office.document if kind == sniff.DOCX else office.workbook)(data, words)
    if kind == sniff.HTML:
        from raadslag.core.redacting import markup

        return kind, markup.without(decoded(data), words).encode()
    if kind == sniff.TEXT and is_text(data):
        return kind, words.without(decoded(data).removeprefix("\ufeff")).encode()
    remedy = "Take it out, or write what may be read in a new file."
    raise UnknownFormat(name, _KINDS, "a file in which no words can be removed", remedy)


def _checked(copy: bytes, kind: str, words: Words, name: str) -> tuple[Hit, ...]:
    """What screening finds in a copy. Raises CannotRedact where any reader still finds one of the words."""
    from raadslag.core.redacting import raw  # as above

    found = tuple(hidden.passages(copy, name="copy"))
    shown = [p.text for p in found if not p.place.endswith(".rels, attributes")]
    if kind == sniff.PDF:
        from raadslag.core.redacting import pdf

        shown += pdf.extracted(copy)
    if any(map(words.stand_in, shown)) or any(map(words.long().stand_in, raw.texts(copy, kind))):
        remedy = "No copy was made. Make the file anew without the words, in the program it was written in."
        raise CannotRedact(name, "the words to be gone", "one of them still there", remedy)
    return hits(p for p in found if p.place != "file name")
