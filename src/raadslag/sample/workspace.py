"""Prøvekommunen at work: the sample municipality in a workspace, with people who can log in.

The course is that of the papers in this package; the days are counted from the day on which it is filled, so that
there is always a next meeting. Every name, place and sentence was written for this project.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from django.utils import timezone

from raadslag.core.text import plain
from raadslag.sample import evening, fourth, later, papers
from raadslag.sample.played import attached, written
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import Body, Organization, Role
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Case
from raadslag.workspace.common import journal
from raadslag.workspace.deliberation import actions as deliberation
from raadslag.workspace.deliberation import answering
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings import group_notes
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.people.actions import enter
from raadslag.workspace.people.models import Person, User
from raadslag.workspace.products import actions as products
from raadslag.workspace.products.models import Element, Product
from raadslag.workspace.products.reading import parts_of
from raadslag.workspace.reading import notes

BODY = "Prøvekommunen"
COMMITTEE = "Opgaveudvalget Trygge boligområder"
LOGINS = (
    ("Prøve Sekretær", "sekretaer@example.org", Role.SECRETARY),
    ("Prøve Formand", "formand@example.org", Role.CHAIR),
    ("Prøve Facilitator", "facilitator@example.org", Role.FACILITATOR),
    ("Prøve Standvært", "standvaert@example.org", Role.HOST),
    ("Prøve Sagsbehandler", "sagsbehandler@example.org", Role.CASE_WORKER),
    ("Prøve Medlem Et", "medlem1@example.org", Role.MEMBER),
    ("Prøve Medlem To", "medlem2@example.org", Role.MEMBER),
    ("Prøve Medlem Tre", "medlem3@example.org", Role.MEMBER),
    ("Prøve Medlem Fire", "medlem4@example.org", Role.MEMBER),
    ("Prøve Suppleant", "suppleant@example.org", Role.SUBSTITUTE),
)
_COUNCILLORS = ("Asta Holmen", "Birgit Fuglsang-Lind", "Carl Ravnsbjerg", "Ditte Vesterlund")
_CITIZENS = ("Ejnar Tofte", "Freja Lundager", "Gorm Skovrup", "Helle Bakkegård", "Ivan Mosevang", "Jytte Kærsgård")
_TASKS = (
    "At skabe overblik over udfordringerne i kommunens boligområder",
    "At formulere ti principper for trygge boligområder",
    "At give eksempler på tiltag, der følger principperne",
)


_AHEAD = timedelta(days=15)  # from when the agenda is sent until the fifth meeting
_BETWEEN = timedelta(days=32)  # from the fourth meeting to the fifth


class Scene(StrEnum):
    """What a visitor comes to: the fifth meeting ahead, its evening at 18.52, or the first reports."""

    AHEAD = "ahead"
    EVENING = "evening"
    LATER = "later"


def fill(*, at: datetime | None = None, scene: Scene = Scene.AHEAD) -> dict[str, User]:
    """Fill an empty workspace, and give the sample's users by name; where it is filled already, only give them."""
    at = at or timezone.now()
    if not Body.objects.exists():
        fifth = {
            Scene.AHEAD: None, Scene.EVENING: evening.starts(at), Scene.LATER: _monday_at_five(at - later.TAKES)
        }[scene]  # fmt: skip
        with journal.acting():
            committee = _fill(fifth - _AHEAD if fifth else at, fifth)
        if fifth:
            evening.play(committee, Meeting.objects.get(title="5. møde"))
        if fifth and scene == Scene.LATER:
            later.play(committee, fifth + evening.NOW)
    known = User.objects.filter(email__endswith="@example.org").select_related("person")
    names = [*(name for name, _email, _role in LOGINS), "Prøve Administrator"]
    users = {user.person.name: user for user in known}
    return {name: users[name] for name in names if name in users}


