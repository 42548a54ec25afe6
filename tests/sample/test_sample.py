"""Each paper of Prøvekommunen, read, gives what was written in it.

The expectations were written by hand from the papers, not taken from a reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from raadslag import sample
from raadslag.core.readers import read_bytes
from raadslag.core.record import Commitment, Meeting, Organization, canonical, decode
from raadslag.core.release import is_public

COMMITTEE = "Opgaveudvalget Trygge boligområder"


@dataclass
class Expected:
    """What a paper says. `items` are (number, access, reference, outcome, recommended points, files) by title."""

    kind: str
    organization: str
    start: str
    place: str
    present: int | None
    items: dict[str, tuple[str, str, str | None, str | None, int, int]]
    adjourned: str | None = None
    absent: dict[str, str | None] = field(default_factory=dict)


PAPERS = {
    "2017-05-22-kommunalbestyrelsen-referat.pdf": Expected(
        "minutes",
        "Kommunalbestyrelsen",
        "2017-05-22T18:00",
        "Rådssalen, Prøvegården",
        14,
        {
            "Godkendelse af dagsorden": ("1", "open", "PRV-2017-00007", "approved", 1, 0),
            "Nedsættelse af opgaveudvalget Trygge boligområder": ("2", "open", "PRV-2017-00418", "approved", 2, 2),
            "Lys på stierne i Åparken": ("3", "open", "PRV-2017-00391", "approved", 1, 1),
            "Køb af areal ved Østerbækken": ("4", "closed", None, None, 0, 0),
        },
        adjourned="2017-05-22T19:40",
        absent={"Tobias Kvisthøj": "afbud"},
    ),
    "2017-09-07-moede-1-referat.txt": Expected(
        "minutes",
        COMMITTEE,
        "2017-09-07T17:00",
        "Fælleshuset Åparken, Spindersvinget 4",
        14,
        {
            "Velkomst og kommissorium": ("1", "open", "PRV-2017-00418", "noted", 1, 1),
            "Sådan arbejder udvalget": ("2", "open", "PRV-2017-00418", "approved_with_changes", 2, 0),
            "Mødeplan og næste skridt": ("3", "open", "PRV-2017-00533", "approved", 1, 1),
        },
        adjourned="2017-09-07T18:55",
        absent={"Bertil Engtoft": "afbud"},
    ),
    "2017-11-09-moede-2-referat.html": Expected(
        "minutes",
        COMMITTEE,
        "2017-11-09T17:00",
        "Beboerhuset i Væverhaven",
        13,  # the list of members, since those with apologies have a list of their own
        {
            "Godkendelse af dagsorden": ("1", "unknown", None, "approved", 0, 0),
            "Udfordringer i de fire boligområder": ("2", "unknown", None, "discussed", 1, 2),
            "Besøg af boligforeningen Vestervang": ("3", "unknown", None, "noted", 1, 0),
            "Næste møde": ("4", "unknown", None, None, 0, 0),
        },
        absent={"Petra Hyldemose": "afbud", "Yrsa Lundehave": "afbud"},
    ),
    "2018-01-18-moede-3-dagsorden.html": Expected(
        "agenda",
        COMMITTEE,
        "2018-01-18T17:00",
        "Biblioteket i Prøvestad, Salen",
        None,
        {
            "Godkendelse af dagsordenen": ("1", "unknown", "18/00021", None, 1, 0),
            "Fra udfordringer til behov": ("2", "unknown", "18/00022", None, 2, 2),
            "Første udkast til principper": ("3", "unknown", "18/00022", None, 1, 1),
            "Henvendelse om støj fra boldbanen i Væverhaven": ("4", "unknown", "18/00047", None, 1, 0),
        },
    ),
    "2018-01-18-moede-3-referat.txt": Expected(
        "minutes",
        COMMITTEE,
        "2018-01-18T17:00",
        "Biblioteket i Prøvestad, Salen",
        13,
        {
            "Godkendelse af dagsordenen": ("1", "unknown", "18/00021", "approved", 1, 0),
            "Fra udfordringer til behov": ("2", "unknown", "18/00022", None, 2, 2),  # two points, two outcomes
            "Første udkast til principper": ("3", "unknown", "18/00022", "discussed", 1, 1),
            "Henvendelse om støj fra boldbanen i Væverhaven": ("4", "unknown", "18/00047", "deferred", 1, 0),
        },
        adjourned="2018-01-18T19:10",
        absent={"Osvald Tangkrog": None, "Karim Havnebo": None},
    ),
    "2018-03-08-moede-4-referat.pdf": Expected(
        "minutes",
        COMMITTEE,
        "2018-03-08T17:00",
        "Fællessalen i Skrænten",
        12,
        {
            "Bemærkninger til dagsordenen": ("1", "open", "480-2018-00110", "approved", 1, 0),
            "To faktanotater om beboerne og boligerne": ("2", "open", "480-2018-00097", "noted", 1, 2),
            "Ti principper": ("3", "open", "480-2018-00098", "approved", 3, 1),
            "Støj fra boldbanen i Væverhaven": ("4", "open", "480-2018-00047", "referred", 1, 0),
        },
        adjourned="2018-03-08T19:15",
        absent={"Signe Mosekrog": "afbud", "Bertil Engtoft": "afbud", "Amina Kildeholm": None},
    ),
    "2018-04-09-moede-5-dagsorden.txt": Expected(
        "agenda",
        COMMITTEE,
        "2018-04-09T17:00",
        "Udvalgsværelse A og B, Prøvegården",
        None,
        {
            "Dagsorden til femte møde i opgaveudvalget": ("1", "open", "PRV-2018-00105", None, 1, 1),
            "Leje af mødelokaler": ("2", "closed", None, None, 0, 0),
        },
    ),
    "2018-04-09-moede-5-referat.pdf": Expected(
        "minutes",
        COMMITTEE,
        "2018-04-09T17:00",
        "Udvalgsværelse A og B, Prøvegården",
        11,
        {
            "Dagsorden til femte møde i opgaveudvalget": ("1", "open", "PRV-2018-00105", "noted", 1, 1),
            "Leje af mødelokaler": ("2", "closed", None, "approved", 0, 0),
        },
        adjourned="2018-04-09T19:05",
        absent=dict.fromkeys(("Osvald Tangkrog", "Petra Hyldemose", "Amina Kildeholm", "Jeppe Vesterled"), "afbud"),
    ),
    "2018-05-15-moede-6-dagsorden.html": Expected(
        "agenda",
        COMMITTEE,
        "2018-05-15T17:00",
        "Udvalgsværelse A og B, Prøvegården",
        None,
        {
            "Godkendelse af dagsorden": ("7", "unknown", None, None, 1, 0),
            "Godkendelse af produktet": ("8", "unknown", None, None, 2, 2),
            "Evaluering": ("9", "unknown", None, None, 1, 0),
        },
    ),
    "2018-05-15-moede-6-referat.html": Expected(
        "minutes",
        COMMITTEE,
        "2018-05-15T17:00",
        "Udvalgsværelse A og B, Prøvegården",
        14,
        {
            "Godkendelse af dagsorden": ("7", "unknown", None, "approved", 1, 0),
            "Godkendelse af produktet": ("8", "unknown", None, "approved_with_changes", 2, 2),
            "Evaluering": ("9", "unknown", None, "discussed", 1, 0),
        },
        adjourned="2018-05-15T18:40",
        absent={"Jeppe Vesterled": "afbud"},
    ),
    "2018-06-18-kommunalbestyrelsen-referat.html": Expected(
        "minutes",
        "Kommunalbestyrelsen",
        "2018-06-18T18:00",
        "Rådssalen, Prøvegården",
        13,
        {
            "Godkendelse af dagsorden": ("61", "unknown", None, "approved", 1, 0),
            "Trygge boligområder - produkt fra opgaveudvalget": ("62", "unknown", None, "approved", 2, 0),
        },
        absent={"Ingolf Rævebakke": "afbud", "Liselil Havresand": "afbud"},
    ),
    "2017-10-05-arbejdsgruppe-notat.txt": Expected(
        "minutes",
        "Arbejdsgruppen om hverdagen i områderne",
        "2017-10-05T16:30",
        "Beboerlokalet i Skrænten",
        4,
        {
            "Hvad ved vi allerede?": ("1", "unknown", None, None, 0, 0),
            "Rundtur": ("2", "unknown", None, None, 0, 0),
            "Til udvalgets næste møde": ("3", "unknown", None, None, 0, 0),
        },
    ),
    "2017-11-30-arbejdsgruppe-notat.txt": Expected(
        "minutes",
        "Arbejdsgruppen om hverdagen i områderne",
        "2017-11-30T16:30",
        "Fælleshuset Åparken",
        3,
        {
            "Samtaler med beboere": ("1", "unknown", None, None, 0, 0),
            "Fire fokusområder": ("2", "unknown", None, "referred", 0, 0),
        },
        absent={"Ejnar Pilehøj": "afbud"},
    ),
    "2018-03-22-skrivegruppe-notat.txt": Expected(
        "minutes",
        "Skrivegruppen for Trygge boligområder",
        "2018-03-22T17:00",
        "Prøvegården, mødelokale 2",
        5,
        {
            "Kapitlet om ensomhed og fællesskab": ("1", "unknown", None, "approved", 0, 0),
            "Ordvalg": ("2", "unknown", None, "approved", 0, 0),
            "Udkast 0.3": ("3", "unknown", None, "approved", 0, 0),
        },
    ),
}


# Lines that say nothing for a field to hold: a letterhead, a heading of the head, who else was in the room.
BELONGS_NOWHERE = {
    "PRØVEKOMMUNEN",
    "Prøvekommunens logo",
    "Mødefakta",
    "Data om mødet",
    "Fra forvaltningen: To konsulenter fra Social og Sundhed",
    "Fra forvaltningen: En konsulent fra Social og Sundhed",
    "Ref.: AK",
    "Ref.: NB",
    "Ref.: TR",
}

COUNCIL = "2017-05-22-kommunalbestyrelsen-referat.pdf"
FIFTH = "2018-04-09-moede-5-referat.pdf"


@pytest.fixture(scope="module")
def records() -> dict[str, Meeting]:
    return {paper.name: read_bytes(paper.data, paper.name) for paper in sample.papers()}


def squeezed(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def test_the_expectations_cover_every_paper(records):
    assert set(records) == set(PAPERS)


@pytest.mark.parametrize("name", PAPERS)
def test_the_head_is_read(records, name):
    record, expected = records[name], PAPERS[name]
    assert record.kind == expected.kind
    assert squeezed(record.organization) == expected.organization
    assert record.meeting.start == expected.start
    assert squeezed(record.meeting.place) == expected.place
    assert record.meeting.adjourned == expected.adjourned


@pytest.mark.parametrize("name", PAPERS)
def test_those_who_came_and_those_who_did_not_are_read(records, name):
    record, expected = records[name], PAPERS[name]
    people = record.attendance or ()
    present = [person for person in people if person.status == "present"]
    assert len(present) == (expected.present or 0)
    assert {p.person: p.reason for p in people if p.status == "absent" and not p.items} == expected.absent


@pytest.mark.parametrize("name", PAPERS)
def test_the_items_are_read(records, name):
    found = {
        squeezed(item.title): (
            item.number,
            item.access,
            item.reference,
            item.outcome,
            len(item.recommendation.points) if item.recommendation else 0,
            len(item.files),
        )
        for item in records[name].items
    }
    assert found == PAPERS[name].items


@pytest.mark.parametrize("name", PAPERS)
def test_no_content_is_left_without_a_place(records, name):
    assert {unplaced.text for unplaced in records[name].provenance.unplaced} <= BELONGS_NOWHERE


def test_every_decision_of_the_fifth_meeting_stands_whole(records):
    item, closed = records[FIFTH].items
    decision = squeezed(item.decision)
    assert decision.startswith("Formanden, Runa Fjordager, bød velkommen.")
    assert decision.endswith("Taget til efterretning.")
    assert len(item.steps) == 9
    assert (squeezed(item.steps[0]), squeezed(item.steps[-1])) == ("Velkomst", "Tak for i dag")
    assert item.recommendation.by == "Social og Sundhed"
    assert item.recommendation.to == "opgaveudvalget"
    assert [point.text for point in item.recommendation.points] == ["orienteringen tages til efterretning"]
    assert [(file.number, file.document, file.reference) for file in item.files] == [("1", "4400105", "PRV-2018-00105")]
    assert squeezed(closed.public_decision or closed.decision) == "Godkendt."


def test_the_typed_entries_of_the_fifth_meeting_become_notes(records):
    notes = records[FIFTH].notes
    kinds = [note.kind for note in notes]
    assert kinds.count("dilemma") == 2
    assert kinds.count("evidence_gap") == 1
    assert kinds.count("data_remark") == 1
    assert kinds.count("question") == 1
    assert kinds.count("answer") == 1
    assert kinds.count("theme") == 4


def test_the_extra_meeting_becomes_a_note(records):
    [extra] = [note for note in records[FIFTH].notes if note.kind == "next_meeting"]
    assert (extra.start, extra.end) == ("2018-05-15T17:00", "2018-05-15T19:00")
    assert extra.actor == "Formandskabet"


def test_the_letterhead_names_the_municipality(records):
    assert records[COUNCIL].body.casefold() == sample.BODY.casefold()


def test_the_votes_of_the_council_are_counted(records):
    council = records[COUNCIL]
    [amendment] = council.items[1].votes
    assert (amendment.for_.count, amendment.for_.who) == (2, ("P",))
    assert (amendment.against.count, amendment.against.who) == (12, ("T", "N", "H", "L"))
    [vote] = council.items[2].votes
    assert (vote.for_.count, vote.against.count, vote.abstained.count) == (9, 3, 2)
    assert [(step.body, step.date) for step in council.items[2].route] == [
        ("Klima- og Byudvalget", "2017-05-03"),
        ("Økonomiudvalget", "2017-05-15"),
    ]


def test_the_six_commitments_stand_in_the_last_council_meeting(records):
    item = records["2018-06-18-kommunalbestyrelsen-referat.html"].items[1]
    text = "\n".join(section.text for section in item.sections)
    assert text.count(" inden 1") + text.count("fra 1. september") == 6
    [reservation] = item.reservations
    assert reservation.who == ("P",)


def test_what_became_of_the_six_is_told_in_the_words_of_the_paper(records):
    told = [one for one in map(decode, (paper.data for paper in sample.records())) if isinstance(one, Commitment)]
    item = records["2018-06-18-kommunalbestyrelsen-referat.html"].items[1]
    text = "\n".join(section.text for section in item.sections)
    assert len(told) == 6
    for one in told:
        assert is_public(one)
        assert one.text.removesuffix(".") in text
        assert (one.decided.item, one.decided.title) == (item.number, item.title)
        assert (one.state, one.next_report is None) == (one.reports[-1].state, one.state in ("done", "dropped"))
        assert one.as_of[:10] == one.reports[-1].on
    assert sorted(one.state for one in told) == ["done", "done", "done", "done", "dropped", "under_way"]


def test_loneliness_is_found_in_most_papers(records):
    assert sum("ensomhed" in canonical(record).decode() for record in records.values()) >= 9


def test_the_same_paper_is_set_the_same_every_time():
    assert list(sample.papers()) == list(sample.papers())


def test_laying_out_writes_every_paper(tmp_path):
    paths = sample.lay_out(tmp_path / "papers")
    assert [path.name for path in paths] == sorted(PAPERS)
    assert paths[0].read_bytes().startswith(b"%PDF-")


def test_the_committee_is_the_one_of_its_papers(records):
    told = [decode(paper.data) for paper in sample.records()]
    (record,) = (one for one in told if isinstance(one, Organization))
    assert is_public(record)
    assert (record.body, record.name, len(record.tasks)) == (sample.BODY, COMMITTEE, 3)
    first = records["2017-09-07-moede-1-referat.txt"]
    assert {one.person for one in record.members} == {one.person for one in first.attendance}
    council = {one.person for one in records[COUNCIL].attendance}
    assert {one.person for one in record.members if one.party} == council & {one.person for one in record.members}
    assert sum(one.role == "borger" for one in record.members) == 10
