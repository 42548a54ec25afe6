"""Every address as every role in every state answers as the access table says (I10), and no id can be guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.db import transaction
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone

from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies import recruiting
from raadslag.workspace.bodies.models import Membership, Organization
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.closing import evaluating
from raadslag.workspace.closing.models import Evaluation
from raadslag.workspace.common.access import outcome, table
from raadslag.workspace.common.checks import routes
from raadslag.workspace.common.gate import Gate
from raadslag.workspace.deliberation import actions as deliberation
from raadslag.workspace.deliberation.models import Round
from raadslag.workspace.deliberation.sessions import actions as sessions
from raadslag.workspace.deliberation.sessions import board, methods, saying
from raadslag.workspace.followup import actions as followup
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings import group_notes
from raadslag.workspace.meetings.models import Invitation, Meeting
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.minutes import composing
from raadslag.workspace.people.models import User
from raadslag.workspace.products import actions as products
from raadslag.workspace.products.models import Product
from raadslag.workspace.publishing.models import ImportedPaper

from .conftest import World

# Pages of the login library and of the workspace that are the same for everyone, or that need no object.
LIBRARY = ("account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect", "saml_")
PERSONS = (
    "secretary", "case_worker", "facilitator", "host", "observer", "chair", "vice_chair", "member", "substitute",
    "called", "reader", "mayor", "councillor", "administrator", "user", "disqualified", "grouped",
)  # fmt: skip


class Address(NamedTuple):
    """An address, the state of what it is about, and who of the persons is barred from that."""

    route: str
    path: str
    state: str


@pytest.fixture
def addresses(world: World) -> list[Address]:
    """An address for every route and every state of its object."""
    world.appoint("called", "substitute", world.committee)
    world.appoint("disqualified", "member", world.committee)
    barred = world["disqualified"].person
    found: list[Address] = []

    def add(names: list[str], of_state: str, **arguments: Any) -> None:
        found.extend(Address(name, _path(name, arguments), of_state) for name in names)

    by_kind: dict[str, list[str]] = {}
    for route, kind in table().subjects.items():
        if not route.startswith(LIBRARY) and route not in ("static", "people:link", "desk:stop-mail"):
            by_kind.setdefault(kind, []).append(route)
    for state in table().states["imported"]:
        paper = ImportedPaper.objects.create(
            organization=world.committee, sha256=state.ljust(64, "0"), name="referat.txt", media_type="text/plain",
            size=1, state=state, brought_at=world.at, brought_by=world["secretary"],
        )  # fmt: skip
        add(by_kind["imported"], state, organization=world.committee.pk, paper=paper.pk)
    add_products(world, add, by_kind)
    add_group(world, add, by_kind)
    add_call(world, add, by_kind)
    add_session(world, add, by_kind)
    add_evaluations(world, add, by_kind)
    person = world["observer"].person
    seat = world.committee.memberships.get(role="host")
    for kind in ("everyone", "self", "body", "organization"):
        extra = {"organization": world.committee.pk, "membership": seat.pk, "pk": person.pk, "what": "nothing",
                 "release": uuid4(), "name": "agenda_days", "code": "da", "receipt": uuid4(), "note": uuid4(),
                 "group": world.committee.groups.get().pk}  # fmt: skip
        add(by_kind[kind], "any", **extra)
    for state, make in (("open", world.case), ("closed", world.closed_case)):
        case = make(state="draft")
        cases.bar(case, barred, "Prøve", by=world["secretary"], at=world.at)
        attachment = cases.attach(case, b"Et bilag", "bilag.txt", by=world["secretary"], at=world.at)
        if state == "open":
            cases.change_attachment(attachment, title="Bilag", access="open", by=world["secretary"], at=world.at)
        add([*by_kind["case"], *by_kind["attachment"]], state, case=case.pk, attachment=attachment.pk, number=1,
            state="nowhere")  # fmt: skip
    for number, state in enumerate(("planned", "called", "sent", "in_progress", "reading", "adjourned", "cancelled")):
        meeting = world.meeting(days=40 + number)
        items = {}
        for access, make in (("open", world.case), ("closed", world.closed_case)):
            case = make()
            cases.bar(case, barred, "Prøve", by=world["secretary"], at=world.at)
            attachment = cases.attach(case, b"Et bilag", "bilag.txt", by=world["secretary"], at=world.at)
            if access == "open":
                cases.change_attachment(attachment, title="Bilag", access="open", by=world["secretary"], at=world.at)
            items[access] = (meetings.add_case(meeting, case, by=world["secretary"], at=world.at), attachment)
        if state in ("called", "cancelled"):
            meetings.call(meeting, by=world["secretary"], at=world.at)
        if state in ("sent", "in_progress", "reading", "adjourned"):
            meetings.send_agenda(meeting, by=world["secretary"], at=world.at)
        if state != "planned":
            Invitation.objects.create(
                meeting=meeting, person=world["called"].person, is_seated=True, called_at=world.at,
                substitute_for=world["second"].person,
            )  # fmt: skip
        if state == "cancelled":
            meetings.cancel(meeting, "Prøve", by=world["secretary"], at=world.at)
        if state in ("in_progress", "reading", "adjourned"):
            _hold(meeting, state, world)
        invitation = Invitation.objects.filter(meeting=meeting).first()
        add(by_kind["meeting"], state, meeting=meeting.pk, release=uuid4(), attachment=items["open"][1].pk,
            invitation=invitation.pk if invitation else uuid4(),
            number=1, person=person.pk)  # fmt: skip
        if state == "adjourned":
            add_commitments(world, add, by_kind, {access: item for access, (item, _file) in items.items()})
        if state in ("planned", "sent"):
            for access, (item, attachment) in items.items():
                add([*by_kind["item"], *by_kind["paper"]], f"{access}_{state}", meeting=meeting.pk, item=item.pk,
                    attachment=attachment.pk, question=uuid4(), entry=uuid4(), ballot=uuid4(),
                    note=uuid4())  # fmt: skip
    return found


def add_products(world: World, add: Any, by_kind: dict[str, list[str]]) -> None:
    """A product in each of its states, with a part, a proposal and a version."""
    group, told = world.found("Skrivegruppen", "writing", world.committee), {"by": world["secretary"], "at": world.at}
    world.appoint("grouped", "member", group)
    for state in table().states["product"]:
        one = products.begin(world.committee, "Et produkt", **told)
        part = products.add(one, kind="text", title="En del", text="Før.", **told)
        products.assign(part, group, [], **told)
        proposal = products.propose(part, title="En del", text="Nu.", base=1, **told)
        version = products.freeze(one, "v0.1", **told)
        deliberation.invite(one, timezone.localdate(), **told)
        said = deliberation.comment(one, part, kind="support", text="Ja.", **told)
        facts = {"columns": ["År", "Antal"], "rows": [["2016", "12"]]}
        content = {"title": "Antal", "text": "", "table": facts, "chart": "bars", "source": "Optalt", "source_on": None,
                   "made_by": "Prøve"}  # fmt: skip
        note = deliberation.save_note(one, None, content, **told)
        gap = deliberation.note_gap(one, text="Hvor mange?", asked_by="Prøve", **told)
        Product.objects.filter(pk=one.pk).update(state=state)
        kinds = [name for kind in ("product", "element", "proposal", "version", "said") for name in by_kind[kind]]
        add(kinds, state, product=one.pk, element=part.pk, proposal=proposal.pk, label=version.label, form="json",
            number=1, contribution=said.pk, release=uuid4(), note=note.pk, gap=gap.pk)  # fmt: skip


def add_commitments(world: World, add: Any, by_kind: dict[str, list[str]], items: dict[str, Any]) -> None:
    """What was promised at an open and at a closed item, on the ground of what a group made."""
    told = {"by": world["secretary"], "at": world.at}
    one = products.begin(world.committee.groups.get(), "Gruppens produkt", **told)
    products.add(one, kind="text", title="En del", **told)
    version = products.freeze(one, "v0.1", **told)
    for state, item in items.items():
        made = followup.commit(
            item, text="Det gøres.", unit="Teknik", responsible=world["case_worker"],
            due=timezone.localdate() + timedelta(days=400), **told,
        )  # fmt: skip
        Commitment.objects.filter(pk=made.pk).update(origin=version)
        add(by_kind["commitment"], state, commitment=made.pk, release=uuid4())


def add_group(world: World, add: Any, by_kind: dict[str, list[str]]) -> None:
    """A group of the committee with a note that waits, and somebody from outside who is asked to take part."""
    group, told = world.committee.groups.get(), {"by": world["secretary"], "at": world.at}
    note = group_notes.save(group, "Vi har mødtes.", **told).note
    group_notes.hand_over(note, version=1, **told)
    asked = bodies.invite(group, world["user"].person, **told)
    add(by_kind["group"], "any", organization=group.pk, note=note.pk)
    add(by_kind["group_invitation"], "any", invitation=asked.pk)


def add_call(world: World, add: Any, by_kind: dict[str, list[str]]) -> None:
    """A call for citizens to which somebody has applied."""
    told = {"by": world["secretary"], "at": world.at}
    today = timezone.localdate()
    call = recruiting.save_call(world.committee, None, text="Kom", profiles="", seats=1, deadline=today, **told)
    one = recruiting.save_application(
        call, None, name="Prøve Borger", email="", why="", profile="", received_on=today, **told
    )  # fmt: skip
    add(by_kind["recruiting"], "any", organization=world.committee.pk)
    add(by_kind["call"], "any", organization=world.committee.pk, call=call.pk, application=one.pk)


def add_session(world: World, add: Any, by_kind: dict[str, list[str]]) -> None:
    """A deliberation that goes on, and one that is over; a method of the municipality's own."""
    told = {"by": world["secretary"], "at": world.at}
    plan = methods.of_template("two-rounds")
    for number, state in enumerate(table().states["session"]):
        product = products.begin(world.committee, "Et udkast", **told)
        session = sessions.prepare(world.meeting(days=90 + number), product, plan, method="To runder", **told)
        one = session.rounds.get(number=2)
        Round.objects.filter(pk=one.pk).update(state="open", opened_at=world.at)
        said = saying.say(one.stations.first(), kind="support", text="Ja.", at=world.at)
        card = board.word(session, None, kind="task", text="Spørg", **told)
        Round.objects.filter(pk=one.pk).update(state="planned", opened_at=None)
        if state == "closed":
            sessions.close(session, **told)
        add(by_kind["session"], state, session=session.pk, round=one.pk, station=one.stations.first().pk,
            contribution=said.pk, card=card.pk, what="plakater")  # fmt: skip
    method = sessions.save_method(world.body, None, name="Vores", plan=plan, **told)
    add(by_kind["method"], "any", organization=world.committee.pk, method=method.pk)