def _fill(at: datetime, fifth: datetime | None) -> Organization:
    """The committee as it is when the agenda of its fifth meeting is sent; where it is said when that starts, its sixth
    is called there."""
    today = timezone.localtime(at).date()
    since = today - timedelta(days=330)
    told: dict[str, Any] = {"at": at - timedelta(days=330)}
    made = bodies.set_up(
        municipality=BODY, short_name="PRV", committee=COMMITTEE, classification="task",
        administrator="Prøve Administrator", email="administrator@example.org", **told,
    )  # fmt: skip
    body, committee = made.body, made.organization
    told["by"] = enter(LOGINS[0][0], LOGINS[0][1], by=made.administrator, **told).user
    Organization.objects.filter(pk=committee.pk).update(start=since, seats=15)
    committee.refresh_from_db()
    council = bodies.found(
        body, name="Kommunalbestyrelsen", classification="council", parent=None, seats=0, start=since, end=None, **told
    )
    people = _appoint(committee, council, since, told)
    bodies.adopt_mandate(
        committee,
        purpose="Udvalget skal give kommunalbestyrelsen et samlet forslag til, hvordan boligområderne bliver trygge.",
        tasks=_TASKS, composition="10 borgere og 5 medlemmer af kommunalbestyrelsen.",
        decided_by="Kommunalbestyrelsen", decided_on=since, **told,
    )  # fmt: skip
    _groups(body, committee, people, since, told)
    bodies.set_policy(
        body, None, "closed_at_low_level", True, since=since, **told,
        reason="Eksempel: prøvedata uden rigtige oplysninger, så login med et link er nok.",
    )  # fmt: skip
    held = fifth or _at_five(_weekday(today + timedelta(days=14)))
    product = fourth.play(committee, _monday_at_five(held - _BETWEEN))
    told["at"] = at
    _work(committee, people, held, told, is_played=fifth is not None)
    _product(product, committee, people, told)
    _notes(committee, people, told)
    return committee


def _appoint(committee: Organization, council: Organization, since: date, told: Any) -> dict[str, Person]:
    people: dict[str, Person] = {}
    for order, (name, email, role) in enumerate(LOGINS):
        people[name] = enter(name, email, **told)
        number = order if role == Role.SUBSTITUTE else 0
        bodies.appoint(committee, people[name], role=role, start=since, order=min(number, 1), **told)
    for name in (*_COUNCILLORS, *_CITIZENS):
        address = name.split()[0].lower() + "@example.org"
        people[name] = enter(name, address, **told)
        bodies.appoint(committee, people[name], role=Role.MEMBER, start=since, **told)
    for name in ("Prøve Formand", *_COUNCILLORS):
        bodies.appoint(council, people[name], role=Role.MEMBER, start=since, **told)
    people["Karla Borgvold"] = enter("Karla Borgvold", "borgmester@example.org", **told)
    bodies.appoint(council, people["Karla Borgvold"], role=Role.MAYOR, start=since, **told)
    return people


def _groups(body: Body, committee: Organization, people: dict[str, Person], since: date, told: Any) -> None:
    groups = (
        ("Arbejdsgruppen om naboskab", "working", ("Ejnar Tofte", "Freja Lundager", "Prøve Medlem To")),
        ("Skrivegruppen", "writing", ("Asta Holmen", "Gorm Skovrup", "Prøve Medlem Et", "Prøve Medlem Tre")),
    )
    for name, kind, members in groups:
        group = bodies.found(
            body, name=name, classification=kind, parent=committee, seats=0, start=since, end=None, **told
        )
        bodies.appoint(group, people["Prøve Sekretær"], role=Role.SECRETARY, start=since, **told)
        for member in members:
            bodies.appoint(group, people[member], role=Role.MEMBER, start=since, **told)


def _work(committee: Organization, people: dict[str, Person], start: datetime, told: Any, *, is_played: bool) -> None:
    """Two meetings ahead: the fifth with its agenda sent, and the sixth to be built, unless the fifth is played, where
    it is called; and cases in every state."""
    writer = people["Prøve Sagsbehandler"].user
    fifth = _meeting(committee, "5. møde", start, told)
    sixth = None if is_played else _meeting(committee, "6. møde", start + timedelta(days=28), told)
    draft = written(
        committee, "Femte møde om udkastet til produkt", by=writer, at=told["at"],
        summary="Udvalget får en status, taler om udkastet i to runder og samler op i plenum.",
        background="Udkastet er skrevet af skrivegruppen efter fjerde møde. Det har fire fokusområder.",
        points="orienteringen tages til efterretning",
    )  # fmt: skip
    attached(draft, "Udkast til produkt, version 0.3.txt", _DRAFT.encode(), by=writer, at=told["at"])
    minutes = next(paper.data for paper in papers() if paper.name == "2018-03-08-moede-4-referat.pdf")
    attached(draft, "Referat af fjerde møde.pdf", minutes, by=writer, at=told["at"])
    closed = written(
        committee, "Leje af mødelokaler hos en privat udlejer", by=writer, at=told["at"],
        summary="Forvaltningen har hentet tilbud fra to udlejere.", points="det billigste tilbud vælges",
        access="closed", legal_ground="Forvaltningslovens § 27, stk. 1", public_title="Leje af mødelokaler",
    )  # fmt: skip
    for one in (draft, closed):
        cases.move(one, "ready", **told)
    first = meetings.add_case(fifth, Case.objects.get(pk=draft.pk), **told)
    meetings.add_programme(fifth, first, "two-rounds", **told)
    meetings.add_case(fifth, Case.objects.get(pk=closed.pk), **told)
    meetings.add_item(fifth, title="Eventuelt", access="open", minutes=10, **told)
    meetings.send_agenda(fifth, late_because="Eksempel: dagsordenen er sendt, da prøvedata blev lagt ind.", **told)
    ready = written(
        committee, "Godkendelse af produktet", by=writer, at=told["at"],
        summary="Produktet er rettet til efter de kommentarer, som udvalget gav på femte møde.",
        points="produktet godkendes\nproduktet sendes til kommunalbestyrelsen",
    )  # fmt: skip
    cases.move(ready, "ready", **told)
    written(
        committee,
        "Afslutning af udvalgets arbejde",
        by=writer,
        at=told["at"],
        summary="Udvalget slutter efter sjette møde.",
    )
    if sixth:
        meetings.call(sixth, **told)


