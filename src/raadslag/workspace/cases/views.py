"""The case editor (A4), the list of a committee's cases, and their attachments."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from raadslag.core import comparing
from raadslag.core.hints import readability
from raadslag.core.readers.text import decode
from raadslag.web.middleware import PAPER_POLICY
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.bodies.policies import policies_of
from raadslag.workspace.bodies.standing import allows_low_level, memberships_of
from raadslag.workspace.cases import actions, rules
from raadslag.workspace.cases.changes import changes
from raadslag.workspace.cases.forms import AttachmentForm, BarForm, CaseForm, NewCaseForm
from raadslag.workspace.cases.models import (
    STAFF,
    Access,
    Attachment,
    AttachmentVersion,
    Case,
    CaseVersion,
    Disqualification,
    find,
)
from raadslag.workspace.cases.subjects import of_case
from raadslag.workspace.common import journal
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.errors import Conflict, Refused
from raadslag.workspace.common.typed import number_of, uuid_of
from raadslag.workspace.files import keeping
from raadslag.workspace.files.actions import note_reading
from raadslag.workspace.files.links import PERSONAL, is_personal, personal
from raadslag.workspace.files.models import StoredFile
from raadslag.workspace.files.pieces import take_piece
from raadslag.workspace.people.models import Person

PAGE = 50
LONG_SENTENCES = 3


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The cases of my organizations, the latest first; by state and by words."""
    found = Case.objects.of_staff(request.user).select_related("organization")
    state, asked = request.GET.get("tilstand", ""), request.GET.get("q", "").strip()
    if state in Case.State.values:
        found = found.filter(state=state)
    staffed_in = {one.organization for one in memberships_of(request.user) if one.role in STAFF}
    open_to = [
        one.pk for one in staffed_in
        if request.level in ("substantial", "high") or allows_low_level(request.user, one)
    ]  # fmt: skip
    if asked:  # of a closed case that this login may not read, not even whether it holds the words is told
        found = found.filter(find(asked)).filter(Q(access=Access.OPEN) | Q(organization__in=open_to))
    page = Paginator(found, PAGE).get_page(request.GET.get("side"))
    staffed = Organization.objects.at_work(timezone.localdate()).filter(
        pk__in=[one.organization_id for one in memberships_of(request.user) if one.role in STAFF]
    )
    for case in page:
        case.may = not case.is_closed or case.organization_id in open_to
    shown = {"page": page, "asked": asked, "state": state, "states": Case.State.choices, "organizations": staffed}
    return render(request, "cases/cases.html", shown)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Begin a case with its heading."""
    form = NewCaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.open_case(request.subject.row, form.cleaned_data["title"], by=request.user, at=timezone.now())
        return redirect("cases:edit", made.pk)
    shown = {"form": form, "organization": request.subject.row}
    return render(request, "cases/new.html", shown, status=422 if form.errors else 200)


@require_safe
def case(request: HttpRequest, case: UUID) -> HttpResponse:
    """A case as its staff sees it: text, what is missing, attachments, history."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    one: Case = request.subject.row
    _note_if_closed(request, one)
    hints = readability("\n\n".join([one.summary, one.background, *one.more.values()]))
    shown = {
        "case": one,
        "obstacles": rules.obstacles_to_ready(one),
        "moves": rules.MOVES[one.state],
        "attachments": attachments_of(one),
        "history": one.history.select_related("organization"),
        "versions": one.versions.select_related("saved_by__person")[:20],
        "barred": one.disqualifications.select_related("person"),
        "lix": hints.lix,
        "long_sentences": hints.long_sentences[:LONG_SENTENCES],
        "more_long": max(0, len(hints.long_sentences) - LONG_SENTENCES),
        "bar_form": BarForm(_people_of(one.organization)),
        **more,
    }
    return render(request, "cases/case.html", shown, status=status)


def attachments_of(case: Case) -> list[Attachment]:
    """The attachments that have not been taken off, each with `latest`, its newest version."""
    some = list(case.attachments.filter(removed_at=None))
    newest: dict[Any, AttachmentVersion] = {}
    versions = AttachmentVersion.objects.filter(attachment__in=some).select_related("file").defer("file__text")
    for version in versions.order_by("number"):
        newest[version.attachment_id] = version
    for one in some:
        one.case = case
        one.latest = newest.get(one.pk)
    return some


