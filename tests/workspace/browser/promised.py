"""Prepares a committee that has approved its product, and a council with staff. Tells the links of both secretaries.

With `decide` the council approves what was handed over, at a meeting that is over, and lets its minutes be public.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from django.utils import timezone

from raadslag.cli.workspace import login_address, open_workspace

_LONG_AGO = timedelta(days=400)


def main() -> None:
    """Prepare, or decide."""
    open_workspace(None)
    if sys.argv[1:] == ["decide"]:
        _decide()
    else:
        _prepare()


def _prepare() -> None:
    from raadslag.workspace.bodies import actions as bodies
    from raadslag.workspace.people.actions import enter
    from raadslag.workspace.products import actions as products

    now = timezone.now()
    since = (now - _LONG_AGO).date()
    body, committee, secretary = bodies.set_up(
        municipality="Prøvekommunen", short_name="PRV", committee="Opgaveudvalget", classification="task",
        administrator="Prøve Sekretær", email="sekretaer@example.org", at=now,
    )  # fmt: skip
    told = {"by": secretary, "at": now}
    council = bodies.found(
        body, name="Kommunalbestyrelsen", classification="council", parent=None, seats=0, start=since, end=None, **told
    )
    clerk = enter("Prøve Rådssekretær", "raadet@example.org", **told)
    bodies.appoint(council, clerk, role="secretary", start=since, **told)
    for at, where in enumerate((committee, council)):
        person = enter(f"Prøve Medlem {at}", f"medlem{at}@example.org", **told)
        bodies.appoint(where, person, role="member", start=since, **told)
    product = products.begin(committee, "Trygge boligområder", **told)
    products.add(product, kind="focus_area", title="Ensomhed", text="Mange er alene.", **told)
    version = products.freeze(product, "v1.0", **told)
    case = _case(committee, "Godkendelse af produktet", told)
    products.approve(version, _held(committee, case, told, days=-30), **told)
    for who in (secretary, clerk.user):
        sys.stdout.write(f"{who.person.name}  {login_address(who)}\n")


def _decide() -> None:
    from raadslag.workspace.cases import actions as cases
    from raadslag.workspace.followup.models import HandOver
    from raadslag.workspace.publishing import actions

    one = HandOver.objects.select_related("case__organization").get()
    council = one.case.organization
    clerk = council.memberships.get(role="secretary").person.user
    told: dict[str, Any] = {"by": clerk, "at": timezone.now()}
    item = _held(council, cases.move(one.case, "ready", **told), told, days=-2)
    prepared = actions.prepare(item.meeting)
    actions.release_minutes(item.meeting, prepared.identity if prepared else "", **told)
    sys.stdout.write(f"/moede/{item.meeting_id}/{item.pk}/\n")


def _case(organization: Any, title: str, told: dict[str, Any]) -> Any:
    from raadslag.workspace.cases import actions as cases

    case = cases.open_case(organization, title, **told)
    content = {**case.content(), "access": "open", "summary": "Det er færdigt.", "recommended_by": "Forvaltningen"}
    case = cases.save(case, {**content, "points": "det godkendes"}, version=0, **told)
    return cases.move(case, "ready", **told)


def _held(organization: Any, case: Any, told: dict[str, Any], *, days: int) -> Any:
    """The item of a meeting at which the case was approved, that many days from now."""
    from raadslag.workspace.meetings import actions as meetings
    from raadslag.workspace.meetings.models import AgendaItem
    from raadslag.workspace.minutes import actions as minutes

    start = told["at"] + timedelta(days=days)
    meeting = meetings.plan(organization, title="Møde", start=start, end=start + timedelta(hours=2), **told)
    item = meetings.add_case(meeting, case, **told)
    meetings.send_agenda(meeting, late_because="Prøve", **told)
    minutes.open_meeting(meeting, [], **told)
    minutes.set_outcome(item, "approved", **told)
    minutes.start_reading(meeting, **told)
    minutes.tick(item, True, **told)
    minutes.adjourn(meeting, **told)
    return AgendaItem.objects.select_related("meeting").get(pk=item.pk)


if __name__ == "__main__":
    main()
