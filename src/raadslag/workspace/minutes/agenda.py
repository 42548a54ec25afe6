"""The agenda at the meeting: what the body changes in it, and adopts; who sits in for whom (A8, the opening)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from raadslag.workspace.cases.models import Case
from raadslag.workspace.cases.subjects import of_case
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.typed import number_of, uuid_or_none
from raadslag.workspace.meetings import composing as agendas
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.meetings.subjects import of_meeting, readable
from raadslag.workspace.minutes import rulings
from raadslag.workspace.minutes.models import Actor
from raadslag.workspace.minutes.views import act, actor_of


@require_safe
def agenda(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The agenda as it stands, what can be changed in it, and what waits to be adopted."""
    one: Meeting = request.subject.row
    every = agendas.items_of(one)
    items, planned = [row for row in every if row.is_sent], [row for row in every if not row.is_sent]
    may = readable(request.user, of_meeting(request.user, one), every, request.level, "minutes:item-agenda")
    free = rulings.may_change(one, items)
    decided = one.rulings.filter(is_undone=False).select_related("item", "person")
    told = {row.item_id: row for row in decided if row.kind == "withdrawn"}
    for place, row in enumerate(items, 1):
        row.place, row.may, row.shown = place, row.pk in may, row.title if row.pk in may else row.face
        row.is_free, row.withdrawn = row.pk in free, told.get(row.pk)
    accepted = {row.person_id: row for row in decided if row.kind == "substitute"}
    substitutes = one.invitations.filter(withdrawn_at=None).exclude(substitute_for=None)
    shown = {
        "meeting": one, "items": items, "planned": [row for row in planned if row.pk in may],
        "ready": _ready(request, one), "actors": Actor.choices, "is_adopted": rulings.is_adopted(one),
        "waiting": [rulings.sentence(row) for row in rulings.unwritten(one)],
        "substitutes": [(row, accepted.get(row.person_id)) for row in
                        substitutes.select_related("person", "substitute_for")],
    }  # fmt: skip
    return render(request, "minutes/agenda.html", shown)


def _ready(request: HttpRequest, meeting: Meeting) -> list[Case]:
    """The ready cases that the secretary may read with this login."""
    rows = Case.objects.of_staff(request.user).filter(organization=meeting.organization_id, state=Case.State.READY)
    rows = rows.select_related("organization__body")
    return [row for row in rows if is_allowed("cases:case", of_case(request.user, row), request.level)]


@require_POST
def adopt(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The body adopts its agenda, as it stands."""
    one = request.subject.row
    return act(
        request,
        lambda: rulings.adopt(one, decided_by=actor_of(request, "decided_by"), by=request.user, at=timezone.now()),
    )


@require_POST
def add(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Take an item in: a ready case, one that was planned, or one of its own."""
    one: Meeting = request.subject.row
    told = request.POST
    case = planned = None
    if told.get("case"):
        case = next((row for row in _ready(request, one) if row.pk == uuid_or_none(told["case"])), None)
        if case is None:
            raise Http404
    if told.get("planned"):
        planned = get_object_or_404(one.items.filter(is_sent=False, parent=None), pk=uuid_or_none(told["planned"]))
        may = readable(request.user, of_meeting(request.user, one), [planned], request.level, "minutes:item-agenda")
        if planned.pk not in may:
            raise Http404
    given = {name: told.get(name, "")[:300] for name in ("title", "legal_ground", "public_title")}
    access = "open" if told.get("access") == "open" else "closed"
    return act(
        request,
        lambda: rulings.add_item(
            one, because=told.get("because", "")[:300], case=case, planned=planned, access=access, **given,
            decided_by=actor_of(request, "decided_by"), by=request.user, at=timezone.now(),
        ),
        to="minutes:agenda",
    )  # fmt: skip


@require_POST
def change(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """Take it off, move it, open or close it; or put it back on."""
    one: AgendaItem = request.subject.row
    told, what = request.POST, request.POST.get("what", "")
    who: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    decided = {"decided_by": actor_of(request, "decided_by"), **who}

    def do() -> None:
        if what == "withdraw":
            rulings.withdraw_item(one, **decided)
        elif what == "move":
            rulings.move_item(one, number_of(told.get("place")), **decided)
        elif what == "open":
            rulings.open_item(one, **decided)
        elif what == "close":
            face = {name: told.get(name, "")[:300] for name in ("legal_ground", "public_title")}
            rulings.close_item(one, **face, **decided)
        elif what == "put_back":
            ruling = get_object_or_404(one.rulings.filter(kind="withdrawn", is_undone=False))
            rulings.take_back(ruling, **who)
        else:
            raise Http404

    return act(request, do, to="minutes:agenda")


@require_POST
def substitute(request: HttpRequest, meeting: UUID, invitation: UUID) -> HttpResponse:
    """The body accepts a substitute; or that is taken back."""
    one: Meeting = request.subject.row
    row = get_object_or_404(one.invitations.select_related("person"), pk=invitation)
    who: dict[str, Any] = {"by": request.user, "at": timezone.now()}

    def do() -> None:
        if request.POST.get("back"):
            held = one.rulings.filter(kind="substitute", person=row.person_id, is_undone=False)
            rulings.take_back(get_object_or_404(held), **who)
        else:
            rulings.accept_substitute(one, row, decided_by=actor_of(request, "decided_by"), **who)

    return act(request, do, to="minutes:agenda")
