"""The fourth meeting of the sample, played: the two fact notes, and the ten principles of the draft."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from raadslag.sample.played import Played, attached, written
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.cases.models import Case
from raadslag.workspace.deliberation import actions as facts
from raadslag.workspace.deliberation.models import FactNote
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.products import actions as products
from raadslag.workspace.products.models import Product

ABSENT = ("Carl Ravnsbjerg", "Helle Bakkegård", "Prøve Medlem Fire")


def play(committee: Organization, start: Any) -> Product:
    """Call the meeting for `start`, hold it, and let everyone sign; the product that was begun for it."""
    story = Played(start - timedelta(days=20))
    product: Product = story.do(products.begin, committee, "Trygge boligområder")
    meeting: Meeting = story.do(
        meetings.plan, committee, title="4. møde", start=start, end=start + timedelta(hours=2), place="Fælleshuset"
    )  # fmt: skip
    story.do(meetings.call, meeting)
    writer = "Prøve Sagsbehandler"
    told = [story.do(written, committee, title, who=writer, **fields) for title, fields in _CASES.items()]
    for number, (title, table, text) in enumerate((ALONE, LIGHTS)):
        note = _note(story, product, title, table, text, start.date() - timedelta(days=16))
        name = f"Faktanotat {'AB'[number]}.txt"
        story.do(attached, told[0], name, _as_text(note).encode(), title=note.title, who=writer)
    story.at += timedelta(days=5)
    story.put_on(meeting, *(Case.objects.get(pk=one.pk) for one in told))
    first, second = story.open(meeting, ABSENT)
    for kind, text in _SAID_OF_NOTES:
        story.write(first, kind, text, after=6)
    story.do(minutes.happen, meeting, "item", item=second, after=5)
    for kind, text in _SAID_OF_PRINCIPLES:
        story.write(second, kind, text, after=15)
    story.end(meeting, {1: "noted", 2: "approved"})
    return product


def _note(story: Played, product: Product, title: str, table: Any, text: str, on: date) -> FactNote:
    content = {
        "title": title, "text": text, "table": table, "chart": "bars", "source": "Prøvekommunens egen optælling",
        "source_on": on, "made_by": "Social og Sundhed",
    }  # fmt: skip
    story.do(facts.save_note, product, None, content)
    return product.fact_notes.get(title=title)


def _as_text(note: FactNote) -> str:
    rows = [note.table["columns"], *note.table["rows"]]
    told = [note.title, "", *(" – ".join(row) for row in rows), "", note.text, f"Kilde: {note.source}"]
    return "\n".join(told).replace("\n\n\n", "\n\n")


_CASES = {
    "To faktanotater om beboerne og stierne": {
        "summary": "Udvalget får de tal, som det bad om på tredje møde.",
        "background": "Notat A handler om boliger med én beboer, notat B om lamperne på stierne.",
        "points": "faktanotaterne tages til efterretning",
    },
    "Ti principper": {
        "summary": "Udvalget har 14 udkast til principper og skal nå ned på ti.",
        "background": "Forvaltningen har samlet udkastene i fire temaer.",
        "points": "udvalget peger på ti principper\nder indbydes til en skrivegruppe inden næste møde",
    },
}
_SAID_OF_NOTES = (
    ("text", "Forvaltningen fortalte om de to notater. Andelen af boliger med én beboer er steget i alle tre områder."),
    ("data_remark", "Optællingen viser, hvor mange der bor alene, ikke hvor mange der er ensomme."),
)
_SAID_OF_PRINCIPLES = (
    ("text", "Udvalget arbejdede i fire grupper, én for hvert tema, og fandt ti principper: tre, to, tre og to."),
    ("agreement", "Hvert princip skal kunne siges i én sætning."),
    ("task", "Skrivegruppen skriver udkastet sammen, så det kan læses en uge før femte møde."),
)

ALONE = (
    "Boliger med én beboer",
    {
        "columns": ["Område", "2012", "2017"],
        "rows": [["Ugleparken", "31 %", "38 %"], ["Søkvarteret", "27 %", "29 %"], ["Møllevang", "22 %", "30 %"]],
    },
    "Andelen er steget i alle tre områder.",
)
LIGHTS = (
    "Lamper, der ikke virkede ved et eftersyn",
    {
        "columns": ["Område", "Lamper", "Ude af drift"],
        "rows": [["Ugleparken", "64", "9"], ["Søkvarteret", "41", "2"], ["Møllevang", "38", "7"]],
    },
    "",
)