def add_evaluations(world: World, add: Any, by_kind: dict[str, list[str]]) -> None:
    """An evaluation in each of its states, each of a committee in which everybody is what he is in the first."""
    for state in table().states["evaluation"]:
        one = world.found(f"Udvalg {state}", "task")
        for seat in world.committee.memberships.all():
            Membership.objects.create(organization=one, person=seat.person, role=seat.role, start=seat.start)
        at = world.at + timedelta(days=200)
        meeting = Meeting.objects.create(organization=one, title="Møde", start=at, end=at + timedelta(hours=2))
        Invitation.objects.create(
            meeting=meeting, person=world["called"].person, is_seated=True, called_at=world.at,
            substitute_for=world["second"].person,
        )  # fmt: skip
        if state != "none":
            made = evaluating.prepare(one, evaluating.our_questions(), by=world["secretary"], at=world.at)
            is_read = state == "closed"
            Evaluation.objects.filter(pk=made.pk).update(
                state=state, public_key=bytes(32), is_read=is_read, counts=[[1] * 6] * 6 if is_read else []
            )
        add(by_kind["evaluation"], state, organization=one.pk, number=1)


def _hold(meeting: Meeting, state: str, world: World) -> None:
    """Hold the meeting as far as that state."""
    told = {"by": world["secretary"], "at": world.at}
    minutes.open_meeting(meeting, [], **told)
    if state == "in_progress":
        return
    for item in composing.items_of(meeting):
        minutes.set_outcome(item, "approved", **told)
    minutes.start_reading(meeting, **told)
    if state == "adjourned":
        for item in composing.items_of(meeting):
            minutes.tick(item, True, **told)
        minutes.adjourn(meeting, **told)


