"""Plain text: bytes to lines.

Encodings are tried in order: a byte order mark, UTF-8, then CP1252 (of which Latin-1's letters are a
part). Text that a conversion has flattened, so that labels stand in the midst of long lines, is broken
before them again; a line then is a line of this extracted text.
"""

from __future__ import annotations

import codecs
import re

from raadslag.core.errors import UnreadableFile
from raadslag.core.readers.grammar.vocabulary import Vocabulary, load
from raadslag.core.readers.lines import Extract, Line
from raadslag.core.record import Warning

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")
_BREAK = re.compile(r"\r\n|[\n\r\f\v\u2028\u2029\x85]")
_FLAT = 400
"""A line is looked at as flattened when it is longer than this and holds several labels."""


def extract(data: bytes, *, language: str = "da") -> Extract:
    """The lines of a text in UTF-8, UTF-16, CP1252 or Latin-1.

    Control characters are taken out and reported, as is an encoding that had to be guessed. Raises
    UnreadableFile for an empty text and for bytes that are no text (mostly NUL or control characters).
    """
    text, warnings = decode(data)
    words = load(language)
    lines = [
        Line(part)
        for whole in _BREAK.split(text)
        for part in (unflatten(whole, words) if len(whole) > 150 else (whole,))
    ]
    return Extract(lines=tuple(lines), media_type="text/plain", reader="text", warnings=tuple(warnings))


def decode(data: bytes, declared: str | None = None) -> tuple[str, list[Warning]]:
    """The text in some bytes and what was odd about them; `declared` is an encoding that a format names."""
    warnings: list[Warning] = []
    if not data.strip(b"\x00 \t\r\n\xff\xfe\xef\xbb\xbf"):
        raise UnreadableFile("the file", "text", "nothing", "Check that the file was saved, and fetch it again.")
    text = _decoded(data, declared, warnings)
    if "\x00" in text:
        warnings.append(
            Warning(code="control_characters", message=f"{text.count(chr(0))} NUL characters were taken out.")
        )
        text = text.replace("\x00", "")
    odd = len(_CONTROL.findall(text))
    if odd:
        if odd * 10 > len(text):
            raise UnreadableFile(
                "the file", "text", "mostly control characters", "It may be another kind of file with the wrong name."
            )
        warnings.append(
            Warning(code="control_characters", message=f"{odd} control or direction characters were taken out.")
        )
        text = _CONTROL.sub("", text)
    return text, warnings


def _decoded(data: bytes, declared: str | None, warnings: list[Warning]) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) if encoding == "utf-8" else 0 :].decode(encoding, "replace")
    for named in (declared, "utf-8"):
        if named:
            try:
                return data.decode(named)
            except (UnicodeDecodeError, LookupError):
                continue
    if data[:200].count(0) * 3 > len(data[:200]):
        encoding = "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"
        return data.decode(encoding, "replace")
    warnings.append(Warning(code="guessed_encoding", message="The text is not UTF-8; it was read as CP1252."))
    return data.decode("cp1252", "replace") if b"\x81" not in data else data.decode("latin-1")


def unflatten(line: str, words: Vocabulary) -> list[str]:
    """A flattened line broken before and after its labels; any other line as it is.

    No character but spaces at the breaks is lost.
    """
    if len(line) < _FLAT and not (len(line) > 150 and words.pattern("flat.page").match(line)):
        return [line]
    if len(words.pattern("flat.before").findall(line)) < 3:
        return [line]
    broken = words.pattern("flat.before").sub("\n", line)
    for _ in range(2):  # a label may follow a label
        broken = words.pattern("flat.after").sub(lambda m: m["label"] + "\n", broken)
    parts = [part.strip() for part in broken.split("\n")]
    return [part for part in parts if part]
