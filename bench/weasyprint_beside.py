"""WeasyPrint, which makes a PDF of the same content beside us, where the machine has what it needs."""

from __future__ import annotations

from collections.abc import Callable

from bench.measure import Skipped


def html_to_pdf() -> Callable[[str], bytes]:
    """WeasyPrint's way from HTML to a tagged PDF (PDF/UA-1, as ours is).

    Raises Skipped where Pango is missing: WeasyPrint is a Python package, but its typesetter is not.
    """
    try:
        import weasyprint
    except OSError as e:
        raise Skipped("WeasyPrint needs Pango: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0") from e
    return lambda html: weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")
