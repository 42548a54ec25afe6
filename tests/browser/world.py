"""An archive with every state that a page can be in: `python -m tests.browser.world FOLDER`.

Runs in a process of its own, so that the server of the browser tests finds a folder and a database such as
people have, and not those of a test.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from raadslag.core.record import (
    Answer,
    Attendance,
    Change,
    Commitment,
    Decided,
    Element,
    Fact,
    File,
    Gap,
    Item,
    Meeting,
    Note,
    Origin,
    Outcome,
    Point,
    Product,
    Recommendation,
    Report,
    Section,
    Time,
    Vote,
    VoteSide,
    canonical,
    encode,
)

COMMITTEE = "Opgaveudvalget Trygge boligområder"
COUNCIL = "Kommunalbestyrelsen"
HOME = "/proeve/moede/2018-04-09-opgaveudvalget-trygge-boligomraader/"
OUTCOMES: tuple[Outcome, ...] = ("deferred", "approved", "noted", "discussed", "referred", "rejected")
VOTES = (Vote(for_=VoteSide(count=12, who=("A", "V")), against=VoteSide(count=5, who=("Ø",)), abstained=VoteSide()),)
ATTACHED = b"Tal om omraaderne\n\nAaparken\t312 boliger\nKildevangen\t208 boliger\n"
WITH_AGENDA = b"Et kort over bydelen, som kun dagsordenen har."
FILES = (ATTACHED, WITH_AGENDA)
LONG_WORD = "Speciallægepraksisplanlægningsstabiliseringsperiodevurdering"

STORY = f"""Formanden bød velkommen, og udvalget talte om udkastet i to runder ved fire stande. Alle kom til orde, og
notaterne fra hver stand blev læst op, før udvalget gik videre til næste runde med nye grupper.

## Netværk og ressourcer

