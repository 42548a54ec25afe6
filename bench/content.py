"""Invented minutes of ten pages: what the bench reads and writes.

Each `edition` has other words in every paragraph. A typesetter remembers what it has set, so making the same
paper twice would measure its memory.
"""

from __future__ import annotations

from pathlib import Path

from raadslag.core.record import Attendance, File, Item, Meeting, Point, Recommendation, Section, Time, Vote, VoteSide

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

SENTENCES = (
    "Forvaltningen har set på, hvordan de fælles haver ved Møllevang kan holdes åbne året rundt.",
    "Udgiften er anslået til 240.000 kr. i det første år og falder derefter, fordi redskaberne er købt.",
    "Beboerne har peget på tre steder, hvor stierne er for smalle til en rollator.",
    "Der er talt med ældrerådet, som gerne ser flere bænke og et tag mod regn.",
    "Spørgsmålet om lys blev rejst på borgermødet og er siden prøvet på en enkelt sti.",
    "Planen følger den ramme, som udvalget lagde fast i foråret, og ændrer ikke ved lokalplanen.",
)
MEMBERS = (
    "Asta Lindehøj", "Bo Tangmose", "Clara Vindeby", "Dines Havgaard", "Ea Rosenlyng", "Frode Kildebæk",
    "Gry Sønderholt", "Hjalte Mosekær", "Ida Strandvig",
)  # fmt: skip
SUBJECTS = (
    "Fælles haver ved Møllevang", "Besøgsvenner i hele kommunen", "Cykelstien langs åen", "Ny bus til havnen",
    "Madordning for ældre", "Grønnere skolegårde", "Biblioteket om aftenen", "Trygge stier og lys",
    "Frivillige på plejehjemmet", "Udlejning af forsamlingshuset", "Regnvand i Nørregade", "Årets budgetopfølgning",
)  # fmt: skip


def paragraphs(count: int, start: int, edition: int) -> str:
    """`count` paragraphs of four sentences, differing from item to item and from edition to edition."""
    told = []
    for at in range(count):
        chosen = [SENTENCES[(start + at * 2 + n) % len(SENTENCES)] for n in range(4)]
        told.append(f"I udgave {edition} af sag {start}: " + " ".join(chosen))
    return "\n\n".join(told)


def item(order: int, edition: int) -> Item:
    """An item with everything that an item of minutes has."""
    return Item(
        order=order,
        number=str(order),
        title=f"{SUBJECTS[(order - 1) % len(SUBJECTS)]} {edition}",
        reference=f"EMN-2018-{order:05}",
        access="open",
        sections=(
            Section(kind="summary", heading="Resumé", text=paragraphs(1, order, edition)),
            Section(kind="background", heading="Baggrund", text=paragraphs(4, order + 1, edition)),
            Section(kind="economy", heading="Økonomi", text="| År | Beløb |\n|---|---|\n| 2018 | 240 |\n| 2019 | 80 |"),
        ),
        recommendation=Recommendation(
            by="Social og sundhed",
            to="Udvalget for det nære",
            points=(Point(text="planen godkendes"), Point(text="udgiften tages til efterretning")),
        ),
        decision=f"Godkendt i udgave {edition} med 7 stemmer mod 2.",
        outcome="approved",
        votes=(Vote(for_=VoteSide(count=7), against=VoteSide(count=2)),),
        files=(File(number="1", title="Plan og tegninger", document=str(4_100_000 + order), access="open"),),
    )


def minutes(edition: int = 1, items: int = 9) -> Meeting:
    """Minutes of about ten pages of A4."""
    return Meeting(
        kind="minutes",
        stage="signed",
        body="Prøvekommunen",
        organization="Udvalget for det nære",
        title="Referat",
        meeting=Time(start="2018-04-12T17:00", adjourned="2018-04-12T19:05", read_out=True, place="Mødelokale 2"),
        attendance=tuple(Attendance(person=name, status="present") for name in MEMBERS),
        items=tuple(item(order, edition) for order in range(1, items + 1)),
    )
