"""A PDF as a record: at most twice the time of bare text extraction by the library underneath."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2

from bench.content import SHARED, minutes
from bench.measure import ONE_CORE, Line, Skipped, medians
from bench.weasyprint_beside import html_to_pdf
from raadslag.core import read
from raadslag.core.writers import write


def bare(data: bytes) -> int:
    """The number of characters that pypdfium2 gives for all pages of a PDF."""
    with pypdfium2.PdfDocument(data) as document:
        count = 0
        for page in document:
            text = page.get_textpage()
            count += len(text.get_text_bounded())
            text.close()
            page.close()
        return count


def papers() -> Iterator[tuple[str, bytes]]:
    """PDFs that other programs made; one of ours would be read from the record that it carries."""
    real = SHARED / "real" / "aarhus-byraad-2025-08-27.pdf"
    if real.exists():
        yield "a council's real PDF", real.read_bytes()
    yield "invented PDF", html_to_pdf()(write(minutes(), "html").decode())


def lines() -> Iterator[Line]:
    """Each paper, read whole, against its bare text."""
    found = False
    try:
        for name, data in papers():
            found = True
            with pypdfium2.PdfDocument(data) as document:
                pages = len(document)
            ours, beside = medians(lambda data=data: read(data), lambda data=data: bare(data), rounds=9, clock=ONE_CORE)
            yield Line(
                name=f"reading {name}, {pages} pages",
                ours=ours,
                beside_name="bare pypdfium2 text",
                beside=beside,
                bar="≤ 2 ×",
                holds=ours <= 2 * beside,
            )
    except Skipped:
        if not found:
            raise