def _people_of(organization: Organization) -> Any:
    today = timezone.localdate()
    return Person.objects.filter(memberships__in=organization.memberships.on(today)).distinct()


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, case: UUID) -> HttpResponse:
    """Write it. What somebody else saved meanwhile is shown beside what is sent, and nothing is lost."""
    one: Case = request.subject.row
    headings = [part.strip() for part in str(policies_of(one.organization)["case_fields"]).split(",") if part.strip()]
    headings = [*headings, *(heading for heading in one.more if heading not in headings)]
    # A heading that was taken away while the form lay open keeps what was written under it.
    written = [name.removeprefix("more-") for name in request.POST if name.startswith("more-")]
    headings = [*headings, *(heading for heading in written if heading not in headings)]
    form = CaseForm(headings, one, request.POST or None)
    theirs: Case | None = None
    version = number_of(request.POST.get("version"), -1) if request.method == "POST" else one.version
    if request.method == "POST" and form.is_valid():
        try:
            actions.save(one, form.content(), version=version, by=request.user, at=timezone.now())
            if request.POST.get("to") == "ready":
                actions.move(one, Case.State.READY, by=request.user, at=timezone.now())
            return redirect(one)
        except Conflict as conflict:
            form.add_error(None, [str(text) for text in conflict.obstacles])
            theirs = Case.objects.get(pk=one.pk)
            version = theirs.version
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
            version = Case.objects.values_list("version", flat=True).get(pk=one.pk)
    _note_if_closed(request, one)
    shown = {
        "case": one, "form": form, "version": version, "theirs": theirs,
        "their_version": theirs.versions.select_related("saved_by__person").first() if theirs else None,
    }  # fmt: skip
    return render(request, "cases/edit.html", shown, status=422 if form.errors else 200)


@require_POST
def move(request: HttpRequest, case: UUID, state: str) -> HttpResponse:
    """To review, to ready, back to draft."""
    one: Case = request.subject.row
    try:
        actions.move(one, state, by=request.user, at=timezone.now())
    except Refused as refusal:
        return _page(request, status=422, refused=refusal.obstacles)
    return redirect(one)


@require_safe
def version(request: HttpRequest, case: UUID, number: int) -> HttpResponse:
    """A saved version, and what it changed."""
    one: Case = request.subject.row
    this = get_object_or_404(CaseVersion.objects.select_related("saved_by__person"), case=one, number=number)
    former = CaseVersion.objects.filter(case=one, number=number - 1).first()
    accesses = [row.content.get("access") for row in (this, former) if row]
    if any(access != Access.OPEN for access in accesses) and (refused := _unless_closed_may_be_read(request, one)):
        return refused
    _note_if_closed(request, one)
    told = [{**row.content, "access": Access(row.content["access"]).label} for row in (this, former) if row]
    shown = {"case": one, "version": this, "changes": changes(told[1] if former else {}, told[0])}
    return render(request, "cases/version.html", shown)


def _unless_closed_may_be_read(request: HttpRequest, case: Case) -> HttpResponse | None:
    """What is open today may have been closed as it was then: the page that says so, or None to go on."""
    subject = of_case(request.user, case)
    closed = subject._replace(state="closed", allows_low_level=allows_low_level(request.user, case.organization))
    if is_allowed("cases:case", closed, request.level):
        return None
    return render(request, "work/assured.html", status=403)


@require_POST
def attach(request: HttpRequest, case: UUID) -> HttpResponse:
    """One or several files. Those that can be taken are, and each that cannot is named with its reason."""
    one: Case = request.subject.row
    refused: list[str] = []
    to = request.POST.get("to")
    target = get_object_or_404(Attachment, pk=uuid_of(to), case=one) if to else None
    files = request.FILES.getlist("files")
    now = timezone.now()
    with journal.acting():  # all that can be taken, or after a fault none: sent again, it is the whole again
        for number, file in enumerate(files):
            name, own = file.name or "", target if number == 0 else None
            try:
                kept = keeping.keep(file.read(), name, at=now)
                actions.attach_stored(one, kept, name, to=own, by=request.user, at=now)
            except Refused as refusal:
                refused += refusal.obstacles
    if not files:
        refused = [_("Choose at least one file.")]
    if request.headers.get("Accept") == "application/json":  # one file after the other, with progress
        return JsonResponse({"refused": refused}, status=422 if refused else 200)
    if refused:
        return _page(request, status=422, refused=refused)
    return redirect(f"{one.get_absolute_url()}#bilag")


@require_http_methods(["GET", "POST"])
def piece(request: HttpRequest, case: UUID) -> HttpResponse:
    """A file that comes in pieces; `to` tells the attachment of which it is a new version."""
    one: Case = request.subject.row

    def take(data: bytes, name: str) -> None:
        to = request.GET.get("to")
        target = get_object_or_404(Attachment, pk=uuid_of(to), case=one) if to else None
        now = timezone.now()
        with journal.acting():
            kept = keeping.keep(data, name, at=now)
            if not _is_here(one, kept, name, request.user, now):
                actions.attach_stored(one, kept, name, to=target, by=request.user, at=now)

    return take_piece(request, one, take)


