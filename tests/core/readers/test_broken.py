"""Broken, hostile and mutated documents: an answer or a clear error, never a crash, and no line lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raadslag.core.errors import RaadslagError
from raadslag.core.readers import extract, read_bytes, sniff
from raadslag.core.record import Meeting
from tests.core.readers import pdfs
from tests.core.readers.laws import assert_clear, assert_read_or_refused

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"

INVENTED = """Prøvekommunen
Referat
Udvalget for det nære
Mødedato:   Mandag den 5. marts 2018 kl. 17.00
Mødested:   Salen
Til stede: Asta Lindehøj (A), Bo Tangmose (V) og Clara Vindeby (F)
Afbud: Dines Havgaard

Punkt 1: Haver ved Møllevang
EMN-2018-00001
Resume
Haverne passes af dem, der bruger dem.
Indstilling
Det indstilles, at
1) der sættes en bænk ved indgangen
2) udgiften på 40.000 kr. godkendes
Beslutning
Godkendt. For stemte 2 (A og F), imod stemte 1 (V).
Bilag
Bilag 1: Kort (dok.nr. 4711-18)

Punkt 2: Eventuelt
Intet.
Mødet hævet kl. 19.05
"""


def invented_page() -> bytes:
    rows = "".join(f"<p>{line}</p>" for line in INVENTED.splitlines() if line)
    table = "<table><tr><th>Konto<th>2018<th>2019<tr><td>Drift<td>40<td>41</table>"
    return f"<!doctype html><meta charset=utf-8><nav>Forside</nav><main><h1>Referat</h1>{rows}{table}".encode()


def invented_pdf() -> bytes:
    lines = [line.replace("   ", " ") for line in INVENTED.splitlines()]
    table = [(x, y, f"{x:g}/{y:g}") for y in (150.0, 135.0) for x in (50.0, 200.0, 350.0)]
    return pdfs.placed([*pdfs.lines(*lines[:12]), *table], pdfs.lines(*lines[12:]))


@cache
def documents(kind: str) -> tuple[bytes, ...]:
    """The invented document of a format, and the real ones of it where they are on this machine."""
    if kind == sniff.TEXT:
        return (INVENTED.encode(), *(path.read_bytes() for path in sorted(SHARED.glob("minutes/*.txt"))))
    if kind == sniff.HTML:
        return (invented_page(), *(path.read_bytes() for path in sorted(SHARED.glob("real/*teknisk*.html"))))
    return (invented_pdf(), *(_excerpt(path) for path in sorted(SHARED.glob("real/*.pdf"))))


def _excerpt(path: Path) -> bytes:
    """Four pages of a long PDF."""
    with pikepdf.open(path) as pdf:
        while len(pdf.pages) > 4:
            del pdf.pages[-1]
        return pdfs.saved(pdf)


@st.composite
def mutated(draw: st.DrawFn, kind: str) -> bytes:
    """A document of a format with pieces cut out, doubled, flipped, moved in from another, or put in."""
    data = bytearray(draw(st.sampled_from(documents(kind))))
    for _ in range(draw(st.integers(1, 6))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        size = draw(st.sampled_from([1, 2, 16, 200, 5000]))
        how = draw(st.sampled_from(["cut", "double", "flip", "splice", "insert", "shorten"]))
        if how == "cut":
            del data[at : at + size]
        elif how == "double":
            data[at:at] = data[at : at + size] * draw(st.integers(1, 3))
        elif how == "flip":
            for place in range(at, min(at + size, len(data)), max(1, size // 8)):
                data[place] ^= 1 << draw(st.integers(0, 7))
        elif how == "splice":
            other = draw(st.sampled_from(documents(kind)))
            start = draw(st.integers(0, len(other) - 1))
            data[at : at + size] = other[start : start + size]
        elif how == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=20) | st.sampled_from(HOSTILE))
        else:
            del data[max(at, len(data) // 2) :]
    return bytes(data)


HOSTILE = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\r\n\x0b\x0c", b"\xed\xa0\x80", b"\xc2\x85",
    "\u202e\u2066\u200f".encode(), "\u2028\u2029".encode(), "a\u0301\u0308\U0001f469\u200d".encode(),
    b"<table><tr><td><table>", b"</body></html><p>", b"<!--", b"<pre>\n\n", b"<ol start=99999999999><li>",
    b"&#0;&#xD800;&#x110000;&#x202E;", b"\n1.\n1.\n1.\n", b" | | | ", b"Punkt " * 40, b"at\n" * 30,
    b"%%EOF", b"endstream endobj", b"((((((", b"<<<<<<<<",
)  # fmt: skip


SETTINGS = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def _mutation_test(kind: str) -> Callable[[], None]:
    @SETTINGS
    @given(data=mutated(kind))
    def test(data: bytes) -> None:
        assert_read_or_refused(data, kind)

    return test


test_mutated_texts_lose_no_line = _mutation_test(sniff.TEXT)
test_mutated_pages_lose_no_line = _mutation_test(sniff.HTML)
test_mutated_pdfs_lose_no_line = _mutation_test(sniff.PDF)


@SETTINGS
@given(data=st.binary(max_size=2000) | st.text(max_size=500).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_record_or_a_clear_error(data):
    for name in (None, "referat.txt", "referat.html", "referat.json", "referat.pdf"):
        try:
            assert isinstance(read_bytes(data, name), Meeting)
        except RaadslagError as error:
            assert_clear(error)


@pytest.mark.parametrize(
    "data",
    [
        b'{"schema":"raadslag/1",' + b'"x":[' * 100_000,
        b"[" * 100_000,
        b"<!doctype html>" + b"<b>" * 3000 + b"x",
        b"<!doctype html>" + b"<table><tr><td>" * 1000 + b"x",
        b"<!doctype html><ul>" + b"<ul><li>x" * 2000,
        b"Punkt 1: " + b"A" * 200_000,
        b"1.\n" * 5_000,
        b"Til stede: " + b"Asta Lindehoej, " * 20_000,
        b" " * 2_000 + b"x" + b" " * 2_000,
        "\u202e\u2066".encode() * 10_000 + b"Referat",
    ],
    ids=lambda data: data[:24].decode("utf-8", "replace"),
)
def test_what_is_made_to_overwhelm_does_not(data):
    try:
        assert isinstance(read_bytes(data, "referat"), Meeting)
    except RaadslagError as error:
        assert_clear(error)


def test_a_pdf_whose_parts_refer_to_themselves_is_read_or_refused():
    with pikepdf.open(io.BytesIO(invented_pdf())) as pdf:
        form = pdf.make_stream(b"/Self Do", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])
        form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Self=form))
        pdf.pages[0].obj.Resources.XObject = pikepdf.Dictionary(Self=form)
        pdf.pages[0].obj.Contents = pdf.make_stream(b"/Self Do " + pdf.pages[0].obj.Contents.read_bytes())
        data = pdfs.saved(pdf)
    assert "Prøvekommunen" in [line.text for line in extract(data, sniff.PDF).lines]
    looping = data.replace(b"/Type /Pages", b"/Type /Pages /Parent 1 0 R")
    assert_read_or_refused(looping, sniff.PDF)
