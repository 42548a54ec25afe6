"""Ten pages of minutes as a PDF, warm: at most 60 ms at the median, and six times faster than WeasyPrint."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2

from bench.content import minutes
from bench.measure import Line, medians
from bench.weasyprint_beside import html_to_pdf
from raadslag.core.writers import write


def lines() -> Iterator[Line]:
    """Our PDF against WeasyPrint's of our own HTML of the same minutes."""
    other = html_to_pdf()
    pages = len(pypdfium2.PdfDocument(write(minutes(), "pdf")))
    rounds = 9
    editions = [minutes(edition) for edition in range(rounds + 1)]
    papers, webs = iter(editions), iter([write(meeting, "html").decode() for meeting in editions])
    ours, beside = medians(lambda: write(next(papers), "pdf"), lambda: other(next(webs)), rounds)
    yield Line(
        name=f"PDF of minutes, {pages} pages",
        ours=ours,
        beside_name="WeasyPrint, same content",
        beside=beside,
        bar="≤ 60 ms and ≤ 1/6",
        holds=ours <= 0.060 and ours * 6 <= beside,
    )
