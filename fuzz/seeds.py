"""What fuzzing begins with: the sample municipality's papers, and the real ones where they are on this machine."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf

from raadslag.sample import papers
from tests.core.readers import offices, pdfs

SUFFIXES = {"text": ".txt", "html": ".html", "pdf": ".pdf", "docx": ".docx"}
LARGEST = 100_000  # bytes: small inputs find more in the same time
_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def lay_out(form: str, folder: Path) -> None:
    """Write the seeds of a format into `folder`, named by their hash."""
    folder.mkdir(parents=True, exist_ok=True)
    for data in [*_documents(SUFFIXES[form]), *_made(form)]:
        seed = _plain(data) if form == "pdf" else data
        if len(seed) <= LARGEST:
            (folder / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


def _made(form: str) -> Iterator[bytes]:
    if form == "pdf":
        yield from _small_pdfs()
    if form == "docx":
        yield from _small_documents()


def _small_documents() -> Iterator[bytes]:
    """The beginnings of texts as Word documents."""
    for paper in papers():
        if paper.name.endswith(".txt"):
            document = offices.plain()
            for line in paper.data.decode().splitlines()[:40]:
                document.add_paragraph(line)
            yield offices.saved(document)


def _documents(suffix: str) -> Iterator[bytes]:
    yield from (paper.data for paper in papers() if paper.name.endswith(suffix))
    yield from (path.read_bytes() for path in sorted(_SHARED.glob(f"*/*{suffix}")))


def _small_pdfs() -> Iterator[bytes]:
    """The beginnings of texts as PDFs of a few KB."""
    for paper in papers():
        if paper.name.endswith(".txt"):
            lines = paper.data.decode().splitlines()
            yield pdfs.placed(pdfs.lines(*lines[:25]), pdfs.lines(*lines[25:50]))


def _plain(data: bytes) -> bytes:
    """A PDF of at most two pages with nothing compressed but fonts left out: then a flipped byte means something."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        while len(pdf.pages) > 2:
            del pdf.pages[-1]
        for page in pdf.pages:
            for font in page.resources.get("/Font", pikepdf.Dictionary()).values():
                for descendant in [font, *font.get("/DescendantFonts", [])]:
                    for program in ("/FontFile", "/FontFile2", "/FontFile3"):
                        if program in (descriptor := descendant.get("/FontDescriptor", {})):
                            del descriptor[program]
        pdf.remove_unreferenced_resources()
        level = pikepdf.StreamDecodeLevel.generalized
        pdf.save(target, compress_streams=False, stream_decode_level=level, static_id=True)
    return target.getvalue()