def _is_here(case: Case, file: StoredFile, name: str, user: Any, at: datetime) -> bool:
    """Whether he has attached it a moment ago: the answer to the last piece was lost, and he sent all again (I36)."""
    versions = AttachmentVersion.objects.filter(
        attachment__case=case, attachment__removed_at=None, file=file, name=name
    )
    return versions.filter(brought_by=user, brought_at__gte=at - timedelta(minutes=10)).exists()


@require_safe
def attachment_versions(request: HttpRequest, case: UUID, attachment: UUID) -> HttpResponse:
    """The versions of an attachment, and what each changed in its text."""
    one: Attachment = request.subject.row
    versions = list(one.versions.select_related("file", "brought_by__person"))  # the newest first
    for this, former in pairwise([*versions, None]):
        this.pieces = comparing.pieces(former.file.text, this.file.text) if former else ()
        this.is_changed = any(piece.kind != "same" for piece in this.pieces)
    if one.is_closed:
        note_reading(one, by=request.user, at=timezone.now())
    return render(request, "cases/versions.html", {"case": one.case, "attachment": one, "versions": versions})


@require_POST
def attachment_set(request: HttpRequest, case: UUID, attachment: UUID) -> HttpResponse:
    """Its title and access, or take it off."""
    one: Attachment = request.subject.row
    now = timezone.now()
    try:
        if what := request.POST.get("what"):
            actions.remove_attachment(one, what == "remove", by=request.user, at=now)
            if what == "remove":
                messages.success(
                    request, _("%(title)s was taken off.") % {"title": one.title}, extra_tags=f"undo:{one.pk}"
                )
        else:
            form = AttachmentForm(request.POST)
            if form.is_valid():
                actions.change_attachment(one, **form.cleaned_data, by=request.user, at=now)
            else:
                messages.error(request, _("Nothing was changed: an attachment has a title, and is open or closed."))
    except Refused as refusal:
        messages.error(request, " ".join(refusal.obstacles))
    return redirect(f"{one.case.get_absolute_url()}#bilag")


@require_safe
def attachment(request: HttpRequest, case: UUID, attachment: UUID) -> HttpResponse:
    """The file of an attachment, its newest version or the one that is asked for."""
    one: Attachment = request.subject.row
    versions = one.versions.select_related("file")
    asked = number_of(request.GET.get("version"))
    newest = versions.first()
    found = versions.filter(number=asked).first() if asked else newest
    if found is None:
        raise Http404
    if found != newest and (refused := _unless_closed_may_be_read(request, one.case)):
        return refused
    return give(request, found, about=one, is_closed=one.is_closed)


def give(request: HttpRequest, version: AttachmentVersion, *, about: Any, is_closed: bool) -> HttpResponse:
    """The bytes of a version, noted in the journal before they go where they are closed (I26).

    What is closed goes out at an address that is this person's alone and good for five minutes (I7). Any other address
    of it, an old one among them, leads there, for who has the right at that moment.
    """
    if is_closed:
        if not is_personal(request.GET.get(PERSONAL, ""), request.user, version.file_id):
            asked = request.GET.copy()
            asked[PERSONAL] = personal(request.user, version.file_id)
            return redirect(f"{request.path}?{asked.urlencode()}")
        note_reading(about, sha256=version.file_id, by=request.user, at=timezone.now())
    data, kind = keeping.store().read(version.file_id), version.file.media_type
    if kind.startswith("text/"):  # in whatever way it was written, it is shown as what it says
        data, kind = decode(data)[0].encode(), f"{kind}; charset=utf-8"
    response = HttpResponse(data, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition_header(False, version.name)
    response.headers["Content-Security-Policy"] = PAPER_POLICY.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    return response


@require_POST
def bar(request: HttpRequest, case: UUID) -> HttpResponse:
    """Keep a person from the case, or let him see it again."""
    one: Case = request.subject.row
    if undo := request.POST.get("unbar"):
        entry = get_object_or_404(Disqualification, case=one, pk=uuid_of(undo))
        actions.unbar(one, entry.person, by=request.user, at=timezone.now())
        return redirect(one)
    form = BarForm(_people_of(one.organization), request.POST)
    if not form.is_valid():
        return _page(request, status=422, bar_form=form)
    actions.bar(one, **form.cleaned_data, by=request.user, at=timezone.now())
    return redirect(one)


def _note_if_closed(request: HttpRequest, case: Case) -> None:
    """A closed case that is read is an entry of the journal, unless its own staff wrote it just now."""
    if case.is_closed and case.responsible_id != request.user.pk:
        note_reading(case, by=request.user, at=timezone.now())
