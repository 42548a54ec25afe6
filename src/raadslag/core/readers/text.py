"""Plain text: bytes to lines.

Encodings are tried in order: a byte order mark, UTF-8, then UTF-8 with each byte that does not fit read as
CP1252 (of which Latin-1's letters are a part). Text that a conversion has flattened, so that labels stand in
the midst of long lines, is broken before them again; a line then is a line of this extracted text.
"""

from __future__ import annotations

import codecs
import re

from raadslag.core.errors import UnreadableFile
from raadslag.core.readers.grammar.vocabulary import Vocabulary, key, load
from raadslag.core.readers.lines import Extract, Line
from raadslag.core.record import Warning

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")
_HASH = re.compile(r"^\s*(?P<marks>#{1,6})\s+(?P<text>\S.*?)\s*#*$")
_EMPHASIS = re.compile(r"(\*\*|__|(?<!\w)[*_](?=\S))(.+?)\1")
_WIDE = re.compile(r"\s{3,}|\t+")
_SHORT = 120
"""A line no longer than this is none that was flattened."""
_FLAT = 400
"""A line is looked at as flattened when it is longer than this, or begins as a page does, and holds several labels."""


def extract(data: bytes, *, language: str = "da") -> Extract:
    """The lines of a text in UTF-8, UTF-16, CP1252 or Latin-1.

    Control characters are taken out and reported, as is an encoding that had to be guessed. Raises
    UnreadableFile for an empty text and for bytes that are no text (mostly NUL or control characters).
    """
    text, warnings = decode(data)
    words = load(language)
    flat = [
        part for whole in text.splitlines() for part in (unflatten(whole, words) if len(whole) > _SHORT else (whole,))
    ]
    lines = _headed(_in_one_column(flat, words))
    return Extract(lines=tuple(lines), media_type="text/plain", reader="text", warnings=tuple(warnings))


def _headed(lines: list[str]) -> list[Line]:
    """Lines with the headings, bold words and tables of Markdown taken as what they are, if it is Markdown."""
    if sum(1 for line in lines if "#" in line and _HASH.match(line)) < 2:
        return [Line(line) for line in lines]
    return [_marked(line) for line in lines]


def _marked(line: str) -> Line:
    if m := _HASH.match(line):
        return Line(_EMPHASIS.sub(r"\2", m["text"]), heading=len(m["marks"]))
    return Line(_EMPHASIS.sub(r"\2", line), cells=line.lstrip().startswith("|"))


def _in_one_column(lines: list[str], words: Vocabulary) -> list[str]:
    """Heads that stand in two columns, one column after the other: first the left, then the right."""
    wide = {n for n, line in enumerate(lines) if "   " in line and ":" in line}
    if not wide:
        return lines
    found: list[str] = []
    at = 0
    while at < len(lines):
        parts = _labelled(_WIDE.split(lines[at].strip())) if at in wide else []
        labels = [part.partition(":") for part in parts]
        if len(parts) < 2 or not all(colon and key(head) in words.head for head, colon, _ in labels):
            found.append(lines[at])
            at += 1
        elif any(rest.strip() for _, _, rest in labels) or len(parts) > 2:
            found += parts
            at += 1
        else:
            end = next((n for n in range(at + 1, len(lines)) if not lines[n].strip()), len(lines))
            found += _columns(lines[at:end], lines[at].index(parts[1], len(parts[0])))
            at = end
    return found


def _labelled(parts: list[str]) -> list[str]:
    """Pieces of a line, each label together with the value behind it."""
    found: list[str] = []
    for part in parts:
        if found and found[-1].endswith(":") and ":" not in part:
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found


def _columns(lines: list[str], edge: int) -> list[str]:
    """Lines of two columns, whose right one begins about `edge`, as those of the left and then of the right."""
    left, right = [], []
    for line in lines:
        gaps = [m for m in _WIDE.finditer(line) if abs(m.end() - edge) < 8]
        cut = min(gaps, key=lambda m: abs(m.end() - edge)).end() if gaps else len(line)
        left.append(line[:cut].strip())
        right.append(line[cut:].strip())
    return [*filter(None, left), "", *filter(None, right)]


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
    warnings.append(Warning(code="guessed_encoding", message="Bytes that are not UTF-8 were read as CP1252."))
    return data.decode("utf-8", "as_cp1252")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """The bytes that are no UTF-8, one by one as CP1252, or as Latin-1 where CP1252 has no letter for them."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in bad), error.end


codecs.register_error("as_cp1252", _as_cp1252)


def unflatten(line: str, words: Vocabulary) -> list[str]:
    """A flattened line broken before and after its labels; any other line as it is.

    No character but spaces at the breaks is lost.
    """
    may_be_page = line[0].isdigit() or words.hints_at("page_head", line)
    page = words.pattern("flat.page").match(line) if may_be_page else None
    if len(line) < _FLAT and not page:
        return [line]
    broken, breaks = words.pattern("flat.before").subn("\n", line)
    if breaks < (2 if page else 3):
        return [line]
    for _ in range(2):  # a label may follow a label
        broken = words.pattern("flat.after").sub(lambda m: m[0].rstrip() + "\n", broken)
    if m := re.search(words.table["flat"]["contents"], broken, re.MULTILINE):
        end = broken.find("\n\n", m.end())
        end = end if end > 0 else broken.find("\n", broken.find("\n", m.end()) + 1)
        listed = words.pattern("flat.entry").sub("\n", broken[m.start() : end])
        broken = broken[: m.start()] + listed + broken[end:]
    parts = [part.strip() for part in broken.split("\n")]
    return [part for part in parts if part]