def _path(name: str, arguments: dict[str, Any]) -> str:
    """The address of a route, from those of the arguments that it takes."""
    from django.urls import get_resolver

    resolver = get_resolver()
    namespace, _, own = name.rpartition(":")
    if namespace:
        resolver = dict(resolver.namespace_dict)[namespace][1]
    names = resolver.reverse_dict.getlist(own)[0][0][0][1]
    return reverse(name, kwargs={one: arguments[one] for one in names})


def _roles(name: str, kind: str, state: str) -> set[str]:
    """What a person is towards the thing, said by hand: the person's own name, and what goes with it."""
    roles = {"user", "anyone"} if kind in ("everyone", "self", "body") else {"user"}
    if name == "called":
        roles |= {"substitute"} | (
            {"called"} if kind in ("meeting", "item", "paper", "evaluation") and state != "planned" else set()
        )
        if state.endswith("_planned"):
            roles -= {"called"}
    elif name == "disqualified":
        roles |= {"member"} | (
            {"disqualified"} if kind in ("case", "attachment", "item", "paper", "commitment") else set()
        )
    elif name == "grouped":  # of the writing group that was given the part
        of_product = kind in ("product", "element", "proposal", "version", "said")
        roles |= {"grouped"} if of_product else {"member"} if kind == "body" else set()
        roles |= {"writer"} if kind in ("element", "proposal") else set()
    elif name == "mayor":
        roles |= {"mayor", "councillor"}
    elif name == "councillor":
        roles |= {"councillor"} if kind != "body" else {"member"}
    else:
        roles |= {name}
    if kind in ("group", "group_invitation"):  # what one is in the committee counts for nothing there, but for one
        of_group = {"secretary": {"parent_secretary"}, "grouped": {"member"}, "administrator": {"administrator"},
                    "mayor": {"mayor", "councillor"}, "councillor": {"councillor"}}  # fmt: skip
        invited = {"invited"} if kind == "group_invitation" and name == "user" else set()
        return {"user"} | of_group.get(name, set()) | invited
    if kind in ("element", "proposal") and name in ("secretary", "case_worker"):
        roles |= {"writer"}
    if kind == "commitment" and name == "case_worker":
        roles |= {"responsible"}
    if kind == "commitment" and name == "grouped":  # of the group whose product it stems from
        roles |= {"origin"}
    if kind == "said" and name == "secretary":  # who wrote the comment
        roles |= {"author"}
    return roles


