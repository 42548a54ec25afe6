"""The planted corpus: screening finds all that is hidden in it and nothing else, and redaction leaves none of it.

A sample is taken in every build; `RAADSLAG_PLANTED` says how many files there are in the long run (I13, I14).
"""

from __future__ import annotations

import io
import os
import re
import zipfile

import pikepdf
import pypdfium2 as pdfium
import pytest
from pdfminer.high_level import extract_text

from raadslag.core.readers.hidden import screen
from raadslag.core.redacting import redact
from tests.core.redacting.corpus import PLACES, File, made

SAMPLE = len(PLACES)
WHOLE = int(os.environ.get("RAADSLAG_PLANTED", "100"))


@pytest.mark.parametrize("n", range(SAMPLE))
def test_what_is_hidden_is_found_and_redacted(n):
    _prove(n)


@pytest.mark.slow
@pytest.mark.parametrize("n", range(SAMPLE, WHOLE))
def test_what_is_hidden_is_found_and_redacted_in_the_whole_corpus(n):
    _prove(n)


def _prove(n: int) -> None:
    planted, clean = made(n), made(n, is_planted=False)
    assert "cpr" in {hit.rule for hit in screen(planted.data, name=planted.called)}, planted.place
    assert screen(clean.data, name=clean.called) == (), planted.place
    copy = redact(planted.data, planted.called, [planted.name], numbers=True)
    assert copy.hits == ()
    assert screen(copy.data, name=planted.called) == ()
    texts = [*_extracted(planted, copy.data), *_raw(copy.data)]
    assert len(texts) > 1
    for text in texts:
        squeezed = re.sub(r"[\W_]", "", text).casefold()
        for secret in (planted.name, planted.number):
            assert re.sub(r"[\W_]", "", secret).casefold() not in squeezed, planted.place
    words = " ".join(_extracted(planted, copy.data)[0].split())
    assert all(word in words for word in planted.shown.split()), planted.place


def _extracted(file: File, data: bytes) -> list[str]:
    """Two readings of what is shown, by programs that have nothing in common."""
    if file.called.endswith("pdf"):
        document = pdfium.PdfDocument(data)
        return [
            " ".join(page.get_textpage().get_text_range() for page in document).replace("\ufffe", ""),
            extract_text(io.BytesIO(data)),
        ]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        told = [package.read(name).decode("utf-8", "replace") for name in package.namelist()]
    return [" ".join(re.sub(r"<[^>]*>", joint, part) for part in told) for joint in ("", " ")]


def _raw(data: bytes) -> list[str]:
    """All the bytes, and those of each part or stream unpacked, as the encodings that hold Latin letters."""
    parts = [data]
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts += map(package.read, package.namelist())
    else:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            parts += [o.read_bytes() for o in pdf.objects if isinstance(o, pikepdf.Stream)]
            parts += [o.unparse(resolved=True) for o in pdf.objects if not isinstance(o, pikepdf.Stream)]
    parts += [bytes.fromhex(one.decode()) for part in parts for one in re.findall(rb"<((?:[0-9a-fA-F]{2})+)>", part)]
    return [
        part.decode(encoding, "replace") for part in parts for encoding in ("utf-8", "cp1252", "utf-16-be", "utf-16-le")
    ]


def test_every_place_has_its_share():
    assert {made(n).place for n in range(SAMPLE)} == set(PLACES)
