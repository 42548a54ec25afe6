"""Import (A22): bring papers, see how far they are read, look each through beside its source, approve."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from raadslag.core import record
from raadslag.web.middleware import PAPER_POLICY
from raadslag.workspace.bodies.models import Organization, Role
from raadslag.workspace.bodies.standing import memberships_of
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.errors import Conflict, NotPermitted, Refused
from raadslag.workspace.common.typed import number_of, uuid_or_none
from raadslag.workspace.files import keeping
from raadslag.workspace.files.actions import note_reading
from raadslag.workspace.files.links import PERSONAL, is_personal, personal
from raadslag.workspace.files.pieces import take_piece
from raadslag.workspace.publishing.importing import actions, fields
from raadslag.workspace.publishing.importing.actions import Told
from raadslag.workspace.publishing.importing.people import people_of
from raadslag.workspace.publishing.importing.shown import page_of
from raadslag.workspace.publishing.models import ImportedPaper
from raadslag.workspace.publishing.subjects import of_paper

PAGE = 50
State = ImportedPaper.State


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """The committees of which I am secretary, each with how many papers wait; the only one at once."""
    led = {one.organization_id for one in memberships_of(request.user) if one.role == Role.SECRETARY}
    if len(led) == 1:
        return redirect("publishing:import", led.pop())
    waiting = dict(
        ImportedPaper.objects.filter(organization__in=led, state=State.READ)
        .order_by().values_list("organization").annotate(Count("pk"))
    )  # fmt: skip
    organizations = [(one, waiting.get(one.pk, 0)) for one in Organization.objects.filter(pk__in=led)]
    return render(request, "publishing/imports.html", {"organizations": organizations})


@require_safe
def papers(request: HttpRequest, organization: UUID) -> HttpResponse:
    """The papers that were brought, and how far they are."""
    one: Organization = request.subject.row
    rows = ImportedPaper.objects.filter(organization=one)
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    asked = request.GET.get("vis", "")
    some = rows.filter(state=asked) if asked in State.values else rows.exclude(state=State.DISMISSED)
    page = Paginator(
        some.select_related("meeting").defer("text", "record", "corrected"), PAGE
    ).get_page(request.GET.get("side"))  # fmt: skip
    brought, waiting = sum(counts.values()), counts.get(State.WAITING, 0)
    shown = {
        "organization": one, "page": page, "asked": asked, "brought": brought, "waiting": waiting,
        "states": [(state, label, counts.get(state, 0)) for state, label in State.choices if counts.get(state)],
        "read": brought - waiting,
        # Its name may tell what it holds: who may not open a paper is told that there is one, and no more (I10).
        "names": is_allowed("publishing:import-paper", of_paper(request.user, ImportedPaper(
            organization=one, state=State.READ)), request.level),
    }  # fmt: skip
    return render(request, "publishing/import.html", shown)


@require_POST
def bring(request: HttpRequest, organization: UUID) -> HttpResponse:
    """One file or many. Those that can be taken are, and each that cannot is named with its reason."""
    one: Organization = request.subject.row
    refused: list[str] = []
    files = request.FILES.getlist("files")
    for file in files:
        try:
            actions.bring(one, file.read(), file.name or "", by=request.user, at=timezone.now())
        except Refused as refusal:
            refused += refusal.obstacles
    if not files:
        refused = [_("Choose at least one file.")]
    elif taken := len(files) - len(refused):
        told = ngettext("%(count)s paper is here, and is being read.", "%(count)s papers are here, and are being read.",
                        taken) % {"count": taken}  # fmt: skip
        messages.success(request, told)
    for reason in refused:
        messages.error(request, reason)
    return redirect("publishing:import", one.pk)


@require_http_methods(["GET", "POST"])
def piece(request: HttpRequest, organization: UUID) -> HttpResponse:
    """A file that comes in pieces."""
    one: Organization = request.subject.row
    return take_piece(
        request, one, lambda data, name: actions.bring(one, data, name, by=request.user, at=timezone.now())
    )


@require_safe
def paper(request: HttpRequest, organization: UUID, paper: UUID) -> HttpResponse:
    """The source on the left, the fields on the right."""
    return _paper(request)


def _paper(request: HttpRequest, *, sent: bool = False, faults: dict[str, str] | None = None, status: int = 200,
           **more: Any) -> HttpResponse:  # fmt: skip
    """`sent` shows the fields as they were sent, after something stood in the way."""
    one: ImportedPaper = request.subject.row
    shown: dict[str, Any] = {"paper": one, "organization": one.organization, "version": one.version, **more}
    if one.record:
        note_reading(one, sha256=one.sha256, by=request.user, at=timezone.now())
        current = one.current()
        told = _ticks(request, current) if sent else Told.kept(one)
        said = request.POST.dict() if sent else fields.values(current)
        whole = fields.corrected(current, said)[0] if sent else current
        known = actions.cases_at(one.organization, whole.items)
        shown |= {
            "view": page_of(one, current, said, told, faults or {}, people_of(one.organization), known),
            "told": told, "twin": actions.twin_of(one.organization, actions.as_approved(whole, told)),
            "is_open": one.state == State.READ,
            "is_of_another": bool(current.organization) and not _same(current.organization, one.organization.name),
            "said_organization": current.organization,
        }  # fmt: skip
    return render(request, "publishing/import_paper.html", shown, status=status)


def _same(told: str | None, name: str) -> bool:
    return " ".join((told or "").split()).casefold() == " ".join(name.split()).casefold()


def _ticks(request: HttpRequest, current: record.Meeting) -> Told:
    """What was ticked."""
    links = {at: uuid_or_none(request.POST.get(f"link.{at}", "")) for at in range(len(current.attendance or ()))}
    places = range(len(current.items))
    ticked = {
        name: frozenset(at for at in map(number_of, request.POST.getlist(name), [-1] * len(places)) if at in places)
        for name in ("out", "cases")
    }
    is_numbered = "is_numbered" in request.POST
    return Told({at: one for at, one in links.items() if one}, **ticked, is_numbered=is_numbered)


@require_POST
def save(request: HttpRequest, organization: UUID, paper: UUID) -> HttpResponse:
    """Keep what was corrected, to go on later."""
    return _change(request, is_approved=False)


@require_POST
def approve(request: HttpRequest, organization: UUID, paper: UUID) -> HttpResponse:
    """Let it be a past meeting."""
    return _change(request, is_approved=True)


def _change(request: HttpRequest, *, is_approved: bool) -> HttpResponse:
    one: ImportedPaper = request.subject.row
    if not one.record:
        return redirect(one)
    current, version = one.current(), number_of(request.POST.get("version"), -1)
    whole, faults = fields.corrected(current, request.POST.dict())
    told, now = _ticks(request, current), timezone.now()
    if faults:
        refused = [_("Something is written in a way that we do not understand. It is marked below.")]
        return _paper(request, sent=True, faults=faults, refused=refused, status=422)
    try:
        if is_approved:
            join = uuid_or_none(request.POST.get("join", ""))
            meeting = actions.approve(one, whole, told, version=version, join=join, by=request.user, at=now)
            messages.success(request, _("It is a past meeting now. Nothing of it is public before you publish it."))
            return redirect(meeting)
        actions.save(one, whole, told, version=version, by=request.user, at=now)
    except NotPermitted:
        raise
    except Conflict as conflict:
        one.refresh_from_db()
        return _paper(request, sent=True, faults=_theirs(request, one), refused=conflict.obstacles, status=422)
    except Refused as refusal:
        one.refresh_from_db()
        return _paper(request, sent=True, refused=refusal.obstacles, status=422)
    messages.success(request, _("Saved."))
    return redirect(one)


def _theirs(request: HttpRequest, paper: ImportedPaper) -> dict[str, str]:
    """What somebody else has saved, at each field that I have otherwise."""
    theirs, mine = fields.values(paper.current()), request.POST.dict()
    whole, _faults = fields.corrected(paper.current(), mine)
    differing = fields.changed(paper.current(), whole)
    return {path: _("Somebody else wrote: %(text)s") % {"text": theirs[path] or "–"} for path in differing}


@require_POST
def put_aside(request: HttpRequest, organization: UUID, paper: UUID) -> HttpResponse:
    """It does not belong here, or it does after all."""
    one: ImportedPaper = request.subject.row
    try:
        actions.put_aside(one, request.POST.get("what") == "aside", by=request.user, at=timezone.now())
    except Refused as refusal:
        return _paper(request, refused=refusal.obstacles, status=422)
    return redirect("publishing:import", one.organization_id)


@require_safe
def source(request: HttpRequest, organization: UUID, paper: UUID) -> HttpResponse:
    """The file as it was brought, for saving: no page of another system is ever shown as one of ours."""
    one: ImportedPaper = request.subject.row
    if not is_personal(request.GET.get(PERSONAL, ""), request.user, one.sha256):
        return redirect(f"{request.path}?{PERSONAL}={personal(request.user, one.sha256)}")
    note_reading(one, sha256=one.sha256, by=request.user, at=timezone.now())
    response = HttpResponse(keeping.store().read(one.sha256), content_type=one.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, one.name)
    response.headers["Content-Security-Policy"] = PAPER_POLICY
    return response
