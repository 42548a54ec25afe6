"""The fifth meeting of the sample, played: everything that a visitor of the demo meets at 18.52 was done by the actions
that people press, one after the other, by a clock of its own. No row is put in by hand.

Counts and course are those of the fifth meeting of product.md; every sentence was written for this project.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from raadslag.sample.played import Played
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.deliberation import answering
from raadslag.workspace.deliberation.models import Card, Contribution, Session, Station
from raadslag.workspace.deliberation.sessions import actions, board, saying
from raadslag.workspace.deliberation.sessions.methods import of_template
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.minutes import composing
from raadslag.workspace.products import actions as products
from raadslag.workspace.products.models import Change, Element, Product

NOW = timedelta(hours=1, minutes=52)
"""How far into the meeting the visitor comes: it began at 17.00 of its own clock, and it is 18.52."""

FACILITATOR, HOST, WRITER = "Prøve Facilitator", "Prøve Standvært", "Prøve Sagsbehandler"
ABSENT = ("Ditte Vesterlund", "Ivan Mosevang", "Jytte Kærsgård", "Prøve Medlem Fire")


class Thought(NamedTuple):
    """What is said at a station of a round: minutes after its begin, in what way, and what came of it."""

    station: int
    kind: str
    text: str
    way: str = "phone"  # or "paper", or the name of who signs
    outcome: str = ""  # as it is answered at once by the case worker; empty where it waits
    answer: str = ""


_FIRST = (
    Thought(1, "change", "Skriv, at der er forskel på at være alene og at være ensom.", outcome="included"),
    Thought(1, "missing", "De unge er også ensomme. Der står kun noget om de ældre.", outcome="included"),
    Thought(1, "support", "Godt med en vært i hver opgang. Det virker hos os.", "paper", "included"),
    Thought(2, "unclear", "Hvad er en blandet gruppe? Alder, indkomst eller sprog?", outcome="included"),
    Thought(
        2,
        "dilemma",
        "Vi vil blandes, men der er få billige boliger at flytte til.",
        outcome="partly",
        answer="Boligerne selv hører til et andet udvalg. Vi skriver, at de er få.",
    ),
    Thought(
        3,
        "missing",
        "Der mangler noget om lys og bænke. Mange går uden om stierne, når det er mørkt.",
        "Prøve Medlem To",
        "included",
    ),
    Thought(3, "change", "Byt om på de to sidste sætninger, så det gode kommer først.", outcome="included"),
    Thought(3, "question", "Hvem ejer stien bag Søkvarteret?", "paper", "passed_on", "Vejafdelingen"),
    Thought(4, "support", "Samarbejdet med skolen er det bedste, vi har.", outcome="included"),
    Thought(4, "missing", "Ingen har undersøgt, hvordan utryghed og ensomhed hænger sammen."),
)
_SECOND = (
    Thought(1, "change", "Princip 2: skriv “nøgle og budget”, ikke kun nøgle.", outcome="partly",
            answer="Nøglen er med. Budgettet afgøres af foreningerne."),
    Thought(1, "support", "Sig velkommen er det vigtigste af de ti.", outcome="included"),
    Thought(2, "dilemma", "Bedre boliger er godt. Men så stiger huslejen, og nogle må flytte."),
    Thought(2, "change", "Prøv i det små: skriv hvor længe man prøver.", outcome="included"),
    Thought(2, "missing", "Et princip om at standse det, der ikke virker.", "Prøve Medlem Tre", "not",
            "Det følger af princip 5. Ti principper er rammen i kommissoriet."),
    Thought(3, "change", "Lad husene åbne sig: vis en tegning.", outcome="passed_on", answer="Boligforeningerne"),
    Thought(3, "dilemma", "Samme som ved stand 2: hvem har råd bagefter?"),
    Thought(3, "unclear", "Er et mødested et hus eller en plads?", "paper", "included"),
    Thought(4, "question", "Hvad sker der nu, når vi har sagt alt det her?"),
    Thought(4, "missing", "Tal for, hvor mange der er i arbejde i de fire områder."),
    Thought(4, "change", "Én indgang til kommunen: skriv et telefonnummer.", outcome="passed_on",
            answer="Borgerservice"),
)  # fmt: skip


class Evening(Played):
    """The meeting as it goes."""

    def __init__(self, committee: Organization, meeting: Meeting) -> None:
        super().__init__(meeting.start)
        self.committee, self.meeting = committee, meeting
        self.product = Product.objects.get(organization=committee)
        self.session: Session


def play(committee: Organization, meeting: Meeting) -> None:
    """Play the meeting until 18.52: one outcome is missing, three cards wait, the reading-out lies ahead."""
    evening = Evening(committee, meeting)
    before = evening.at - timedelta(days=3)
    told = {"by": evening.users["Prøve Sekretær"], "at": before}
    for name in ABSENT:
        meetings.reply(meeting, evening.users[name].person, "apology", reason="", **told)
    item = composing.items_of(meeting)[0]
    evening.session = actions.prepare(
        meeting, evening.product, of_template("two-rounds"), method="To runder ved stande", item=item,
        by=evening.users[FACILITATOR], at=before,
    )  # fmt: skip
    _seat(evening)
    _welcome(evening, item)
    _rounds(evening)
    _summing_up(evening, item)


def _seat(evening: Evening) -> None:
    """Four hosts, a few wishes, the seats shared out."""
    for one in evening.session.rounds.filter(kind="stations"):
        stations = list(one.stations.all())
        hosts = (HOST, WRITER, "Asta Holmen", "Birgit Fuglsang-Lind")
        for station, name in zip(stations, hosts, strict=True):
            host = evening.users[name].person
            evening.do(actions.set_station, station, {"host": host}, who=FACILITATOR)
        member = evening.users["Prøve Medlem To"].person
        evening.do(actions.wish, one, member, [stations[2], stations[0]], who="Prøve Medlem To")
        evening.do(actions.balance, one, who=FACILITATOR)


def _welcome(evening: Evening, item: AgendaItem) -> None:
    present = [row.person_id for row in actions.who_comes(evening.session)]
    evening.do(minutes.open_meeting, evening.meeting, present)
    evening.write(item, "text", "Formanden bød velkommen til femte møde og gennemgik aftenens program.")
    evening.write(item, "text", "Skrivegruppen fortalte om udkastet, version 0.3, og om det, der er rettet siden.")
    start = evening.at + timedelta(days=36)
    evening.do(
        minutes.call_next, item, start=start, end=start + timedelta(hours=2), place=evening.meeting.place,
        because="Udvalget får brug for et møde mere, når kommentarerne er besvaret.", decided_by="chairmanship",
        after=8,
    )  # fmt: skip


def _rounds(evening: Evening) -> None:
    talk, first, second, _plenary = evening.session.rounds.all()
    evening.do(actions.open_round, talk, who=FACILITATOR, after=12)
    evening.do(actions.close_round, talk, who=FACILITATOR, after=15)
    for one, thoughts, minutes_of in ((first, _FIRST, 25), (second, _SECOND, 28)):
        evening.do(actions.open_round, one, who=FACILITATOR, after=1)
        stations = {station.number: station for station in _stations(one.pk)}
        pause = minutes_of / (len(thoughts) + 1)
        for number, thought in enumerate(thoughts, 1):
            evening.at += timedelta(minutes=pause)
            _say(evening, stations[thought.station], thought, number)
        evening.do(actions.close_round, one, who=FACILITATOR, after=pause)
    _answer(evening)


def _stations(of: Any) -> list[Station]:
    return list(Station.objects.filter(round=of).select_related("round__session__product", "element"))


def _say(evening: Evening, station: Station, thought: Thought, number: int) -> Contribution:
    told: dict[str, Any] = {"kind": thought.kind, "text": thought.text, "at": evening.at}
    if thought.way == "paper":
        told |= {"sheet": str(number), "speaker": saying.group_at(station), "by": evening.users[HOST]}
    elif thought.way == "phone":
        told |= {"speaker": saying.group_at(station), "guest": saying.arrive(station, None, at=evening.at)}
    else:
        user = evening.users[thought.way]
        told |= {"person": user, "by": user, "guest": saying.arrive(station, None, at=evening.at)}
    return saying.say(station, **told)


def _answer(evening: Evening) -> None:
    """What the case worker answers at once, each inclusion by a change whose cause is the thought; five wait."""
    said = {one.text: one for one in evening.product.contributions.all()}
    for thought in (*_FIRST, *_SECOND, *_FROM_HOME):
        if not thought.outcome:
            continue
        one = said[thought.text]
        change = _change(evening, one) if thought.outcome in ("included", "partly") else None
        told = "passed_to" if thought.outcome == "passed_on" else "text"
        given = {"outcome": thought.outcome, "change": change, told: thought.answer}
        evening.do(answering.answer, evening.product, [one], who=WRITER, after=0.1, **given)


def _change(evening: Evening, one: Contribution) -> Change:
    """A sentence more in its part, because of that thought; where another has brought it already, that change."""
    part = Element.objects.get(pk=one.element_id)
    if one.text in _ADDED:
        text = f"{part.text}\n\n{_ADDED[one.text]}".strip()
        cause = products.Cause("contribution", "", one.name)
        told = {"title": part.title, "text": text, "version": part.version, "cause": cause}
        evening.do(products.write, part, who=WRITER, after=0.1, **told)
    return part.changes.order_by("number").last()  # type: ignore[return-value]


_FROM_HOME = (
    Thought(0, "change", "Skriv, hvem de kan spørge: en nabo, en vært eller kommunen.", outcome="included"),
    Thought(0, "question", "Hvad mener vi med blandede?", outcome="included"),
)
_ADDED = {
    _FIRST[0].text: "At være alene er ikke det samme som at være ensom.",
    _FIRST[1].text: "Ensomhed findes i alle aldre, også blandt de unge.",
    _FIRST[3].text: "Blandet betyder her både alder, indkomst og sprog.",
    _FIRST[4].text: "Der er få billige boliger at flytte til, og det sætter en grænse.",
    _FIRST[5].text: "Der skal være lys og bænke langs stierne.",
    _FIRST[8].text: "Skole og boligforening mødes en gang i kvartalet.",
    _SECOND[0].text: "En nøgle hører med.",
    _SECOND[1].text: "Det første er at sige velkommen.",
    _SECOND[3].text: "En prøve varer et halvt år.",
    _SECOND[7].text: "Et mødested kan være et hus, et rum eller en plads.",
    _FROM_HOME[0].text: "Man kan spørge en nabo, en vært i opgangen eller kommunen.",
}


def _summing_up(evening: Evening, item: AgendaItem) -> None:
    """The board: two dilemmas, a gap, a data remark, a question with its answer; two of them are in the minutes."""
    plenary = evening.session.rounds.get(kind="plenary")
    evening.do(actions.open_round, plenary, who=FACILITATOR, after=1)
    by_text = {one.text: one for one in saying.said_at(evening.session)}

    def card(kind: str, text: str, other: str = "", of: tuple[str, ...] = ()) -> Card:
        sources = [by_text[one] for one in of]
        made: Card = evening.do(
            board.word, evening.session, None, kind=kind, text=text, other=other, sources=sources,
            who=FACILITATOR, after=0.5,
        )  # fmt: skip
        return made

    first = card("dilemma", "Bedre boliger", "højere husleje", (_SECOND[2].text, _SECOND[6].text))
    second = card("dilemma", "Blandede beboergrupper", "få billige boliger at flytte til", (_FIRST[4].text,))
    evening.do(board.insert, evening.session, [first, second], item, who=FACILITATOR)
    card("evidence_gap", "Ingen har undersøgt, hvordan utryghed og ensomhed hænger sammen", of=(_FIRST[9].text,))
    card("data_remark", "Tallene for beskæftigelse er fra 2015", of=(_SECOND[9].text,))
    card("question", "Hvad sker der nu", "alle kommentarer får svar, før udvalget mødes igen", (_SECOND[8].text,))
    evening.do(actions.close_round, plenary, who=FACILITATOR, after=0.5)
    evening.at = max(evening.at, evening.meeting.start + NOW - timedelta(minutes=1))


def starts(now: datetime) -> datetime:
    """When the meeting of a visitor who comes `now` began."""
    return (now - NOW).replace(second=0, microsecond=0)
