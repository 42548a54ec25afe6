"""The page of a group (A18): who takes part and who is asked, its meetings, its part of the product, its note."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import GroupInvitation, Membership, Organization, Role
from raadslag.workspace.common import journal
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.errors import NotPermitted, Refused
from raadslag.workspace.common.typed import number_of, uuid_or_none
from raadslag.workspace.desk.forms import GroupInviteForm, GroupInviteOtherForm, GroupNoteForm
from raadslag.workspace.meetings import group_notes
from raadslag.workspace.meetings.models import GroupNote, Meeting
from raadslag.workspace.people.models import Person
from raadslag.workspace.products.models import Element, Product
from raadslag.workspace.products.subjects import of_element, of_product

_MEETINGS = 12
_NOTES = 20


@require_safe
def group(request: HttpRequest, organization: UUID) -> HttpResponse:
    """All that the group has to do with, on one page."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    one: Organization = request.subject.row
    now = timezone.now()
    today = timezone.localdate(now)
    people = list(one.memberships.on(today).select_related("person"))
    notes = GroupNote.objects.told().filter(organization=one).prefetch_related("texts__saved_by__person")
    draft, handed = notes.filter(handed_at=None).first(), notes.exclude(handed_at=None)
    following = Meeting.objects.next_of(one.parent_id, now)
    may_invite = is_allowed("desk:group-invite", request.subject, request.level)
    shown = {
        "organization": one, "people": people, "is_led": any(m.role == Role.SECRETARY for m in people),
        "is_over": bool(one.end and one.end < today),
        "asked": one.group_invitations.filter(withdrawn_at=None).exclude(answer="yes").select_related("person"),
        "invite_form": GroupInviteForm(_to_ask(one, people)) if may_invite else None,
        "other_form": GroupInviteOtherForm(),
        "mine": set(Meeting.objects.mine(request.user).filter(organization__in=(one, one.parent))
                    .values_list("pk", flat=True)),
        "coming": one.meetings.upcoming(now)[:_MEETINGS],
        "held": one.meetings.filter(end__lt=now, cancelled_at=None).order_by("-start")[:_MEETINGS],
        "works": _works(request, one),
        "draft": draft, "beside": draft.beside() if draft else [], "following": following,
        "written_from": f"{draft.pk}:{draft.version}" if draft else "",
        "note_form": GroupNoteForm(initial={"text": draft.text if draft else ""}),
        "notes": [(note, note.beside()) for note in handed.order_by("-handed_at")[:_NOTES]],
        **forms,
    }  # fmt: skip
    return render(request, "desk/group.html", shown, status=status)


def _to_ask(group: Organization, people: list[Membership]) -> list[tuple[str, str]]:
    """Who of the committee may be asked: id and name of each who is in it today, and not a member of the group."""
    inside = {one.person_id for one in people if one.role in (Role.CHAIR, Role.VICE_CHAIR, Role.MEMBER)}
    rows = Membership.objects.filter(organization=group.parent_id).on(timezone.localdate()).select_related("person")
    found = {str(one.person_id): one.person.name for one in rows if one.person_id not in inside}
    return sorted(found.items(), key=lambda pair: pair[1])


def _works(request: HttpRequest, group: Organization) -> list[tuple[Product, list[tuple[Element, bool]]]]:
    """The committee's products as far as this person may see them, each with the parts that the group was given, and
    whether he may write in them."""
    found = []
    products = Product.objects.filter(organization=group.parent_id).select_related("organization__body")
    parts: dict[UUID, list[Element]] = {}
    rows = Element.objects.filter(product__in=products, writers=group, is_removed=False).select_related("writers")
    for row in rows:
        parts.setdefault(row.product_id, []).append(row)
    for product in products:
        subject = of_product(request.user, product)
        if not is_allowed("products:product", subject, request.level):
            continue
        given = []
        for part in parts.get(product.pk, ()):
            part.product = product
            may_write = is_allowed("products:element", of_element(request.user, part, subject), request.level)
            given.append((part, may_write))
        found.append((product, given))
    return found


