"""A product on paper, as it is asked for: a version or the draft, in one of its forms, in one of its formats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from msgspec.structs import replace

from raadslag.core import record, write
from raadslag.core.writers import write_product
from raadslag.web.middleware import policy_of
from raadslag.workspace.files.keeping import store
from raadslag.workspace.products import composing
from raadslag.workspace.products.leaning import ground_of
from raadslag.workspace.products.models import Change, Product, Version

DRAFT = "kladde"
FORMATS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
}
FORMS = ("ren", "aendringer", "svar")
_SAVED = ("docx", "json")  # a browser shows the others
_WRITERS = {"txt": "text"}


class Offer(NamedTuple):
    """A form that there is, and where each format of it lies."""

    name: str
    papers: list[tuple[str, str]]


def offers(product: Product, label: str, older: Iterable[str], *, has_answers: bool = False) -> list[Offer]:
    """The forms that a version, or the draft, is offered in; `older` are the versions it may be compared with."""
    where = (
        reverse("products:draft-paper", args=[product.pk, "pdf"])
        if label == DRAFT
        else reverse("products:paper", args=[product.pk, label, "pdf"])
    ).removesuffix("pdf")
    forms = [
        (_("As it stands") if label == DRAFT else _("As it was presented"), ""),
        (_("The text alone"), "?vis=ren"),
        *((_("With changes since %(label)s") % {"label": one}, f"?vis=aendringer&fra={one}") for one in older),
        *([(_("With answers to contributions"), "?vis=svar")] if has_answers else []),
    ]
    names = (("PDF", "pdf"), ("Word", "docx"), (_("web page"), "html"), (pgettext("format", "text"), "txt"))
    return [Offer(name, [(told, f"{where}{to}{query}") for told, to in names]) for name, query in forms]


def respond(product: Product, version: Version | None, to: str, asked: QueryDict) -> HttpResponse:
    """The paper of a version, or of the draft where there is none. Raises Http404 for what there is not."""
    name, document = paper(product, version, to, asked.get("vis", ""), asked.get("fra", ""))
    response = HttpResponse(document, content_type=FORMATS[to])
    response.headers["Content-Disposition"] = content_disposition_header(to in _SAVED, f"{name}.{to}") or ""
    if to == "html":
        response.headers["Content-Security-Policy"] = policy_of(document)
    return response


def paper(product: Product, version: Version | None, to: str, form: str, fra: str = "") -> tuple[str, bytes]:
    """What it is called, and its bytes: as it was presented, or in the form "ren", "aendringer" (since the version
    `fra`, or the one before) or "svar". Raises Http404 for what there is not."""
    if to not in FORMATS or form not in ("", *FORMS) or (to == "json" and form):
        raise Http404
    label = version.label if version else DRAFT
    name, document = f"{product.title} {label}", b""
    if form == "":
        document = _presented(product, version, to)
    elif form == "aendringer":
        since = _since(product, version, fra)
        name = f"{name} {_('with changes since %(label)s') % {'label': since.label}}"
        whole = replace(whole_of(product, version), changes=composing.told(product, _between(product, since, version)))
        document = write_product(whole, _WRITERS.get(to, to), form="changes", since=since.decoded())
    else:
        whole = whole_of(product, version)
        if form == "svar" and not whole.answers:
            raise Http404
        name = f"{name} {_('the text alone') if form == 'ren' else _('with answers')}"
        document = write_product(whole, _WRITERS.get(to, to), form="clean" if form == "ren" else "answers")
    return name, document


def whole_of(product: Product, version: Version | None) -> record.Product:
    """The record of a version, or of the draft: that has no moment, and the changes that no version has."""
    if version:
        return version.decoded()
    changes = product.changes.filter(version=None).select_related("group")
    parts = composing.parts_of(product)
    ground = ground_of(product, parts.keys())
    return composing.compose(product, parts, label=DRAFT, at=None, changes=changes, ground=ground)


def _presented(product: Product, version: Version | None, to: str) -> bytes:
    """All of it. The PDF of a version is the one that was kept when it was frozen."""
    if version and version.pdf_sha256 and to == "pdf":
        return store().read(version.pdf_sha256)
    return write(whole_of(product, version), _WRITERS.get(to, to))


def _since(product: Product, version: Version | None, label: str) -> Version:
    """The version that is compared with: an older one, the last before where none is named."""
    older = product.versions.filter(number__lt=version.number) if version else product.versions.all()
    found = older.filter(label=label).first() if label else older.first()
    if found is None:
        raise Http404
    return found


def _between(product: Product, since: Version, version: Version | None) -> Iterable[Change]:
    """The changes after a version, up to another or to the draft."""
    after = Q(version__number__gt=since.number)
    upto = after & Q(version__number__lte=version.number) if version else after | Q(version=None)
    return product.changes.filter(upto).select_related("group")
