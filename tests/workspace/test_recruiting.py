"""Citizens for a task committee: called for, applying, proposed, appointed by the council, and forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from raadslag.workspace.bodies import recruiting
from raadslag.workspace.bodies.models import Application, CitizenCall, Membership, Organization
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.messages.models import Mail
from raadslag.workspace.people.models import Person

from .conftest import World

pytestmark = pytest.mark.django_db
Page = Callable[..., Client]


class Search:
    """A call of the committee for two citizens, and what its secretary does."""

    def __init__(self, world: World) -> None:
        self.world, self.told = world, {"by": world["secretary"], "at": world.at}
        self.today: date = timezone.localdate(world.at)
        self.call = self.open()

    def open(self, call: CitizenCall | None = None, **more: Any) -> CitizenCall:
        given = {"text": "Vi søger borgere.", "profiles": "Bor i Ugleparken\nUng under 25", "seats": 2,
                 "deadline": self.today, "seen": (call and recruiting.print_of(call)) or "", **more}  # fmt: skip
        return recruiting.save_call(self.world.committee, call, **given, **self.told)

    def apply(self, who: str, application: Application | None = None, **more: Any) -> Application:
        given = {"name": f"Prøve {who}", "email": f"{who}@example.org", "why": "", "profile": "",
                 "received_on": self.today, "seen": (application and recruiting.print_of(application)) or "",
                 **more}  # fmt: skip
        return recruiting.save_application(self.call, application, **given, **self.told)

    def proposed(self, name: str, **more: Any) -> Application:
        one = self.apply(name, **more)
        recruiting.propose(one, True, **self.told)
        return one

    def decide(self, **more: Any) -> CitizenCall:
        given = {"decided_on": self.today, "decided_by": "Kommunalbestyrelsen, punkt 12",
                 "keep_until": self.today + timedelta(days=90), **more}  # fmt: skip
        return recruiting.decide(self.call, **given, **self.told)

    @property
    def place(self) -> str:
        return self.call.get_absolute_url()


@pytest.fixture
def search(world: World) -> Search:
    return Search(world)


def members(search: Search) -> set[str]:
    rows = Membership.objects.filter(organization=search.world.committee, role="member")
    return set(rows.values_list("person__name", flat=True))


def refused(do: Callable[[], object]) -> list[str]:
    with pytest.raises(Blocked) as refusal:
        do()
    return refusal.value.obstacles


def test_the_council_appoints_and_everyone_is_told(search: Search) -> None:
    before = members(search)
    search.proposed("asta")
    search.proposed("brev", email="")  # came on paper, without an address
    search.apply("carl", why="KANARIEFUGL")
    search.decide()
    assert members(search) - before == {"Prøve asta", "Prøve brev"}
    chosen = Membership.objects.get(person__name="Prøve asta")
    assert (chosen.start, chosen.decided_by) == (search.today, "Kommunalbestyrelsen, punkt 12")
    assert chosen.person.user.email == "asta@example.org"
    assert not Person.objects.filter(email="carl@example.org").exists()
    journal.catch_up()
    welcome, thanks = Mail.objects.get(to="asta@example.org"), Mail.objects.get(to="carl@example.org")
    assert welcome.subject == "Du er medlem af Byrumsudvalget"
    assert (welcome.person, thanks.person) == (chosen.person, None)
    assert "valgt andre" in thanks.body
    assert thanks.is_forgotten_once_sent
    assert Mail.objects.count() == 2
    search.call.refresh_from_db()
    assert (search.call.appointed, search.call.is_open) == (2, False)


def test_who_is_to_be_told_by_letter_is_named_before_and_after_the_decision(search: Search, browser_of: Page) -> None:
    page = browser_of("secretary")
    search.proposed("asta")
    search.apply("brev", email="")
    for decided in (False, True):
        if decided:
            search.decide()
        assert "skal have besked med brev: Prøve brev" in page.get(search.place).content.decode()


def test_an_address_that_is_known_here_is_that_person(search: Search) -> None:
    search.proposed("A. Fremmed", email="STRANGER@example.org")
    search.decide()
    assert Membership.objects.get(person=search.world["user"].person).organization == search.world.committee


def test_what_stands_in_the_way_of_a_decision_and_then_nobody_is_appointed(search: Search) -> None:
    before = members(search)
    search.apply("carl")
    tomorrow, day = search.today + timedelta(days=2), timedelta(days=1)
    assert refused(search.decide) == ["Ingen er indstillet."]
    for name in ("asta", "birk", "dora"):
        search.proposed(name)
    told = refused(lambda: search.decide(decided_on=tomorrow, decided_by=" ", keep_until=search.today - day))
    assert told == [
        "Der er indstillet 3 til 2 pladser.",
        "Skriv, hvilket møde der besluttede det, eller hvor beslutningen findes.",
        "Den dag er ikke kommet endnu.",
        "Ansøgningerne gemmes til en dag inden for det næste år.",
    ]
    assert refused(lambda: search.decide(keep_until=search.today + timedelta(days=400)))[1:] == told[3:]
    recruiting.propose(search.call.applications.get(name="Prøve dora"), False, **search.told)
    taken = Membership.objects.filter(organization=search.world.committee).seated().values("person").distinct().count()
    Organization.objects.filter(pk=search.world.committee.pk).update(seats=taken + 1)
    search.call.refresh_from_db()
    assert refused(search.decide) == ["Prøve birk: Alle pladser er besat."]
    assert members(search) == before
    assert not Person.objects.filter(name="Prøve asta").exists()
    search.call.refresh_from_db()
    assert search.call.is_open


def test_what_stands_in_the_way_of_a_call_and_of_an_application(search: Search) -> None:
    yesterday = search.today - timedelta(days=1)
    assert refused(lambda: search.open(text=" ", seats=0, deadline=yesterday)) == [
        "Skriv, hvad udvalget skal, og hvem I søger.", "Der er mindst én plads.", "Den dag er gået.",
    ]  # fmt: skip
    search.open(search.call, deadline=yesterday)  # a call that runs may have run out
    search.apply("asta")
    told = refused(
        lambda: search.apply(" ", name=" ", email="ASTA@example.org", why="x" * 2001, profile="En anden",
                             received_on=search.today + timedelta(days=2))
    )  # fmt: skip
    assert told == [
        "Skriv navnet.", "Der er en ansøgning med den adresse i forvejen.", "Teksten er for lang.",
        "Vælg en af opslagets profiler.", "Den dag er ikke kommet endnu.",
    ]  # fmt: skip
    late = search.apply("birk", profile="Ung under 25")
    late = search.apply("birk", late, why="Derfor")  # the same address, corrected
    assert (late.is_late, late.why, search.call.applications.count()) == (True, "Derfor", 2)
    recruiting.propose(late, True, **search.told)
    search.decide()
    for again in (search.decide, lambda: search.apply("dora"), lambda: search.open(search.call),
                  lambda: recruiting.propose(late, False, **search.told)):  # fmt: skip
        assert refused(again) == ["Opslaget er lukket."]


def test_who_applied_is_forgotten_and_nothing_of_it_is_left(search: Search) -> None:
    """GDPR 5(1)(e), 17: not in the tables, and it never was in the journal."""
    search.apply("kanariefugl", why="KANARIEFUGL")
    search.proposed("asta", why="KANARIEFUGL")
    search.decide()
    journal.catch_up()
    recruiting.forget(search.call, **search.told)
    recruiting.forget(search.call, **search.told)
    journal.catch_up()
    assert "Prøve asta" in members(search)
    search.call.refresh_from_db()
    assert (search.call.applied, search.call.appointed) == (2, 1)
    assert Mail.objects.filter(to="asta@example.org").exists()
    for model in apps.get_models():
        assert "kanariefugl" not in str(list(model._base_manager.values())).lower(), model
    kinds = list(JournalEntry.objects.filter(kind__startswith="bodies.").values_list("kind", flat=True))
    assert kinds.count("bodies.ApplicationsForgotten") == 1


def test_one_application_is_deleted_for_whoever_asks_for_it_also_after_the_decision(search: Search) -> None:
    one, _asta = search.apply("kanariefugl"), search.proposed("asta")
    search.decide()
    recruiting.remove(one, **search.told)
    assert [left.name for left in search.call.applications.all()] == ["Prøve asta"]
    journal.catch_up()
    assert not Mail.objects.filter(to="kanariefugl@example.org").exists()


def test_the_mail_goes_with_an_application_that_is_deleted_after_it_was_sent(search: Search) -> None:
    """GDPR 17: the mail said that one may ask for it."""
    one, other, _asta = search.apply("kanariefugl"), search.apply("carl"), search.proposed("asta")
    search.decide()
    journal.catch_up()
    assert Mail.objects.filter(to="kanariefugl@example.org").exists()
    recruiting.remove(one, **search.told)
    recruiting.remove(one, **search.told)
    journal.catch_up()
    for model in apps.get_models():
        assert "kanariefugl" not in str(list(model._base_manager.values())).lower(), model
    assert Mail.objects.filter(to="carl@example.org").exists()
    assert Mail.objects.filter(to="asta@example.org").exists()
    assert JournalEntry.objects.filter(values__what="deleted").count() == 1
    recruiting.forget(CitizenCall.objects.get(pk=other.call_id), **search.told)
    journal.catch_up()
    assert not Mail.objects.filter(to="carl@example.org").exists()


def test_an_application_that_was_deleted_meanwhile_is_not_brought_back(search: Search) -> None:
    one = search.apply("kanariefugl")
    stale = Application.objects.select_related("call").get(pk=one.pk)
    recruiting.remove(one, **search.told)
    assert refused(lambda: search.apply("kanariefugl", stale)) == ["Ansøgningen er slettet."]
    assert refused(lambda: recruiting.propose(stale, True, **search.told)) == ["Ansøgningen er slettet."]
    assert not Application.objects.exists()


def test_two_who_correct_at_once_see_both(search: Search, browser_of: Page) -> None:
    """I23: nobody's words are written over unseen."""
    one, at = search.apply("asta", why="Før"), [search.world.committee.pk, search.call.pk]
    place, page = reverse("bodies:application", args=[*at, one.pk]), browser_of("secretary")
    fields = {
        "name": "Prøve asta",
        "email": "",
        "received_on": f"{search.today:%Y-%m-%d}",
        "seen": recruiting.print_of(one),
    }
    search.apply("asta", one, why="Den enes ord")
    told = page.post(place, {**fields, "why": "Den andens ord"})
    assert told.status_code == 422
    for words in ("Den enes ord", "Den andens ord", "En anden har gemt"):
        assert words in told.content.decode()
    again = re.search(r'name="seen" value="(\w+)"', told.content.decode())
    assert again
    assert page.post(place, {**fields, "why": "Begges ord", "seen": again[1]}).status_code == 302
    assert search.call.applications.get().why == "Begges ord"
    fields = {
        "text": "Den andens ord",
        "seats": "2",
        "deadline": f"{search.today:%Y-%m-%d}",
        "seen": recruiting.print_of(search.call),
    }
    search.open(search.call, text="Den enes ord")
    told = page.post(reverse("bodies:call-set", args=at), fields)
    assert told.status_code == 422
    for words in ("Den enes ord", "Den andens ord", "En anden har gemt"):
        assert words in told.content.decode()
    search.call.refresh_from_db()
    assert search.call.text == "Den enes ord"