def _notes(committee: Organization, people: dict[str, Person], told: Any) -> None:
    """What a group tells the fifth meeting, and somebody who is asked to take part in the other group."""
    neighbours, writers = committee.groups.order_by("name")
    own = {**told, "by": people["Prøve Medlem To"].user}
    note = group_notes.save(neighbours, _NEIGHBOURS, **own).note
    group_notes.hand_over(note, version=note.version, **own)
    bodies.invite(writers, people["Prøve Medlem To"], words="Vi mangler en, der kender Møllevang.", **told)


_NEIGHBOURS = """Arbejdsgruppen har mødtes to gange og talt med 14 beboere.

- De fleste vil gerne hilse, men ved ikke, hvem der bor på gangen.
- Et fælles spisebord om måneden er prøvet i Ugleparken, og det virker."""


def _product(product: Product, committee: Organization, people: dict[str, Person], told: Any) -> None:
    """The draft as it went to the fifth meeting, what has been changed in it since, and what a member would have."""
    brought = products.Cause("group", "", "Skrivegruppens møde den 22. marts")
    above: list[Element] = []
    parts: dict[str, Element] = {}
    for part in parts_of(_PRODUCT):
        del above[part.depth :]
        made = products.add(
            product, kind=part.kind, title=part.title, text=part.text, parent=above[-1] if above else None,
            cause=brought, **told,
        )  # fmt: skip
        above.append(made)
        parts[part.title] = made
    for number, title in enumerate(("Fokusområder", "Principper", "Tiltag"), 1):
        task = committee.mandates.get().tasks.get(number=number)
        products.assign(parts[title], None, [task], **told)
    group = committee.groups.get(classification="writing")
    for title in ("Ensomhed og fællesskab", "Blandede beboergrupper"):
        products.assign(parts[title], group, [], **told)
    products.freeze(product, "v0.3", "Til femte møde", **told)
    writer = {**told, "by": people["Prøve Medlem Et"].user}
    one = parts["Ensomhed og fællesskab"]
    _noted_at_home(one, people, told["at"])
    text = one.text.replace(
        "Mange ved ikke, hvem de kan spørge, når de får brug for hjælp.",
        "Der er forskel på at være alene og at være ensom. Mange ved ikke, hvem de kan spørge om hjælp.",
    )
    cause = products.Cause("group", "", "Skrivegruppen")
    products.write(one, title=one.title, text=text, version=one.version, cause=cause, **writer)
    other = parts["Områdernes karakter"]
    products.propose(
        other, title=other.title, text=f"{other.text} Lyset på stierne skal være godt hele vinteren.",
        base=other.version, reason="Det er mørkt kl. 16, når børnene går hjem.",
        by=people["Prøve Medlem To"].user, at=told["at"],
    )  # fmt: skip
    _talk(product, parts, people, told)


def _noted_at_home(part: Element, people: dict[str, Person], at: datetime) -> None:
    """What a member notes for himself at home: one for him alone, one that he shares, and one whose words go with the
    next change of the draft."""
    owner, where = people["Prøve Medlem To"], plain(part.text)
    for quote, text in (
        ("Mange beboere kender ikke deres naboer.", "Spørg om nye beboere: hvem siger velkommen?"),
        ("når de får brug for hjælp", "Husk de unge. De spørger ikke om hjælp."),
        ("", "Lys på stierne? Tal med Medlem Tre om det inden mødet."),
    ):
        row = notes.write(owner, uuid4(), text, quote, where=where, element=part, at=at)
    notes.share(row, [people["Prøve Medlem Tre"]], at=at)


