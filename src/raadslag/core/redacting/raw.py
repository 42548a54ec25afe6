"""Every text that may lie in the bytes of a file, without asking what it is for: a net under the readers."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator

import pikepdf

from raadslag.core.readers import sniff
from raadslag.core.readers.hidden.bytes import decoded

_LITERAL = re.compile(rb"\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]{4,})>")
_ARRAY = re.compile(rb"\[((?:[^\[\]()<>]|\((?:[^()\\]|\\.)*\))*)\]\s*TJ", re.DOTALL)
_PART = re.compile(rb"\(((?:[^()\\]|\\.)*)\)|(-?\d*\.?\d+)", re.DOTALL)
_GLYPHS = re.compile(rb"[\x00-\x08]|\\[0-7]{3}")
_SPACE = -150  # thousandths: a move that parts words
_TAG = re.compile(r"<[^>]*>")
_PARTING = re.compile(
    r"</?(?:[A-Za-z0-9]+:)?(?:p|tab|br|row|c|is|si|li|t[dhr]|h[1-6]|div|[du]l|ol|d[dt]|table|name)\b[^>]*>"
)
_ATTRIBUTE = re.compile(r'\b(?:descr|title|alt|name|displayText|tooltip|prompt|author|formatCode)="([^"]*)"')


def texts(data: bytes, kind: str) -> Iterator[str]:
    """The texts of a file as its bytes hold them, packed or not. Names of tags and measures are no texts."""
    if kind == sniff.PDF:
        yield from _pdf(data)
    elif kind in (sniff.DOCX, sniff.XLSX):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for part in package.namelist():
                yield from _markup(decoded(package.read(part)))
    elif kind == sniff.HTML:
        yield from _markup(decoded(data))
    else:
        yield decoded(data)


def _markup(text: str) -> Iterator[str]:
    """A text, its tags taken out as if they were spaces and, within a paragraph, as if they were nothing."""
    yield html.unescape(_TAG.sub(" ", text))
    yield html.unescape(_TAG.sub("", _PARTING.sub(" ", text)))
    yield "\n".join(html.unescape(said) for said in _ATTRIBUTE.findall(text))


def _pdf(data: bytes) -> Iterator[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        fonts = set(_font_programs(pdf))
        for o in pdf.objects:
            if isinstance(o, pikepdf.Stream):
                if o.objgen in fonts or "/N" in o or o.get("/Subtype") == pikepdf.Name.Image:
                    continue
                yield from _stream(o.read_bytes())
                o = pikepdf.Dictionary({key: value for key, value in o.items() if key != "/Length"})
            yield from _stream(o.unparse(resolved=False))


def _font_programs(pdf: pikepdf.Pdf) -> Iterator[tuple[int, int]]:
    """The streams that are embedded fonts: what they say is who made them."""
    for o in pdf.objects:
        if isinstance(o, pikepdf.Dictionary):
            for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                if isinstance(o.get(key), pikepdf.Stream):
                    yield o[key].objgen


def _stream(content: bytes) -> Iterator[str]:
    """The strings in it, those of one array joined, by the encodings that a string of a PDF may have."""
    content = _ARRAY.sub(_one_string, content)
    strings = [*_LITERAL.findall(content), *(_unhexed(one) for one in _HEX.findall(content))]
    said = [one for one in strings if not _GLYPHS.search(one)]  # numbers of glyphs say nothing without their font
    yield b" ".join(said).decode("cp1252", "replace")
    yield b"\n".join(one for one in said if _is_utf8(one)).decode()
    yield "\n".join(one.decode("utf-16-be", "replace") for one in strings)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _one_string(array: re.Match[bytes]) -> bytes:
    """An array as one string; what is moved far is a word of its own."""
    parts = [
        found[1] if found[1] is not None else b" " if float(found[2]) < _SPACE else b""
        for found in _PART.finditer(array[1])
    ]
    return b"(" + b"".join(parts) + b")"


def _unhexed(digits: bytes) -> bytes:
    plain = b"".join(digits.split())
    return bytes.fromhex((plain + b"0" * (len(plain) % 2)).decode())