def _answer(client: Client | Asking, path: str) -> str:
    """ "granted", "secured", "assured", "not_found" or "login", by what comes back. What it changes is taken back."""
    with transaction.atomic():
        given = client.get(path)
        if given.status_code == 302 and path.startswith(given.headers["Location"]):  # led up: it takes no GET
            given = client.post(path, {})
        transaction.set_rollback(True)
    if given.status_code == 403:
        return "secured" if reverse("mfa_index") in given.content.decode() else "assured"
    if given.status_code in (401, 302) and given.headers.get("Location", "/konto/ind/").startswith("/konto/ind/"):
        return "login"
    return "not_found" if given.status_code == 404 else "granted"


class Asking:
    """Who asks at the gate itself, logged in at a level. Before it there is only what tells it who asks, and behind it
    nothing: who is let through is told so without a page being made. Of the pages themselves the other tests tell."""

    def __init__(self, user: Any, level: str) -> None:
        assert "raadslag.workspace.common.gate.Gate" in settings.MIDDLEWARE
        self._gate, self._requests = Gate(lambda _: HttpResponse(status=204)), RequestFactory()
        self._user, self._level = user, level

    def get(self, path: str) -> HttpResponse:
        """What the gate answers."""
        request = self._requests.get(path)
        request.user, request.session, request.resolver_match = self._user, {"level": self._level}, resolve(path)
        met = request.resolver_match
        try:
            return self._gate.process_view(request, met.func, met.args, met.kwargs) or HttpResponse(status=204)
        except Http404:
            return HttpResponse(status=404)


