"""PDFs by hand: text exactly where a test wants it, in the order it wants it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf

A4 = (595, 842)
Placed = tuple[float, float, str]  # x and y in points from the lower left corner, and the words there


def placed(*pages: Sequence[Placed], size: float = 10) -> bytes:
    """A PDF whose pages hold each text at its place, drawn in the order given."""
    pdf = pikepdf.new()
    for texts in pages:
        content = b"".join(_show(x, y, text, size) for x, y, text in texts)
        _add_page(pdf, content)
    return saved(pdf)


def lines(*texts: str, x: float = 50, top: float = 780, pitch: float = 13) -> list[Placed]:
    """Texts under each other, the first at `top`."""
    return [(x, top - n * pitch, text) for n, text in enumerate(texts)]


def scanned(*, stamp: str = "") -> bytes:
    """One page that is a picture from edge to edge, with a stamped word over it if one is given."""
    pdf = pikepdf.new()
    image = pdf.make_stream(
        bytes(range(100)), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=10, Height=10
    )
    image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceGray, 8
    content = b"q 595 0 0 842 0 0 cm /Im0 Do Q " + (_show(50, 800, stamp, 10) if stamp else b"")
    _add_page(pdf, content, XObject=pikepdf.Dictionary(Im0=image))
    return saved(pdf)


def drawing(content: bytes) -> bytes:
    """One page with a content stream as given; /F0 is Helvetica."""
    pdf = pikepdf.new()
    _add_page(pdf, content)
    return saved(pdf)


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    target = io.BytesIO()
    pdf.save(target, **options)
    return target.getvalue()


def _show(x: float, y: float, text: str, size: float) -> bytes:
    encoded = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /F0 %g Tf %g %g Td (%s) Tj ET\n" % (size, x, y, encoded)


def _add_page(pdf: pikepdf.Pdf, content: bytes, **resources: pikepdf.Object) -> None:
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    pdf.add_blank_page(page_size=A4)
    page = pdf.pages[-1]
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F0=font), **resources)
    page.obj.Contents = pdf.make_stream(content)
