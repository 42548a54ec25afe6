"""Citizens for a task committee: a call, the applications to it, and what the council decided.

Applications are personal data of people who have nothing else to do with the municipality's committees: they stand in
no journal, no log and no record, and are deleted by an action that says so. Source: GDPR 5(1)(c) and (e), 32.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.events import (
    ApplicationChanged,
    ApplicationsForgotten,
    CitizensAppointed,
    CitizensCalledFor,
)
from raadslag.workspace.bodies.models import Application, CitizenCall, Organization, Role
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict
from raadslag.workspace.people import actions as people

LONGEST = 2000  # characters of why somebody wants to take part
KEPT = timedelta(days=90)  # after the decision, unless another day is chosen
KEPT_UNDECIDED = timedelta(days=180)  # after the last day to apply, where the council decides nothing
LONGEST_KEPT = timedelta(days=366)
_SAID = {
    CitizenCall: ("text", "profiles", "seats", "deadline"),
    Application: ("name", "email", "why", "profile", "received_on"),
}


def print_of(row: CitizenCall | Application) -> str:
    """A hash of what a call or an application says: it tells whether somebody has changed it since it was opened."""
    return hashlib.sha256(repr([getattr(row, name) for name in _SAID[type(row)]]).encode()).hexdigest()


@journal.action
def save_call(organization: Organization, call: CitizenCall | None, *, text: str, profiles: str, seats: int,
              deadline: date, seen: str = "", by: Any, at: datetime) -> CitizenCall:  # fmt: skip
    """Call for citizens, or change a call that is open; `seen` is the `print_of` it as it was opened.

    Raises Blocked without a text or a seat, for a new call whose last day has been, and once the council has decided;
    Conflict where somebody has saved since.
    """
    obstacles = []
    if not text.strip():
        obstacles.append(_("Say what the committee is to do, and whom you are looking for."))
    if seats < 1:
        obstacles.append(_("There is at least one seat."))
    if call is None and deadline < timezone.localdate(at):
        obstacles.append(_("That day has been."))
    if obstacles:
        raise Blocked(obstacles)
    if call:
        call = _open(call)
        if print_of(call) != seen:
            raise Conflict
    else:
        call = CitizenCall(organization=organization, opened_at=at, opened_by=by)
    call.text, call.profiles, call.seats, call.deadline = text.strip(), profiles.strip(), seats, deadline
    call.keep_until = deadline + KEPT_UNDECIDED
    call.save()
    journal.write(CitizensCalledFor(call.pk, seats, deadline), by=by, at=at, about=organization)
    return call


@journal.action
def save_application(call: CitizenCall, application: Application | None, *, name: str, email: str, why: str,
                     profile: str, received_on: date, seen: str = "", by: Any, at: datetime
                     ) -> Application:  # fmt: skip
    """Type in an application, or correct one; `seen` is the `print_of` it as it was opened.

    Raises Blocked where that address has applied already, for a profile that the call does not wish for (one that it
    wished for before may stay), a day that has not come, for one that has been deleted, and once the council has
    decided; Conflict where somebody has saved since.
    """
    call = _open(call)
    if application:
        application = _kept(call, application)
        if print_of(application) != seen:
            raise Conflict
    obstacles, email = [], email.strip()
    others = call.applications.exclude(pk=application.pk if application else None)
    if not name.strip():
        obstacles.append(_("Write the name."))
    if email and others.filter(email__iexact=email).exists():
        obstacles.append(_("Somebody has applied with that address already."))
    if len(why) > LONGEST:
        obstacles.append(_("The text is too long."))
    if profile and profile not in (*call.wished, application.profile if application else ""):
        obstacles.append(_("Choose one of the profiles of the call."))
    if received_on > timezone.localdate(at):
        obstacles.append(_("That day has not come yet."))
    if obstacles:
        raise Blocked(obstacles)
    what = "changed" if application else "entered"
    if application is None:
        application = Application(call=call, entered_at=at, entered_by=by)
    application.name, application.email, application.why = name.strip(), email, why.strip()
    application.profile, application.received_on = profile, received_on
    application.save()
    journal.write(ApplicationChanged(application.pk, what), by=by, at=at, about=call)
    return application


@journal.action
def propose(application: Application, is_proposed: bool, *, by: Any, at: datetime) -> None:
    """Let the council be asked to appoint that person, or not. Raises Blocked once it has decided, and for an
    application that has been deleted."""
    _kept(_open(application.call), application)
    Application.objects.filter(pk=application.pk).update(is_proposed=is_proposed)
    what = "proposed" if is_proposed else "not_proposed"
    journal.write(ApplicationChanged(application.pk, what), by=by, at=at, about=application.call)


@journal.action
def remove(application: Application, *, by: Any, at: datetime) -> None:
    """Delete one application, and the mail to whoever was not chosen: he does not want to take part any more, or wants
    what is known of him deleted. Twice is once."""
    CitizenCall.objects.select_for_update(of=("self",)).get(pk=application.call_id)
    gone, _of_each = Application.objects.filter(pk=application.pk).delete()
    if gone:
        journal.write(ApplicationChanged(application.pk, "deleted"), by=by, at=at, about=application.call)


@journal.action
def decide(call: CitizenCall, *, decided_on: date, decided_by: str, keep_until: date, by: Any, at: datetime
           ) -> CitizenCall:  # fmt: skip
    """Enter what the council decided: whoever is proposed is a member from that day. All who applied are told.

    `decided_by` names the meeting, or where the decision is found. Raises Blocked, and appoints nobody, where nobody is
    proposed or more than there are seats, for days that cannot be, and where one of them cannot be appointed.
    """
    call, today = _open(call), timezone.localdate(at)
    chosen = list(call.applications.filter(is_proposed=True))
    obstacles = []
    if not chosen:
        obstacles.append(_("Nobody is proposed."))
    if len(chosen) > call.seats:
        told = {"proposed": len(chosen), "seats": call.seats}
        obstacles.append(_("%(proposed)s are proposed for %(seats)s seats.") % told)
    if not decided_by.strip():
        obstacles.append(_("Say which meeting decided, or where the decision is found."))
    if decided_on > today:
        obstacles.append(_("That day has not come yet."))
    if not today <= keep_until <= today + LONGEST_KEPT:
        obstacles.append(_("The applications are kept until a day within a year from now."))
    if obstacles:
        raise Blocked(obstacles)
    for one in chosen:
        try:
            one.person = people.enter(one.name, one.email, by=by, at=at)
            bodies.appoint(
                call.organization, one.person, role=Role.MEMBER, start=decided_on, decided_by=decided_by.strip(),
                by=by, at=at,
            )  # fmt: skip
        except Blocked as refusal:
            raise Blocked([f"{one.name}: {told}" for told in refusal.obstacles]) from None
        one.save(update_fields=["person"])
    call.decided_on, call.decided_by, call.keep_until = decided_on, decided_by.strip(), keep_until
    call.appointed = len(chosen)
    call.save()
    event = CitizensAppointed(call.pk, len(chosen), call.applications.count(), keep_until)
    journal.write(event, by=by, at=at, about=call)
    return call


@journal.action
def forget(call: CitizenCall, *, by: Any, at: datetime) -> CitizenCall:
    """Delete all applications to a call, and the mails to those who were not chosen; how many there were is kept.

    A call that is still open is closed by it, without a decision. Twice is once.
    """
    call = CitizenCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if call.forgotten_at:
        return call
    gone = tuple(call.applications.values_list("pk", flat=True))
    call.applied, call.forgotten_at = len(gone), at
    call.applications.all().delete()
    call.save()
    journal.write(ApplicationsForgotten(call.pk, gone), by=by, at=at, about=call)
    return call


def _open(call: CitizenCall) -> CitizenCall:
    """The call, held for a change. Raises Blocked once it is closed."""
    found = CitizenCall.objects.select_for_update(of=("self",)).select_related("organization").get(pk=call.pk)
    if not found.is_open:
        raise Blocked([_("The call is closed.")])
    return found


def _kept(call: CitizenCall, application: Application) -> Application:
    """The application as it stands. Raises Blocked for one that has been deleted: nothing brings it back."""
    found = call.applications.filter(pk=application.pk).first()
    if found is None:
        raise Blocked([_("The application has been deleted.")])
    return found