def test_a_correction_leaves_alone_what_others_did_meanwhile(search: Search) -> None:
    stale = search.apply("asta", profile="Ung under 25")
    recruiting.propose(stale, True, **search.told)
    search.open(search.call, profiles="Bor i Ugleparken")  # nobody is asked for "Ung under 25" any more
    search.apply("asta", stale, profile="Ung under 25", why="Derfor")
    kept = search.call.applications.get()
    assert (kept.is_proposed, kept.profile, kept.why) == (True, "Ung under 25", "Derfor")


def test_a_call_is_closed_without_a_decision(search: Search) -> None:
    before = members(search)
    search.proposed("asta")
    recruiting.forget(search.call, **search.told)
    assert refused(search.decide) == ["Opslaget er lukket."]
    journal.catch_up()
    assert members(search) == before
    assert not Mail.objects.exists()


def test_the_pages_from_the_call_to_the_decision(search: Search, browser_of: Page) -> None:
    secretary, committee = browser_of("secretary"), search.world.committee.pk
    calls = reverse("bodies:calls", args=[committee])
    assert calls in secretary.get(search.world.committee.get_absolute_url()).content.decode()
    new = reverse("bodies:call-new", args=[committee])
    assert secretary.post(new, {"text": "Ny", "seats": "0", "deadline": "2000-01-01"}).status_code == 422
    fields = {"text": "Ny", "seats": "1", "deadline": f"{search.today:%Y-%m-%d}", "profiles": "Bor her"}
    assert secretary.post(new, fields).status_code == 302
    call = CitizenCall.objects.exclude(pk=search.call.pk).get()
    at = [committee, call.pk]
    apply = reverse("bodies:apply", args=at)
    day = {"received_on": f"{search.today:%Y-%m-%d}"}
    page = secretary.post(apply, {"name": "Prøve Borger", "email": "ikke en adresse", **day})
    assert page.status_code == 422
    assert "ikke en adresse" in page.content.decode()
    secretary.post(apply, {"name": "Prøve Borger", "email": "b@example.org", "profile": "Bor her", "why": "Ja", **day})
    one = call.applications.get()
    own = reverse("bodies:application", args=[*at, one.pk])
    changed = {"name": "Prøve Borger", "email": "b@example.org", "profile": "Bor her", "why": "Jo", **day}
    assert secretary.post(own, {**changed, "seen": recruiting.print_of(one)}).status_code == 302
    setting = reverse("bodies:application-set", args=[*at, one.pk])
    assert secretary.post(setting, {"do": "propose"}).status_code == 302
    nomination = secretary.get(reverse("bodies:nomination", args=at)).content.decode()
    assert "Prøve Borger" in nomination
    assert "b@example.org" not in nomination
    assert "1 person er indstillet" in secretary.get(call.get_absolute_url()).content.decode()
    decision = {"decided_on": f"{search.today:%Y-%m-%d}", "decided_by": "", "keep_until": f"{search.today:%Y-%m-%d}"}
    assert secretary.post(reverse("bodies:decide", args=at), decision).status_code == 422
    secretary.post(reverse("bodies:decide", args=at), {**decision, "decided_by": "Rådet"})
    assert "Prøve Borger" in members(search)
    page = secretary.get(call.get_absolute_url()).content.decode()
    assert "ansøgningerne gemmes til" in page
    CitizenCall.objects.filter(pk=call.pk).update(keep_until=search.today - timedelta(days=3))
    assert "Slet ansøgningerne" in secretary.get("/").content.decode()
    assert "Slet dem nu" in secretary.get(call.get_absolute_url()).content.decode()
    secretary.post(reverse("bodies:forget", args=at))
    assert "1 ansøgning, slettet" in secretary.get(call.get_absolute_url()).content.decode()
    assert "Slet ansøgningerne" not in secretary.get("/").content.decode()