def _expected(name: str, address: Address, level: str) -> str:
    met = outcome(address.route, _roles(name, table().subjects[address.route], address.state), address.state)
    return "granted" if met in ("assured", "secured") and level == "substantial" else met


@pytest.mark.slow
@pytest.mark.parametrize("level", ["low", "substantial"])
def test_each_address_answers_each_role_as_the_table_says(world: World, addresses: list[Address], level: str) -> None:
    reached = {address.route for address in addresses}
    wanted = {route for route in table().subjects if not route.startswith(LIBRARY)}
    assert wanted - reached == {"static", "people:link", "desk:stop-mail"}
    wrong = []
    for name in PERSONS:
        asking = Asking(User.objects.get(pk=world[name].pk), level)
        for address in addresses:
            expected, got = _expected(name, address, level), _answer(asking, address.path)
            if got != expected:
                wrong.append((name, address.route, address.state, expected, got))
    assert wrong[:20] == []


@pytest.mark.slow
@pytest.mark.parametrize("level", ["low", "substantial"])
def test_whom_the_gate_lets_through_the_page_answers(
    addresses: list[Address], browser_of: Callable[..., Client], level: str
) -> None:
    """The pages themselves, each asked for by one to whom it is granted: none of them finds another answer."""
    browsers = {name: browser_of(name, level) for name in PERSONS}
    wrong = []
    for address in addresses:
        name = next((name for name in PERSONS if _expected(name, address, level) == "granted"), None)
        if name is None or address.route in MAY_BE_MISSING:
            continue
        if (got := _answer(browsers[name], address.path)) != "granted":
            wrong.append((name, address.route, address.state, got))
    assert wrong[:20] == []


@pytest.mark.slow
def test_in_a_committee_that_was_closed_nobody_comes_to_where_one_writes(
    world: World, addresses: list[Address], browser_of: Callable[..., Client]
) -> None:
    """Each address either takes nothing from anybody, or says that the work is over, or is one of those that stay."""
    Organization.objects.exclude(parent=None, classification="council").update(closed_at=world.at)
    browsers = {name: browser_of(name) for name in PERSONS}
    wrong = []
    for address in addresses:
        kind = table().subjects[address.route]
        if kind in ("everyone", "self", "body") or address.route in STAYS:
            continue
        for name in PERSONS:
            before = outcome(address.route, _roles(name, kind, address.state), address.state)
            after = outcome(address.route, _roles(name, kind, address.state) | {"after_closing"}, address.state)
            assert (after == "not_found") == (before == "not_found"), (name, address)
            assert after in (before, "closed"), (name, address)
            if after == "not_found":
                continue
            with transaction.atomic():
                got = browsers[name].post(address.path, {})
                transaction.set_rollback(True)
            expected = (403,) if after == "closed" else (405, 302)  # led up from what takes no POST
            if got.status_code not in expected:
                wrong.append((name, address.route, address.state, got.status_code))
            break  # the others meet the same
    assert wrong[:20] == []


STAYS = {
    "closing:reopen",
    "sessions:methods",  # which are the municipality's
    "sessions:method",
    "bodies:end-membership",
    "bodies:forget",
    *(f"followup:{name}" for name in ("hand-over", "commit", "reword", "report")),
    *(f"publishing:{name}" for name in (
        "organization-release", "organization-see", "organization-withdraw", "release", "release-agenda", "see",
        "withdraw", "withdraw-all", "redact", "face", "open-after", "hold", "lift", "version-release", "version-see",
        "version-withdraw", "commitment-release", "commitment-see", "commitment-withdraw",
    )),
}  # fmt: skip
"""Where something is done after a committee was closed: what is public is let out and taken back, a role ends,
applications are deleted, what the committee approved goes to the council and is followed up, and the committee is
opened again."""


