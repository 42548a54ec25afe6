"""An invented municipality's public records of twenty years: seeded, so that the same number gives the same bytes.

    for record in records(20_000):
        ...

Councils and committees meet in turn; cases run over several meetings and committees; every item has a summary, a
background, a recommendation and mostly a decision. The words are of a Danish municipality's, compounds among them; the
sentences are put together from parts and mean little.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from raadslag.core.record import (
    Attendance,
    File,
    Item,
    Meeting,
    Outcome,
    Point,
    Recommendation,
    Section,
    Time,
)

BODY = "Prøvekommunen"
SEED = 2018
FIRST = date(2006, 1, 9)
YEARS = 20
ITEMS = 3  # of a record, on average

_ORGANIZATIONS = (
    "Kommunalbestyrelsen", "Økonomiudvalget", "Teknik- og Miljøudvalget", "Børne- og Skoleudvalget", "Kulturudvalget",
    "Social- og Sundhedsudvalget", "Ældreudvalget", "Beskæftigelsesudvalget", "Byudviklingsudvalget", "Klimaudvalget",
    "Fritidsudvalget", "Havneudvalget", "Landdistriktsudvalget", "Handicaprådet", "Ældrerådet", "Ungerådet",
    "Integrationsrådet", "Grønt Råd", "Trafiksikkerhedsudvalget", "Opgaveudvalget Trygge Veje",
    "Folkeoplysningsudvalget", "Opgaveudvalget Fællesskaber", "Opgaveudvalget Levende Byer", "Skolerådet",
    "Bygningsudvalget",
)  # fmt: skip
_PLACES = (
    "Åparken", "Kildevangen", "Møllebakken", "Nordhavnen", "Sønderskoven", "Engvej", "Torvegade", "Lyngby Mose",
    "Ådalen", "Strandengen", "Bøgelunden", "Skovbrynet", "Fiskertorvet", "Smedehøjen", "Vesterled", "Østerbro Plads",
    "Havnegade", "Kirkebakken", "Søbredden", "Gartnervænget", "Teglværket", "Stationsområdet", "Rådhuspladsen",
    "Fjordstien",
)  # fmt: skip
_FIRST_PARTS = (
    "bolig", "trafik", "skole", "børne", "ungdoms", "ældre", "sundheds", "klima", "natur", "by", "vej", "cykel",
    "idræts", "kultur", "havne", "fritids", "energi", "affalds", "vand", "parkerings", "handicap", "biblioteks",
    "musik", "erhvervs", "dagtilbuds", "spildevands", "frivillig", "integrations", "kvarter", "lokal", "varme", "bro",
    "strand", "skov", "turist", "museums", "teater", "svømme", "lege", "kirkegårds", "stations", "torve", "budget",
    "uddannelses", "beskæftigelses", "digitaliserings", "ejendoms", "landdistrikts", "rekreations", "støj",
)  # fmt: skip
_LAST_PARTS = (
    "plan", "politik", "område", "strategi", "projekt", "indsats", "udvalg", "regnskab", "tilsyn", "forening", "center",
    "anlæg", "analyse", "undersøgelse", "samarbejde", "forsyning", "rapport", "hus", "tilskud", "netværk", "aftale",
    "ordning", "puljen", "fællesskab", "vurdering", "redegørelse", "kampagne", "styring", "takster", "renovering",
    "udbygning", "forbindelse", "plads", "hal", "tilladelse", "vedtægt", "gebyr", "beredskab", "målinger", "forslag",
)  # fmt: skip
_VERBS = ("godkendelse af", "orientering om", "drøftelse af", "høring om", "opfølgning på", "forslag til", "status på")
_OPENINGS = (
    "Forvaltningen har undersøgt", "Borgerne har bedt om", "Udvalget ønskede at se på", "Der er brug for at ændre",
    "Rådgiveren har regnet på", "Naboerne har skrevet om", "Regnskabet viser tal for", "Planen handler om",
)  # fmt: skip
_MIDDLES = (
    "hvordan {one} hænger sammen med {two} ved {place}", "om {one} kan betale sig, når {two} bliver større",
    "hvem der skal stå for {one} og {two}", "hvor mange der bruger {one} i området omkring {place}",
    "at {one} skal ligge tæt på {two}", "hvad {one} koster i forhold til {two}",
)  # fmt: skip
_ENDINGS = (
    "inden årets udgang", "i de kommende tre år", "uden at udgifterne stiger", "sammen med de frivillige foreninger",
    "efter høringen", "når budgettet er vedtaget", "i samarbejde med nabokommunerne", "i alle bydele",
)  # fmt: skip
_DECISIONS: tuple[tuple[Outcome, str], ...] = (
    ("approved", "Godkendt som indstillet."),
    ("approved", "Udvalget godkendte {one} og bad forvaltningen vende tilbage om {two}."),
    ("noted", "Orienteringen om {one} blev taget til efterretning."),
    ("deferred", "Sagen om {one} blev udsat til næste møde."),
    ("discussed", "Udvalget drøftede {one} og lagde vægt på {two}."),
    ("recommended", "Anbefales over for kommunalbestyrelsen."),
    ("referred", "Sagen sendes tilbage til forvaltningen, så {two} kan belyses."),
    ("rejected", "Forslaget om {one} blev forkastet."),
)
_GIVEN = ("Asta", "Birk", "Carla", "Dagny", "Eskild", "Freja", "Gorm", "Hedvig", "Ib", "Jytte", "Klaus", "Liva")
_FAMILY = ("Holmen", "Fuglsang", "Kvist", "Lind", "Mose", "Nørregård", "Overby", "Pilegaard", "Ravn", "Skovhus")


def records(number: int, *, seed: int = SEED) -> Iterator[Meeting]:
    """The minutes of `number` meetings, the earliest first; never more than one in memory."""
    drawn = random.Random(seed)
    cases: list[tuple[str, str]] = []
    for at in range(number):
        turn, organization = divmod(at, len(_ORGANIZATIONS))
        turns = -(-number // len(_ORGANIZATIONS))
        day = FIRST + timedelta(days=turn * YEARS * 365 // max(turns, YEARS * 12) + organization % 5)
        yield _minutes(drawn, _ORGANIZATIONS[organization], day, turn, cases)


def questions(number: int, *, seed: int = SEED) -> list[str]:
    """What people may ask of these records: a word, two, a phrase, part of a compound, a mistake, a case, nothing."""
    drawn = random.Random(seed + 1)
    asked = []
    for at in range(number):
        one, two, place = _word(drawn), _word(drawn), drawn.choice(_PLACES)
        kinds = (
            one, f"{one} {place}", f"{one} {two}", f'"{place}"', drawn.choice(_FIRST_PARTS), drawn.choice(_LAST_PARTS),
            f"{one} -{two}", one[:-2] + one[-1] + one[-2], f"PRV-{2006 + at % 20}-{at % 400:05}", "giraffer",
        )  # fmt: skip
        asked.append(kinds[at % len(kinds)])
    return asked


def _minutes(drawn: random.Random, organization: str, day: date, turn: int, cases: list[tuple[str, str]]) -> Meeting:
    items = tuple(_item(drawn, order, day, cases) for order in range(1, drawn.randint(1, 2 * ITEMS - 1) + 1))
    there = tuple(
        Attendance(person=f"{given} {drawn.choice(_FAMILY)}", status="present" if drawn.random() < 0.9 else "absent")
        for given in drawn.sample(_GIVEN, 7)
    )
    start = f"{day}T{drawn.choice(('16:00', '17:00', '18:30'))}"
    return Meeting(
        kind="minutes",
        body=BODY,
        organization=organization,
        title=f"Referat af {turn + 1}. møde i {organization}",
        meeting=Time(start=start, place=f"Mødelokale {drawn.randint(1, 9)}"),
        attendance=there,
        items=items,
    )


def _item(drawn: random.Random, order: int, day: date, cases: list[tuple[str, str]]) -> Item:
    if cases and drawn.random() < 0.4:
        number, title = drawn.choice(cases[-400:])
    else:
        title = f"{drawn.choice(_VERBS).capitalize()} {_word(drawn)} ved {drawn.choice(_PLACES)}"
        number = f"PRV-{day.year}-{len(cases):05}"
        cases.append((number, title))
    topics = [_word(drawn) for _ in range(drawn.randint(3, 5))]
    outcome, decision = drawn.choice(_DECISIONS)
    files = tuple(
        File(
            number=str(n), title=f"Bilag {n}: {_word(drawn)}", document=str(drawn.randint(10**6, 10**7)), access="open"
        )
        for n in range(1, drawn.randint(0, 2) + 1)
    )
    return Item(
        order=order,
        number=str(order),
        title=title,
        reference=number,
        access="open",
        sections=(
            Section(kind="summary", heading="Resumé", text=_text(drawn, topics, 2)),
            Section(kind="background", heading="Baggrund", text=_text(drawn, topics, 4)),
        ),
        recommendation=Recommendation(
            by="Forvaltningen", points=(Point(text=f"at {_sentence(drawn, topics).lower()}"),)
        ),
        decision=decision.format(one=topics[0], two=topics[1]),
        outcome=outcome,
        files=files,
    )


def _word(drawn: random.Random) -> str:
    return drawn.choice(_FIRST_PARTS) + drawn.choice(_LAST_PARTS)


def _sentence(drawn: random.Random, topics: list[str]) -> str:
    one, two = drawn.sample(topics, 2)
    middle = drawn.choice(_MIDDLES).format(one=one, two=two, place=drawn.choice(_PLACES))
    return f"{drawn.choice(_OPENINGS)}, {middle} {drawn.choice(_ENDINGS)}."


def _text(drawn: random.Random, topics: list[str], sentences: int) -> str:
    """Sentences about the few things that an item is about."""
    return " ".join(_sentence(drawn, topics) for _ in range(sentences))