def _talk(product: Product, parts: dict[str, Element], people: dict[str, Person], told: Any) -> None:
    """Three comments from home, of which one is answered, and where the two fact notes are used."""
    frozen = product.versions.get(label="v0.3")
    deliberation.invite(product, told["at"].date() + timedelta(days=5), frozen, **told)
    for name, title, kind, quote, text in (
        ("Prøve Medlem Tre", "Ensomhed og fællesskab", "change", "hvem de kan spørge",
         "Skriv, hvem de kan spørge: en nabo, en vært eller kommunen."),
        ("Prøve Medlem Fire", "Blandede beboergrupper", "question", "", "Hvad mener vi med blandede?"),
        ("Prøve Medlem Et", "Blandede beboergrupper", "change", "", "Skriv, at alle aldre er velkomne."),
    ):  # fmt: skip
        given = {**told, "by": people[name].user}
        deliberation.comment(product, parts[title], kind=kind, quote=quote, text=text, **given)
    said = list(product.contributions.filter(kind="change").order_by("-number")[:1])
    why = "Det er boligforeningerne, der bestemmer, hvem der flytter ind. Vi har spurgt dem."
    later = {**told, "at": told["at"] + timedelta(minutes=1)}
    answering.answer(product, said, outcome="not", text=why, **later)
    alone, lights = product.fact_notes.all()
    deliberation.use(alone, [parts["Ensomhed og fællesskab"]], **told)
    deliberation.use(lights, [parts["Områdernes karakter"]], **told)


def _at_five(day: date) -> datetime:
    return datetime.combine(day, time(17), timezone.get_default_timezone())


def _meeting(committee: Organization, title: str, start: datetime, told: Any) -> Meeting:
    end = start + timedelta(hours=2)
    place = "Udvalgsværelse A og B på Prøvegården"
    return meetings.plan(committee, title=title, start=start, end=end, place=place, **told)


def _monday_at_five(moment: datetime) -> datetime:
    return _at_five(_weekday(timezone.localtime(moment).date()))


def _weekday(day: date) -> date:
    """The Monday of that week."""
    return day - timedelta(days=day.weekday())


_DRAFT = """Udkast til produkt, version 0.3

2.1 Ensomhed og fællesskab

Mange beboere kender ikke deres naboer. Mange ved ikke, hvem de kan spørge, når de får brug for hjælp.
Hver opgang får en beboer, som siger velkommen til nye. Fælleshuset holder åbent to aftener om ugen.

2.2 Blandede beboergrupper

Unge, familier og ældre bor dør om dør, men mødes sjældent. Vi foreslår fælles køkkenhaver og et værksted.
"""

_PRODUCT = """# Indledning

Kommunalbestyrelsen har bedt udvalget om et samlet forslag til, hvordan boligområderne bliver trygge. Forslaget har
fire fokusområder, ti principper og en række eksempler på tiltag.

# Fokusområder

## Fokusområde: Ensomhed og fællesskab

Mange beboere kender ikke deres naboer. Mange ved ikke, hvem de kan spørge, når de får brug for hjælp.

## Fokusområde: Blandede beboergrupper

Unge, familier og ældre bor dør om dør, men mødes sjældent.

## Fokusområde: Områdernes karakter

Hvert område har sit eget præg, og det skal kunne ses, når man går en tur.

## Fokusområde: Samarbejde på tværs

Boligforeninger, skoler, klubber og kommune kender ikke nok til hinandens arbejde.

# Principper

## Tema: Netværk og ressourcer

### Princip: Mød folk, hvor de er

Nye indsatser begynder dér, hvor beboerne allerede kommer.

### Princip: Giv plads til frivillige

Den, der vil gøre noget, får nøglen til fælleshuset og en fast kontakt.

### Princip: Sig velkommen

Hver opgang har en beboer, som hilser på nye.

## Tema: Nye indsatser

### Princip: Prøv i det små

En indsats prøves i én opgang, før den bredes ud.

### Princip: Byg videre på det, der virker

## Tema: Strukturer og rum

### Princip: Gør stierne lyse

### Princip: Lad husene åbne sig mod gården

### Princip: Giv hvert område et mødested

## Tema: Styring og organisering

### Princip: Én indgang til kommunen

### Princip: Følg op i fællesskab

# Tiltag

## Tiltag: Velkomst i opgangen

En beboer i hver opgang siger velkommen til nye.

## Tiltag: Åbent fælleshus

Fælleshuset holder åbent to aftener om ugen.
"""
