"""What a host has before him (A14): what the group said, to be read back, and a field to write for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Case, Count, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Refused
from raadslag.workspace.common.telling import tell
from raadslag.workspace.common.typed import number_of
from raadslag.workspace.deliberation import answering
from raadslag.workspace.deliberation.models import Contribution, Station
from raadslag.workspace.deliberation.sessions import rules, saying
from raadslag.workspace.deliberation.sessions.forms import HostForm

_MOST = 200  # that a page shows of a table
_FIRST = (Contribution.Kind.UNCLEAR, Contribution.Kind.QUESTION)


@require_http_methods(["GET", "POST"])
def host(request: HttpRequest, session: UUID, station: UUID) -> HttpResponse:
    """The group's thoughts, the unclear ones first, to be read back; and the next one."""
    one: Station = request.subject.row
    group = saying.group_at(one)
    form = HostForm(one.round, request.POST or None, initial={"speaker": group})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = saying.say(one, **given, by=request.user, at=timezone.now())
            messages.success(request, _("%(name)s is written down.") % {"name": made.name})
            return redirect("sessions:host", session, one.pk)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    said = one.contributions.filter(hidden_because="").exclude(state=Contribution.State.TAKEN_BACK)
    first = Case(When(kind__in=_FIRST, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = said.select_related("by__person").prefetch_related("answers__merged_into").order_by(first, "number")[:_MOST]
    alone = [row for row in rows if row.state == Contribution.State.NEW]
    shown = {
        "session": one.round.session, "meeting": one.round.session.meeting, "station": one, "round": one.round,
        "form": form, "said": rows, "alone": alone,
        "other": next((row for row in rows if alone and row.pk != alone[0].pk), None), "group": group,
        "head": journal.head()[0],
        "is_receiving": rules.is_receiving(one, timezone.now()),
        "spread": _spread(said) if one.round.asks_agreement else [],
    }  # fmt: skip
    return render(request, "sessions/host.html", shown, status=422 if form.errors else 200)


def _spread(said: Any) -> list[tuple[str, int]]:
    """How many said each of how far they agree, of all; it stands beside the words, and is no ranking."""
    given = dict(said.order_by().values_list("stance").annotate(Count("pk")))
    return [(str(label), given.get(value, 0)) for value, label in Contribution.Stance.choices]


@require_POST
def merge(request: HttpRequest, session: UUID, station: UUID) -> HttpResponse:
    """Let one thought be answered together with another: both are kept."""
    one: Station = request.subject.row
    said = one.contributions.filter(state=Contribution.State.NEW)
    which = said.filter(number=number_of(request.POST.get("one"), 0)).first()
    other = one.contributions.filter(number=number_of(request.POST.get("other"), 0)).first()
    product = one.round.session.product
    chosen = [which] if which else []
    tell(
        request,
        lambda: answering.answer(
            product, chosen, outcome="merged", merged_into=other, by=request.user, at=timezone.now()
        ),
    )
    return redirect("sessions:host", session, one.pk)
