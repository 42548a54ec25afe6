"""The papers of a meeting, and what a committee is, as files: written from the record, or as they were taken in."""

from __future__ import annotations

from functools import lru_cache

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import condition

from raadslag import __version__
from raadslag.archive import files, models
from raadslag.archive.pages.converters import KINDS_OF
from raadslag.archive.pages.views import get_meeting, get_organization
from raadslag.core import record
from raadslag.core.errors import UnwritableRecord
from raadslag.core.release import public
from raadslag.core.writers import write
from raadslag.web.middleware import PAPER_POLICY, policy_of

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
PORTRAIT_FORMATS = ("html", "json")
LARGE = 2**20  # bytes; what is larger is sent piece by piece and never held whole
# What a browser may show by itself; everything else is only to be saved.
SHOWN = {"application/pdf", "text/plain"}
EXTENSIONS = {"application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html", "application/json": ".json"}


def paper(request: HttpRequest, body: str, meeting: str, paper: str, format: str) -> HttpResponse:
    """The minutes or the agenda of a meeting, written from its record."""
    found = get_meeting(body, meeting)
    version = found.versions.given_out().filter(kind__in=KINDS_OF[paper]).newest_first().first()
    if version is None:
        raise Http404
    etag = f'"{version.identity[:32]}-{format}-{__version__}"'
    try:
        return condition(etag_func=lambda *_: etag)(_written)(request, version, f"{paper}-{found.slug}", format)
    except UnwritableRecord:
        return render(request, "pages/unwritten.html", {"body": found.body, "meeting": found}, status=422)


def _written(request: HttpRequest, version: models.Version | models.Portrait, name: str, format: str) -> HttpResponse:
    data = _document(bytes(version.record), format)
    headers = {"Content-Disposition": f'inline; filename="{name}.{format}"'}
    if format == "html":
        headers["Content-Security-Policy"] = policy_of(data)
    return HttpResponse(data, content_type=MEDIA_TYPES[format], headers=headers)


@lru_cache(maxsize=64)
def _document(stored: bytes, format: str) -> bytes:
    return write(public(record.decode(stored)), format)


def portrait(request: HttpRequest, body: str, organization: str, format: str) -> HttpResponse:
    """What a committee is, as data or as a page of its own."""
    found = get_organization(body, organization)
    shown = found.portraits.current().first()
    if shown is None or format not in PORTRAIT_FORMATS:
        raise Http404
    etag = f'"{shown.identity[:32]}-{format}-{__version__}"'
    name = f"{found.body.slug}-{found.slug}"
    return condition(etag_func=lambda *_: etag)(_written)(request, shown, name, format)


def source(request: HttpRequest, body: str, meeting: str, sha256: str) -> HttpResponse:
    """The paper that a version was read from, as it was taken in: of minutes, or of the agenda beside them."""
    found = get_meeting(body, meeting)
    stored = get_object_or_404(
        models.StoredFile, versions__in=found.versions.given_out(), sha256=sha256, withdrawn_at=None
    )
    return _stored(request, stored, f"{found.slug}-original")


def attachment(request: HttpRequest, body: str, meeting: str, sha256: str) -> HttpResponse:
    """A file that an open item lists, in the minutes or in the agenda beside them."""
    found = get_meeting(body, meeting)
    rows = models.Attachment.objects.given_out().filter(item__meeting=found)
    row = rows.filter(file__sha256=sha256, file__withdrawn_at=None).select_related("file").defer("file__text").first()
    if row is None or row.file is None:
        raise Http404
    return _stored(request, row.file, f"{found.slug}-bilag")


def _stored(request: HttpRequest, stored: models.StoredFile, name: str) -> HttpResponse:
    def send(request: HttpRequest) -> HttpResponse | FileResponse:
        is_large = stored.size > LARGE and stored.media_type != "text/plain"
        try:
            data = b"" if is_large else files.read(stored.sha256)
            file = files.path(stored.sha256).open("rb") if is_large else None
        except FileNotFoundError:
            raise Http404 from None
        disposition = "inline" if stored.media_type in SHOWN else "attachment"
        name_in_full = name + EXTENSIONS.get(stored.media_type, "")
        headers = {"Content-Disposition": f'{disposition}; filename="{name_in_full}"'}
        # A sandbox keeps browsers from showing a PDF, whose scripts their own viewers keep in check.
        if stored.media_type != "application/pdf":
            headers["Content-Security-Policy"] = PAPER_POLICY
        if file:
            response = FileResponse(file, content_type=stored.media_type)
            for key, value in headers.items():
                response.headers[key] = value
            return response
        return HttpResponse(data, content_type=_content_type(stored.media_type, data), headers=headers)

    return condition(etag_func=lambda *_: f'"{stored.sha256}"')(send)(request)


def _content_type(media_type: str, data: bytes) -> str:
    if media_type != "text/plain":
        return media_type
    try:
        data.decode()
    except UnicodeDecodeError:
        return "text/plain; charset=windows-1252"
    return "text/plain; charset=utf-8"