Det blev nævnt, at ingen har undersøgt, hvordan utryghed og ensomhed hænger sammen. Se [notatet](https://example.org/).

- Flere mødesteder
- {LONG_WORD}

1. Først
2. Så

| Område | Boliger | Andel uden arbejde | Andel med {LONG_WORD} |
|---|---|---|---|
| Åparken | 312 | 41 % | 3 % |
| Kildevangen | 208 | 28 % | 4 % |

Orienteringen blev taget til efterretning."""


def meetings() -> Iterator[Meeting]:
    """Minutes with all that a page can show, an agenda, a council of many items, and one that says almost nothing."""
    opened = Item(
        number="1",
        order=1,
        title=f"Dagsorden til femte møde om {LONG_WORD}",
        reference="PRV-2018-00105",
        access="open",
        sections=(
            Section(kind="summary", heading="Resumé", text="Udvalget får en status og taler om udkastet."),
            Section(kind="background", text="Der er ti principper.\n\n### Om princip 1\n\nDet handler om fællesskab."),
            Section(kind="decision", heading="Beslutninger", text=STORY),
        ),
        recommendation=Recommendation(
            by="Social og Sundhed", to="Opgaveudvalget", points=(Point(text="orienteringen tages til efterretning"),)
        ),
        decision=STORY,
        actor="opgaveudvalget",
        outcome="noted",
        files=(
            File(number="1", title="Udkast til produkt, version 0.3", document="4400105", access="open"),
            File(
                number="2", title="Tal om områderne", access="open", media_type="text/plain",
                sha256=hashlib.sha256(ATTACHED).hexdigest(), size=len(ATTACHED),
            ),
        ),
    )  # fmt: skip
    early = File(
        number="3", title="Bydelskort", access="open", media_type="text/plain",
        sha256=hashlib.sha256(WITH_AGENDA).hexdigest(), size=len(WITH_AGENDA),
    )  # fmt: skip
    closed = Item(
        number="2",
        order=2,
        access="closed",
        public_title="Leje af mødelokaler",
        legal_ground="forvaltningslovens § 27",
        public_decision="Godkendt.",
    )
    silent = Item(number="3", order=3, access="closed", no_public_decision_because="Sagen rummer personoplysninger.")
    yield Meeting(
        kind="agenda",
        body="Prøvekommunen",
        organization=COMMITTEE,
        meeting=Time(start="2018-04-09T17:00"),
        items=(replace(opened, files=(*opened.files, early)),),
    )
    yield Meeting(
        kind="minutes",
        body="Prøvekommunen",
        organization=COMMITTEE,
        title=f"Referat af 5. møde i {COMMITTEE}",
        meeting=Time(
            start="2018-04-09T17:00", adjourned="2018-04-09T19:05", read_out=True, place="Udvalgsværelse A og B"
        ),
        attendance=(
            Attendance(person="Asta Holmen", status="present", role="formand", arrived="2018-04-09T17:10"),
            Attendance(person="Birk Fuglsang", party="B", status="absent", reason="afbud", substitute="Carl Lind"),
        ),
        items=(opened, closed, silent),
        notes=(
            Note(kind="decision", text="Ekstra møde tirsdag 15. maj 2018 kl. 17–19", item="1", actor="formandskabet"),
            Note(kind="dilemma", text="Bedre boliger kan give højere husleje.", item="1"),
            Note(kind="question", text="Hvad sker der med udkastet nu?", item="1"),
            Note(kind="answer", text="Alle kommentarer får svar inden 6. møde.", item="1"),
        ),
    )
    yield Meeting(
        kind="agenda",
        body="Prøvekommunen",
        organization=COMMITTEE,
        meeting=Time(start="2018-05-15T17:00"),
        items=(Item(number="1", order=1, title="Godkendelse af produktet", access="open"),),
    )
    yield Meeting(
        kind="minutes",
        body="Prøvekommunen",
        organization=COUNCIL,
        meeting=Time(start="2018-06-18T18:00", place="Byrådssalen"),
        attendance=(Attendance(person="Dorte Kvist", status="listed"),),
        items=tuple(
            Item(
                number=str(at),
                order=at,
                title=f"Sag {at} om ensomhed",
                access="open",
                decision="Kommunalbestyrelsen godkendte indstillingen.",
                outcome="approved",
                votes=VOTES if at == 3 else (),
            )
            for at in range(1, 15)
        ),
    )
    yield Meeting(
        kind="minutes",
        body="Prøvekommunen",
        organization="Stille Udvalg",
        meeting=Time(start="2016-01-04"),
        attendance=(),
    )
    yield Meeting(
        kind="minutes",
        body="Prøvekommunen",
        organization="Stille Udvalg",
        title="Rettet referat af 1. møde",
        meeting=Time(start="2016-01-04"),
        attendance=(),
    )
    for month in range(1, 13):
        for day in (5, 25):
            yield Meeting(
                kind="minutes",
                body="Prøvekommunen",
                organization=COUNCIL,
                meeting=Time(start=f"2017-{month:02}-{day:02}T18:00"),
                items=(
                    Item(
                        number="1",
                        order=1,
                        title="Sag om cykelstier",
                        access="open",
                        decision="Udsat.",
                        outcome=OUTCOMES[month % len(OUTCOMES)],
                        reference="PRV-2018-00105" if (month, day) == (9, 5) else None,
                    ),
                ),
            )


AREAS = (
    ("Ensomhed og fællesskab", "Mange beboere kender ikke deres naboer. Mange ved ikke, hvem de kan spørge."),
    ("Blandede beboergrupper", "Områderne skal være for unge og gamle, for børnefamilier og for dem, der bor alene."),
    ("Områdernes karakter", "Stierne skal være lyse, og der skal være steder at mødes ude og inde."),
    ("Samarbejde på tværs", "Boligselskaber, foreninger og kommune taler sammen, før de bygger om."),
)
PRINCIPLES = (
    "Alle kan være med",
    "Beboerne bestemmer med",
    "Børn tæller",
    "Lys og udsyn",
    "Steder at mødes",
    "Kort til hjælp",
    "Genbrug det, der virker",
    "Mål det, vi gør",
    "Gør det sammen",
    "Bliv ved",
)
MEASURES = ("En åben dør i hver opgang", "Fælles spisning hver måned", "Lamper langs stien til skolen")


def products() -> Iterator[Product]:
    """A product of twenty parts in two versions, with everything that a page can show of it."""
    yield _version("v0.3", "2018-03-22T18:00", _parts(is_new=False))
    yield _version(
        "v0.4", "2018-04-12T12:00", _parts(is_new=True),
        changes=(
            Change(id="Æ-02", element="omraade-1", text="Der skelnes mellem at være alene og at være ensom",
                   cause="ud fra K-05 og K-06", by="Skrivegruppen"),
            Change(id="Æ-03", element="tiltag-2", text="Fælles spisning er kommet til", cause="ud fra K-09"),
            Change(id="Æ-04", element="omraade-3", text="Afsnittet om lys står nu ved stierne", by="Skrivegruppen"),
        ),
        answers=(
            Answer(contribution="K-05", outcome="included", text="Afsnittet er skrevet om.", change="Æ-02"),
            Answer(contribution="K-06", outcome="merged", text="Samlet med K-05.", change="Æ-02"),
            Answer(contribution="K-07", outcome="not", text="Lys på *alle* stier hører til en anden plan."),
            Answer(contribution="K-09", outcome="partly", text="Vi begynder med én opgang.", change="Æ-03"),
            Answer(contribution="K-10", outcome="passed_on"),
        ),
    )  # fmt: skip


def commitments() -> Iterator[Commitment]:
    """What the council promised on the ground of the product: late, under way and done, with everything told of it."""
    decided = Decided(organization="Kommunalbestyrelsen", on="2018-06-18", item="3", title="Boligsocial indsats")
    origin = Origin(
        id="et-produkt", title="Boligsocial indsats", version="v0.4", element="omraade-1", part="2.1 Ensomhed"
    )  # fmt: skip
    reports = (
        Report(on="2018-09-18", text="To er ansat.\n\nDe begynder i november.", state="under_way"),
        Report(on="2019-03-18", text="Den ene er rejst.", state="under_way", due="2019-12-31",
               because="Stillingen er slået op igen."),
    )  # fmt: skip
    told: tuple[dict[str, Any], ...] = (
        {"text": f"Der ansættes tre medarbejdere til {LONG_WORD}.", "state": "under_way", "due": "2019-12-31",
         "reports": reports, "next_report": "2019-09-18", "origin": origin},
        {"text": "Der kommer lys på stien.", "state": "planned", "due": "2999-01-01", "next_report": "2998-01-01"},
        {"text": "Fælleshuset er åbent hver dag.", "state": "done", "due": "2018-12-01",
         "organization": "Kommunalbestyrelsen",
         "reports": (Report(on="2018-12-01", text="Det er det.", state="done"),)},
    )  # fmt: skip
    for number, more in enumerate(told, 1):
        known: dict[str, Any] = {
            "id": f"loefte-{number}", "body": "Prøvekommunen", "organization": COMMITTEE, "unit": "Center for Borgere",
            "as_of": "2019-03-20T12:00:00", "decided": decided,
        }  # fmt: skip
        yield Commitment(**(known | more))


def _version(version: str, frozen: str, parts: tuple[Element, ...], **told: tuple[Change | Answer, ...]) -> Product:
    homes = Fact(
        id="A", title="Boliger i områderne", columns=("Område", "Boliger", "Heraf familieboliger"),
        rows=(("Åparken", "312", "201"), ("Kildevangen", "208", "96"), ("Engen", "154", "120")),
        text="Tallene er fra **januar**.", source="Prøve Statistik", source_on="2018-01-01",
        made_by="Prøve Forvaltning", elements=("omraade-1", "omraade-2"),
    )  # fmt: skip
    said = Fact(
        id="B", title="Hvad beboere har sagt", columns=("Hvor", "Hvad"), rows=(("Åparken", "Vi mangler et sted."),),
        elements=("omraade-3",),
    )  # fmt: skip
    gaps = (
        Gap(id="G1", text="Ingen har undersøgt, hvordan utryghed og ensomhed hænger sammen.", state="open",
            elements=("omraade-1",)),
        Gap(id="G2", text="Hvor mange flytter inden for et år?", state="closed", answer="Hver tiende.",
            source="Prøve Statistik", elements=("omraade-2",)),
    )  # fmt: skip
    return Product(
        id="et-produkt", body="Prøvekommunen", organization=COMMITTEE, title="Boligsocial indsats", version=version,
        frozen=frozen, elements=parts, facts=(homes, said), gaps=gaps, **told,
    )  # type: ignore[arg-type]  # fmt: skip


def _parts(*, is_new: bool) -> tuple[Element, ...]:
    moved = "Der skal være lys langs stien fra stationen til skolen, så børn kan gå alene om vinteren."
    intro = "Opgaveudvalget har talt med beboere i tre områder.\n\n- Åparken\n- Kildevangen\n- Engen"
    parts = [Element(id="indledning", kind="text", number="1", title="Indledning", text=intro),
             Element(id="omraader", kind="text", number="2", title="Fokusområder")]  # fmt: skip
    for n, (title, text) in enumerate(AREAS, 1):
        if is_new and n == 1:
            text = "Mange beboere kender ikke deres naboer. Der er forskel på at være alene og at være ensom."
        elif n == (3 if is_new else 4):
            text = f"{text}\n\n{moved}"
        parts.append(Element(id=f"omraade-{n}", kind="focus_area", number=f"2.{n}", title=title, text=text,
                             parent="omraader"))  # fmt: skip
    parts.append(Element(id="principper", kind="text", number="3", title="Principper"))
    for n, title in enumerate(PRINCIPLES, 1):
        parts.append(Element(id=f"princip-{n}", kind="principle", number=str(n), title=title, parent="principper",
                             text=f"{title}: det gælder i alle tre områder, hver gang noget bygges om."))  # fmt: skip
    parts.append(Element(id="tiltag", kind="text", number="4", title=f"Tiltag og {LONG_WORD}"))
    wanted = (1, 2, 3) if is_new else (1, 3)
    for n, at in enumerate(wanted, 1):
        parts.append(Element(id=f"tiltag-{at}", kind="measure", number=f"4.{n}", title=MEASURES[at - 1],
                             parent="tiltag",
                             text="Begynder i foråret. Se [planen](https://example.org/)."))  # fmt: skip
    if not is_new:
        parts.append(Element(id="rest", kind="text", number="5", title="Andet", text="Resten af ideerne."))
    return tuple(parts)


def main(folder: str) -> None:
    """Make the archive in `folder`."""
    from raadslag.cli.archive import open_archive

    open_archive(Path(folder))
    from raadslag.archive.describing import describe
    from raadslag.archive.intake import Document, Outcome, Paper, take_in
    from raadslag.archive.models import Body
    from raadslag.archive.search import open_index

    for meeting in meetings():
        source = Document("papir.txt", "text/plain", encode(meeting), ())
        attached = {
            hashlib.sha256(data).hexdigest(): Document("bilag.txt", "text/plain", data, (), data.decode())
            for data in FILES
        }
        receipt = take_in(Paper(meeting, source, attached), at=datetime(2018, 6, 20, tzinfo=UTC), already_public=True)
        assert receipt.outcome in (Outcome.NEW, Outcome.NEW_VERSION), receipt
    for record in (*products(), *commitments()):
        source = Document("record.json", "application/json", canonical(record), ())
        receipt = take_in(Paper(record, source, is_delivered=True), at=datetime(2018, 6, 20, tzinfo=UTC))
        assert receipt.outcome in (Outcome.NEW, Outcome.NEW_VERSION), receipt
    describe(
        Body.objects.get(),
        by="it",
        at=datetime(2018, 6, 20, tzinfo=UTC),
        main="#0b4f6c",
        accent="#e0a030",
        contact_mail="web@proeve.example",
        contact_phone="12 34 56 78",
        website="https://proeve.example/",
        compliance="partial",
        exceptions="Kort og tegninger har ingen tekst, der kan læses op.",
        reviewed_on=date(2018, 6, 1),
    )
    open_index().catch_up()


if __name__ == "__main__":
    main(sys.argv[1])