@require_POST
def invite(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Ask somebody of the committee to take part."""
    one: Organization = request.subject.row
    form = GroupInviteForm(_to_ask(one, list(one.memberships.on(timezone.localdate()))), request.POST)
    if not form.is_valid():
        return _page(request, status=422, invite_form=form)
    person = get_object_or_404(Person, pk=form.cleaned_data["person"])
    return _invite(request, person, form, "invite_form")


@require_POST
def invite_other(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Ask somebody who is known in the house, by name or address."""
    form = GroupInviteOtherForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, other_form=form)
    return _invite(request, form.cleaned_data["person"], form, "other_form")


def _invite(request: HttpRequest, person: Person, form: Any, name: str) -> HttpResponse:
    try:
        bodies.invite(request.subject.row, person, words=form.cleaned_data["words"], by=request.user, at=timezone.now())
    except NotPermitted:
        raise
    except Refused as refusal:
        form.add_error(None, refusal.obstacles)
        return _page(request, status=422, **{name: form})
    messages.success(request, _("%(name)s has been asked.") % {"name": person.name})
    return redirect("desk:group", request.subject.row.pk)


@require_POST
def uninvite(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """Ask no longer."""
    asked: GroupInvitation = request.subject.row
    try:
        bodies.take_back_invitation(asked, by=request.user, at=timezone.now())
        messages.success(request, _("The invitation has been taken back."))
    except Refused as refusal:
        messages.error(request, " ".join(refusal.obstacles))
    return redirect("desk:group", asked.organization_id)


@require_POST
def answer(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """Yes or no, with one press."""
    asked: GroupInvitation = request.subject.row
    is_yes = request.POST.get("answer") == "yes"
    if not is_yes and request.POST.get("answer") != "no":
        return redirect("desk:home")
    try:
        bodies.answer_invitation(asked, is_yes, by=request.user, at=timezone.now())
    except NotPermitted:
        raise
    except Refused as refusal:
        messages.error(request, " ".join(refusal.obstacles))
        return redirect("desk:home")
    if is_yes:
        messages.success(request, _("You take part in %(group)s.") % {"group": asked.organization.name})
        return redirect("desk:group", asked.organization_id)
    messages.success(request, _("You have said no. The group has been told."))
    return redirect("desk:home")


@require_POST
def note(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Save the note, or save it and hand it over. Where somebody else has saved since, both texts are shown."""
    one: Organization = request.subject.row
    form, told, now = GroupNoteForm(request.POST), request.POST, timezone.now()
    opened = {"note_form": form, "written_from": told.get("version", "")}  # still what it came from
    if not form.is_valid():
        return _page(request, status=422, **opened)
    is_final = told.get("do") == "hand-over"
    pk, _colon, version = told.get("version", "").partition(":")
    try:
        with journal.acting():
            saved = group_notes.save(
                one, form.cleaned_data["text"], pk=uuid_or_none(pk), version=number_of(version), by=request.user,
                at=now,
            )  # fmt: skip
            if is_final and not saved.is_beside:
                group_notes.hand_over(saved.note, version=saved.note.version, by=request.user, at=now)
    except NotPermitted:
        raise
    except Refused as refusal:
        form.add_error("text", refusal.obstacles)
        return _page(request, status=422, **opened)
    if saved.is_beside:
        messages.error(request, _("Somebody else has saved the note. Both texts are kept and shown."))
    elif is_final:
        messages.success(request, _("The note has been handed over."))
    else:
        messages.success(request, _("Saved."))
    return redirect("desk:group", one.pk)


@require_POST
def note_back(request: HttpRequest, organization: UUID, note: UUID) -> HttpResponse:
    """Let a note that waits be a draft again."""
    row = get_object_or_404(GroupNote.objects.select_related("organization"), pk=note, organization=organization)
    try:
        group_notes.take_back(row, by=request.user, at=timezone.now())
        messages.success(request, _("The note is a draft again."))
    except Refused as refusal:
        messages.error(request, " ".join(refusal.obstacles))
    return redirect("desk:group", organization)