MAY_BE_MISSING = {
    "metrics",  # for a program on this machine or with the token, and else nowhere
    "bodies:first-run",  # there is none once the workspace is set up
    "people:person-set",  # asked for a switch that there is not
    "bodies:end-membership",  # the first to end it ends it
    "bodies:application-set",  # told to do nothing that there is
    "reading:answer",  # asked for a question that there is not
    "reading:note",  # each has his own, and others' are not there for him
    "meetings:substitute",
    "meetings:answer-for",
    "meetings:cancel",
    "publishing:import-source",  # the bytes of a paper that nobody brought
    "publishing:organization-see",
    "publishing:organization-withdraw",
    "publishing:commitment-see",
    "publishing:commitment-withdraw",
    "publishing:version-see",
    "publishing:version-withdraw",
    "publishing:see",
    "publishing:shown",
    "publishing:withdraw",
    "sessions:station",  # a code that opens nothing
    "sessions:receipt",
    "sessions:round-set",  # asked for nothing that there is
    "sessions:card-set",
    "products:move",  # asked for a place that there is not
    *(
        f"minutes:{name}"
        for name in (
            "happen",
            "undo",
            "sign",  # who took no part
            "sign-paper",
            "shared-sign",  # no tablet that goes round
            "save",
            "remove",
            "ballot-set",
            "vote",
            "dissent",
            "item-agenda",
            "insert-note",
            "substitute",
            "agenda-add",
            "next-meeting",  # asked for what there is not
        )
    ),
}


def test_who_has_not_logged_in_is_led_to_the_login_whatever_is_there(
    addresses: list[Address], browser_of: Callable[..., Client]
) -> None:
    client = browser_of()
    for address in addresses:
        if table().subjects[address.route] == "everyone":
            continue
        there = client.get(address.path)
        assert there.status_code == 302, address
        assert there.headers["Location"].startswith("/konto/ind/"), address


def test_what_one_may_not_see_and_what_there_is_not_are_answered_alike(
    world: World, addresses: list[Address], browser_of: Callable[..., Client]
) -> None:
    """I2: a guessed id tells nothing, not even by a byte."""
    client = browser_of("user")
    for address in addresses:
        match = resolve(address.path)
        guessed = {
            name: uuid4() for name, value in match.kwargs.items() if name in ("case", "meeting", "item", "paper")
        }
        if not guessed:
            continue
        there = client.get(address.path)
        nowhere = client.get(_path(address.route, {**match.kwargs, **guessed}))
        assert there.status_code == nowhere.status_code == 404, address
        assert _plain(there.content, address.path) == _plain(nowhere.content, nowhere.request["PATH_INFO"]), address


def _plain(page: bytes, path: str) -> bytes:
    """A page without its own address, and without the key of its forms, which is another each time."""
    return re.sub(rb'(?<=name="csrfmiddlewaretoken" value=")\w+', b"", page.replace(path.encode(), b""))


def test_every_route_is_declared() -> None:
    assert [str(one) for one in run_checks() if one.id in ("raadslag.E001", "raadslag.E002")] == []
    assert len(set(routes())) > 60


def test_an_undeclared_route_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = table()
    fewer = {name: kind for name, kind in told.subjects.items() if name != "cases:case"}
    monkeypatch.setattr("raadslag.workspace.common.checks.table", lambda: told._replace(subjects=fewer))
    assert [one.msg for one in run_checks() if one.id == "raadslag.E001"] == ["route cases:case is not in access.toml"]


def test_a_fault_in_the_check_means_closed(
    world: World, browser_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """I3."""
    case = world.case()
    client = browser_of("case_worker")
    assert client.get(case.get_absolute_url()).status_code == 200

    def fail(*_: Any) -> None:
        raise OSError("broken")

    monkeypatch.setattr("raadslag.workspace.common.gate.access.outcome", fail)
    assert client.get(case.get_absolute_url()).status_code == 404
