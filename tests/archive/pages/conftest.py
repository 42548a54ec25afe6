"""What tests of the pages share: a small public world, and everything in it by address."""

from __future__ import annotations

from typing import Any

import pytest

from raadslag.archive.search import open_index
from raadslag.core.record import (
    Attendance,
    File,
    Item,
    Meeting,
    Note,
    Point,
    Recommendation,
    Reservation,
    Section,
    Time,
)

BODY = "/proeve/"
MEETING = "/proeve/moede/2018-04-09-opgaveudvalget-trygge-boligomraader/"
ORGANIZATION = "/proeve/udvalg/opgaveudvalget-trygge-boligomraader/"

STORY = """Formanden bød velkommen til mødet, og udvalget talte om udkastet i to runder ved fire stande. Alle kom til
orde, og notaterne fra hver stand blev læst op, før udvalget gik videre til næste runde med nye grupper.

Det blev nævnt, at ingen har undersøgt, hvordan utryghed og ensomhed hænger sammen i områderne.

- Netværk og ressourcer
- Nye indsatser

Orienteringen blev taget til efterretning."""


@pytest.fixture
def fifth_meeting() -> Meeting:
    """Minutes with an open and a closed item. Every field of the closed one that must not be seen says KANARIE."""
    opened = Item(
        number="1",
        order=1,
        title="Dagsorden til femte møde",
        reference="PRV-2018-00105",
        access="open",
        sections=(
            Section(kind="summary", heading="Resumé", text="Udvalget får en status."),
            Section(kind="background", heading="Baggrund", text="Der er ti principper."),
            Section(kind="decision", heading="Beslutninger", text=STORY),
        ),
        recommendation=Recommendation(
            by="Social og Sundhed", to="Opgaveudvalget", points=(Point(text="orienteringen tages til efterretning"),)
        ),
        decision=STORY,
        actor="opgaveudvalget",
        outcome="noted",
        files=(File(number="1", title="Udkast til produkt", document="4400105", access="open"),),
    )
    closed = Item(
        number="2",
        order=2,
        title="KANARIE-titel",
        reference="KANARIE-sag",
        access="closed",
        public_title="Leje af lokaler",
        legal_ground="forvaltningslovens § 27",
        public_decision="Godkendt i lukket del.",
        sections=(Section(kind="summary", heading="KANARIE-overskrift", text="KANARIE-tekst"),),
        recommendation=Recommendation(by="KANARIE-forvaltning", points=(Point(text="KANARIE-punkt"),)),
        decision="KANARIE-beslutning",
        actor="KANARIE-aktør",
        outcome="approved",
        steps=("KANARIE-trin",),
        reservations=(Reservation(who=("KANARIE-navn",), text="KANARIE-forbehold"),),
        files=(File(title="KANARIE-bilag", document="KANARIE-dokument"),),
    )
    return Meeting(
        kind="minutes",
        body="Prøvekommunen",
        organization="Opgaveudvalget Trygge boligområder",
        title="Referat af 5. møde",
        meeting=Time(start="2018-04-09T17:00", adjourned="2018-04-09T19:05", read_out=True, place="Prøvegården"),
        attendance=(
            Attendance(person="Asta Holmen", status="present", role="formand"),
            Attendance(person="Birk Fuglsang", status="absent", reason="afbud"),
            Attendance(person="KANARIE-person", status="absent", items=("2",)),
        ),
        items=(opened, closed),
        notes=(
            Note(kind="decision", text="Ekstra møde 15. maj", item="1", actor="formandskabet"),
            Note(kind="question", text="Hvad sker der nu?", item="1"),
            Note(kind="answer", text="Alle får svar.", item="1"),
            Note(kind="dilemma", text="KANARIE-dilemma", item="2"),
        ),
    )


@pytest.fixture
def agenda() -> Meeting:
    """The agenda of a meeting that has no minutes yet."""
    return Meeting(
        kind="agenda",
        body="Prøvekommunen",
        organization="Opgaveudvalget Trygge boligområder",
        meeting=Time(start="2018-05-15T17:00"),
        items=(
            Item(number="1", order=1, title="Godkendelse af produktet", access="open"),
            Item(order=2, access="open"),
        ),
    )


@pytest.fixture
def world(add: Any, fifth_meeting: Meeting, agenda: Meeting) -> None:
    """The two meetings, taken in and indexed."""
    add(fifth_meeting)
    add(agenda)
    open_index().catch_up()


ADDRESSES = (
    BODY,
    "/proeve/udvalg/",
    ORGANIZATION,
    "/proeve/moeder/",
    "/proeve/beslutninger/",
    "/proeve/soeg/",
    "/proeve/soeg/?q=ensomhed",
    "/proeve/soeg/?q=findesikke",
    "/soeg/?q=ensomhed",
    "/om/",
    "/foelg/",
    "/proeve/foelg/",
    "/tilgaengelighed/",
    "/proeve/tilgaengelighed/",
    "/proeve/sager/",
    MEETING,
    f"{MEETING}punkt/1/",
    f"{MEETING}punkt/2/",
    "/proeve/moede/2018-05-15-opgaveudvalget-trygge-boligomraader/",
    "/proeve/moede/2018-05-15-opgaveudvalget-trygge-boligomraader/punkt/o2/",
)
PAPERS = (f"{MEETING}referat.html", f"{MEETING}referat.json", f"{MEETING}referat.pdf")