def test_what_the_council_never_decides_is_not_kept_for_ever(search: Search, browser_of: Page) -> None:
    """GDPR 5(1)(e)."""
    search.proposed("borger")
    kept = search.today + recruiting.KEPT_UNDECIDED
    assert (search.call.keep_until, CitizenCall.objects.overdue(kept).exists()) == (kept, False)
    assert list(CitizenCall.objects.overdue(kept + timedelta(days=1))) == [search.call]
    later = search.open(search.call, deadline=search.today + timedelta(days=10))
    assert later.keep_until == kept + timedelta(days=10)
    assert search.decide().keep_until == search.today + timedelta(days=90)
    assert "ansøgningerne gemmes til" in browser_of("secretary").get(search.place).content.decode()


def test_nobody_else_sees_who_applied(search: Search, browser_of: Page) -> None:
    search.proposed("kanariefugl")
    nomination = reverse("bodies:nomination", args=[search.world.committee.pk, search.call.pk])
    for name in ("secretary", "administrator", "chair"):
        assert "kanariefugl" in browser_of(name).get(search.place).content.decode()
        assert browser_of(name, "low").get(search.place).status_code == 403
    page = browser_of("chair").get(search.place).content.decode()
    for words in ("Indstil ikke", "Skriv beslutningen ind", "Slet ansøgningerne", "Skriv en ansøgning ind"):
        assert words not in page
    for name in ("vice_chair", "member", "case_worker", "observer", "mayor", "councillor", "user"):
        for place in (search.place, nomination):
            assert browser_of(name).get(place).status_code == 404, name
        for place in ("/", search.world.committee.get_absolute_url(), "/soeg/?q=kanariefugl"):
            assert "Prøve kanariefugl" not in browser_of(name).get(place).content.decode()
    other = search.world.found("Et andet udvalg", "task")
    elsewhere = reverse("bodies:call", args=[other.pk, search.call.pk])
    assert browser_of("administrator").get(elsewhere).status_code == 404
    standing = search.world.found("Teknisk udvalg", "standing")
    assert browser_of("administrator").get(reverse("bodies:calls", args=[standing.pk])).status_code == 404


def test_the_page_of_a_call_costs_the_same_for_one_and_for_many(search: Search, browser_of: Page) -> None:
    page, costs = browser_of("secretary"), []
    calls = reverse("bodies:calls", args=[search.world.committee.pk])
    for last in (1, 6):
        for number in range(last):
            search.proposed(f"borger{last}x{number}")
            search.open()
        for place in (search.place, calls):
            page.get(place)
        with CaptureQueriesContext(connection) as queries:
            page.get(search.place)
            page.get(calls)
            page.get("/")
        costs.append(len(queries))
    assert costs[0] == costs[1]
