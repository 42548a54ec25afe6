"""Generated records for Hypothesis: anything a record may hold, and minutes as a Danish secretary writes them.

`meetings()` is hostile on purpose: any character a document can hold, markup that means nothing, absent values
anywhere. `minutes()` is plausible: what it gives reads like a paper, so that its visible text can be read back
by the same grammar as every other paper. All persons, places and cases are invented.
"""

from __future__ import annotations

import datetime
from typing import Any, get_args

import msgspec
from hypothesis import strategies as st

from raadslag.core import record as r

# Every character that HTML can hold: no surrogates and no controls but tab and the ends of lines.
_CONTROLS = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), 127)))
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters=_CONTROLS)

_MARKUP = [
    "1. At ", "2018. Det var", "3) ", "#5", "# 5", "## ", "* note", "- ", "+ ", "_x_", "**", "*", "`kode`", "|",
    "a | b", "\n|--|--|\n", "\n---\n", "\n===\n", "> ", "    ", "\t", "\n", "\n\n", "  \n", "\\", "\\\n", "<b>",
    "</main>", "</style>", "<script>alert(1)</script>", "<!--", "&amp;", "&#0;", "[x](javascript:alert(1))",
    "[se](https://example.org/æ)",
    "<https://example.org>", "[1]: https://example.org", "![", "](", '"', "'", "$x$", "#let x = 1", "@ref", "<label>",
    "\r", "\r\n", "\u200f", "\u202e", "\ufeff", "\u00ad", "\u2028", "\ue000", "e\u0301", "🏛", "會議", "שלום", "Æøå",
]  # fmt: skip


def texts(max_size: int = 60) -> st.SearchStrategy[str]:
    """Any text, rich in what some markup or other would take for its own."""
    pieces = st.lists(st.sampled_from(_MARKUP) | st.text(CHARACTERS, max_size=8), max_size=max(1, max_size // 5))
    return st.text(CHARACTERS, max_size=max_size) | pieces.map("".join)


def _or_none(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _many(strategy: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=most).map(tuple)


def _one_of(literal: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(literal))


_word = texts(12)
_time = st.datetimes().map(lambda moment: moment.isoformat(timespec="minutes")[:16]) | _word
_count = st.integers(0, 2**53)
_side = st.builds(r.VoteSide, count=_or_none(_count), who=_many(_word))
_file = st.builds(
    r.File, number=_or_none(_word), title=texts(20), document=_or_none(_word), reference=_or_none(_word),
    access=_one_of(r.Access), sha256=_or_none(_word), media_type=_or_none(_word), size=_or_none(_count),
)  # fmt: skip
_attendance = st.builds(
    r.Attendance, person=_word, status=_one_of(r.AttendanceStatus), reason=_or_none(_word),
    substitute=_or_none(_word), party=_or_none(_word), role=_or_none(_word), items=_or_none(_many(_word)),
    disqualified=_or_none(st.booleans()), arrived=_or_none(_time), left=_or_none(_time),
)  # fmt: skip
_section = st.builds(r.Section, kind=_one_of(r.SectionKind), heading=_or_none(_word), text=texts())
_recommendation = st.builds(
    r.Recommendation, by=_or_none(_word), to=_or_none(_word),
    points=_many(st.builds(r.Point, text=texts(20), outcome=_or_none(_one_of(r.Outcome)))),
)  # fmt: skip
_vote = st.builds(
    r.Vote, question=_or_none(_word), for_=_or_none(_side), against=_or_none(_side), abstained=_or_none(_side),
    not_voting=_or_none(_side), entitled=_or_none(_count),
)  # fmt: skip
_item = st.builds(
    r.Item, number=_or_none(_word), order=_count, title=_or_none(texts(30)), reference=_or_none(_word),
    page=_or_none(_count), access=_one_of(r.Access), public_title=_or_none(_word), legal_ground=_or_none(_word),
    public_decision=_or_none(_word), no_public_decision_because=_or_none(_word), sections=_many(_section),
    recommendation=_or_none(_recommendation), decision=_or_none(texts()), actor=_or_none(_word),
    outcome=_or_none(_one_of(r.Outcome)),
    route=_many(st.builds(r.RouteStep, body=_or_none(_word), date=_or_none(_time), number=_or_none(_word), text=_word)),
    steps=_many(_word), votes=_many(_vote, 1),
    reservations=_many(st.builds(r.Reservation, who=_many(_word), text=_or_none(_word)), 1), files=_many(_file),
)  # fmt: skip
_note = st.builds(
    r.Note, kind=_one_of(r.NoteKind), text=texts(20), item=_or_none(_word), actor=_or_none(_word),
    start=_or_none(_time), end=_or_none(_time), due=_or_none(_time), unit=_or_none(_word),
)  # fmt: skip


def meetings() -> st.SearchStrategy[r.Meeting]:
    """Any meeting a record can say, however odd, without provenance."""
    return st.builds(
        r.Meeting, id=_or_none(_word), body=_or_none(_word), kind=_or_none(_one_of(r.Kind)),
        stage=_or_none(_one_of(r.Stage)), organization=_or_none(_word), title=_or_none(texts(30)),
        meeting=st.builds(
            r.Time, start=_or_none(_time), planned_end=_or_none(_time), adjourned=_or_none(_time),
            read_out=_or_none(st.booleans()), place=_or_none(_word),
        ),
        attendance=_or_none(_many(_attendance, 3)), items=_many(_item, 2),
        signatures=_many(st.builds(r.Signature, person=_word, signed=_or_none(_time), reservation=_or_none(_word)), 1),
        addenda=_many(
            st.builds(
                r.Addendum, text=texts(20), by=_or_none(_word), added=_or_none(_time), item=_or_none(_word)
            ), 1,
        ),
        notes=_many(_note),
    )  # fmt: skip


def _provenances() -> st.SearchStrategy[r.Provenance]:
    return st.builds(
        r.Provenance, name=_or_none(_word), sha256=_or_none(_word), pages=_or_none(_count),
        spans=st.dictionaries(_word, st.tuples(_count, _count), max_size=2),
        warnings=_many(st.builds(r.Warning, code=_word, message=_word), 1),
    )  # fmt: skip


def organizations() -> st.SearchStrategy[r.Organization]:
    """Any organization, with provenance too."""
    member = st.builds(
        r.Member, person=_word, role=_or_none(_word), party=_or_none(_word), start=_or_none(_time), end=_or_none(_time)
    )
    return st.builds(
        r.Organization, id=_or_none(_word), body=_or_none(_word), as_of=_or_none(_time), name=_word,
        classification=_or_none(_word), parent=_or_none(_word), purpose=_or_none(texts()),
        tasks=_many(st.builds(r.Task, number=_word, text=_word)), start=_or_none(_time), end=_or_none(_time),
        members=_many(member), provenance=_or_none(_provenances()),
    )  # fmt: skip


def products() -> st.SearchStrategy[r.Product]:
    """Any version of a product whose parts have identities of their own, wherever they say that they lie."""
    ids = [str(number) * 32 for number in range(6)]
    element = st.builds(
        r.Element, id=st.sampled_from(ids), kind=st.sampled_from(["text", "focus_area", "principle", "measure", "?"]),
        number=_or_none(_word), title=_or_none(texts(30)), text=_or_none(texts()),
        parent=_or_none(st.sampled_from(ids)),
    )  # fmt: skip
    change = st.builds(
        r.Change, id=st.sampled_from(["Æ-01", "Æ-02"]), element=st.sampled_from(ids), text=texts(20),
        cause=_or_none(texts(20)), by=_or_none(_word),
    )  # fmt: skip
    answer = st.builds(
        r.Answer, contribution=_word, outcome=st.sampled_from(["included", "not", "?"]), text=_or_none(texts(30)),
        change=_or_none(st.sampled_from(["Æ-01", "Æ-09"])),
    )  # fmt: skip
    used = st.lists(st.sampled_from([*ids, "?"]), max_size=2, unique=True).map(tuple)
    row = st.lists(texts(10), max_size=3).map(tuple)
    fact = st.builds(
        r.Fact, id=_word, title=texts(20), text=_or_none(texts(30)), columns=row, rows=_many(row),
        source=_or_none(texts(20)), source_on=_or_none(st.just("2018-03-12")), made_by=_or_none(_word), elements=used,
    )  # fmt: skip
    gap = st.builds(
        r.Gap, id=_word, text=texts(30), state=st.sampled_from(["open", "closed"]), answer=_or_none(texts(20)),
        source=_or_none(texts(20)), elements=used,
    )  # fmt: skip
    return st.builds(
        r.Product, id=_or_none(_word), body=_or_none(_word), organization=_or_none(_word), title=texts(30),
        version=_word, frozen=_or_none(_time),
        elements=st.lists(element, max_size=5, unique_by=lambda one: one.id).map(tuple),
        changes=_many(change), answers=_many(answer), facts=_many(fact), gaps=_many(gap),
    )  # fmt: skip


def commitments() -> st.SearchStrategy[r.Commitment]:
    """Any commitment, with provenance too."""
    states = st.sampled_from(["planned", "under_way", "done", "dropped"])
    report = st.builds(
        r.Report, on=_time, text=texts(), state=states, due=_or_none(_time), because=_or_none(texts(30))
    )  # fmt: skip
    decided = st.builds(
        r.Decided, organization=_word, on=_time, meeting=_or_none(_word), item=_or_none(_word),
        title=_or_none(texts(30)),
    )  # fmt: skip
    origin = st.builds(
        r.Origin, id=_or_none(_word), title=texts(30), version=_or_none(_word), element=_or_none(_word),
        part=_or_none(texts(30)),
    )  # fmt: skip
    return st.builds(
        r.Commitment, id=_or_none(_word), body=_or_none(_word), as_of=_or_none(_time), organization=_or_none(_word),
        text=texts(), unit=_or_none(texts(30)), due=_or_none(_time), state=states, decided=_or_none(decided),
        origin=_or_none(origin), reports=_many(report), next_report=_or_none(_time),
        provenance=_or_none(_provenances()),
    )  # fmt: skip


def records() -> st.SearchStrategy[r.Record]:
    """Any record of any type; meetings, organizations and commitments with provenance too."""
    withdrawal = st.builds(r.Withdrawal, sha256=_word, withdrawn=_time, ground=_word)
    located = st.builds(lambda meeting, of: msgspec.structs.replace(meeting, provenance=of), meetings(), _provenances())
    return located | organizations() | products() | commitments() | withdrawal


# --- Minutes as they are written ---------------------------------------------------------------------------------

_FIRST = ["Runa", "Villum", "Signe", "Idris", "Nadia", "Ejnar", "Malou", "Karim", "Tove", "Ågot", "Søren", "Yrsa"]
_LAST = ["Fjordager", "Kløverholm", "Mosekrog", "Solhave", "Birkelunde", "Pilehøj", "Stenvang-Bro", "Ærøholt"]
_BODIES = ["Klitby", "Nørreeng", "Sandvig"]
_ORGANIZATIONS = [
    "Opgaveudvalget Trygge boligområder", "Teknik- og Miljøudvalget", "Kommunalbestyrelsen", "Økonomiudvalget",
    "Børne- og Skoleudvalget",
]  # fmt: skip
_PLACES = ["Udvalgsværelse A og B, Prøvegården", "Mødelokale 2", "Byrådssalen", "Rådhuset, lokale 114"]
_UNITS = ["Social og Sundhed", "Forvaltningen", "Direktionen", "Teknik og Miljø"]
_SUBJECTS = [
    "Ny sti langs åen", "Lokalplan 112 for havneområdet", "Budgetopfølgning pr. 31. marts", "Indsats mod ensomhed",
    "Takster for affald 2019", "Godkendelse af dagsorden", "Helhedsplan for idræt og fritid",
    "Orientering fra formanden", "Støtte til frivillige foreninger",
    "Udbud af rengøring på skoler og daginstitutioner i kommunens nordlige distrikter",
]  # fmt: skip
_SENTENCES = [
    "Sagen handler om, hvordan opgaven kan løses fremover.", "Forslaget har været i høring i otte uger.",
    "Der er afsat 1,2 mio. kr. i 2019 og 800.000 kr. i hvert af de følgende år.",
    "Beboerne har peget på mørke stier og lange afstande.", "Forvaltningen vender tilbage med et forslag i juni.",
    "Udvalget har tidligere drøftet principperne for området.", "Områderne er forskellige, og det er behovene også.",
    "Der er ingen bemærkninger om miljøet.", "I høringen kom der 24 svar, hvoraf de 14 støtter forslaget.",
]  # fmt: skip
_POINTS = [
    "orienteringen tages til efterretning", "forslaget godkendes", "rammen på 1,2 mio. kr. frigives",
    "planen sendes i høring i otte uger", "udvalget drøfter de fire temaer",
]  # fmt: skip
_DECISIONS = [
    ("Godkendt.", "approved"), ("Taget til efterretning.", "noted"), ("Udsat til næste møde.", "deferred"),
    ("Indstillingen blev godkendt.", "approved"),
]  # fmt: skip


def minutes() -> st.SearchStrategy[r.Meeting]:
    """Minutes as a Danish secretary writes them, with the values that a reader finds in such a paper."""
    return _minutes()


@st.composite
def _minutes(draw: st.DrawFn) -> r.Meeting:
    names = draw(
        st.lists(
            st.builds("{} {}".format, st.sampled_from(_FIRST), st.sampled_from(_LAST)),
            min_size=4,
            max_size=16,
            unique=True,
        )
    )
    away = draw(st.integers(0, 3))
    attendance = tuple(
        r.Attendance(person=name, status="present") if index >= away
        else r.Attendance(person=name, status="absent", reason="afbud")
        for index, name in sorted(enumerate(names), key=lambda pair: pair[0] < away)
    )  # fmt: skip
    organization = draw(st.sampled_from(_ORGANIZATIONS))
    day = draw(st.dates(_FIRST_DAY, _LAST_DAY).filter(lambda date: date.weekday() < 5)).isoformat()
    start = draw(st.integers(8, 18))
    items = tuple(draw(_plausible_item(order, organization)) for order in range(1, draw(st.integers(1, 5)) + 1))
    return r.Meeting(
        body=draw(st.sampled_from(_BODIES)), kind="minutes", organization=organization,
        title=f"Referat af møde i {organization}",
        meeting=r.Time(
            start=f"{day}T{start:02}:00", adjourned=f"{day}T{start + 2:02}:{draw(st.integers(0, 59)):02}",
            read_out=True, place=draw(st.sampled_from(_PLACES)),
        ),
        attendance=attendance, items=items,
    )  # fmt: skip


@st.composite
def _plausible_item(draw: st.DrawFn, order: int, organization: str) -> r.Item:
    reference = f"PRV-{draw(st.integers(2015, 2024))}-{draw(st.integers(1, 99999)):05}"
    prose = st.lists(st.sampled_from(_SENTENCES), min_size=1, max_size=8, unique=True).map(_as_paragraphs)
    points = draw(st.lists(st.sampled_from(_POINTS), min_size=1, max_size=3, unique=True))
    by = draw(st.sampled_from(_UNITS))
    asked = f"{by} indstiller til {organization}:\n\n" + (
        f"At {points[0]}." if len(points) == 1 else "\n".join(f"{n}. At {point}." for n, point in enumerate(points, 1))
    )
    said, outcome = draw(st.sampled_from(_DECISIONS))
    decision = said if draw(st.booleans()) else f"{draw(prose)}\n\n{said}"
    sections = [
        r.Section(kind="summary", heading="Resumé", text=draw(prose)),
        r.Section(kind="background", heading="Baggrund", text=draw(prose)),
        r.Section(kind="recommendation", heading="Indstilling", text=asked),
        r.Section(kind="decision", heading="Beslutninger", text=decision),
    ]  # fmt: skip
    files = tuple(
        r.File(number=str(number), title=title, document=str(4400000 + number), reference=reference)
        for number, title in enumerate(draw(st.lists(st.sampled_from(_FILES), max_size=3, unique=True)), start=1)
    )
    if files:
        listed = "\n".join(f"{file.number}. {file.title} ({file.document} – {reference})" for file in files)
        sections.append(r.Section(kind="attachments", heading="Bilag", text=listed))
    return r.Item(
        number=str(order), order=order, title=draw(st.sampled_from(_SUBJECTS)), reference=reference, access="open",
        sections=tuple(sections[draw(st.integers(0, 1)):]),
        recommendation=r.Recommendation(by=by, to=organization, points=tuple(r.Point(text=point) for point in points)),
        decision=decision, outcome=outcome, files=files,
    )  # fmt: skip


_FIRST_DAY, _LAST_DAY = datetime.date(2006, 1, 1), datetime.date(2031, 12, 31)
_FILES = ["Notat om økonomi", "Kort over området", "Høringssvar samlet", "Udkast til plan, version 0.3"]


def _as_paragraphs(sentences: list[str]) -> str:
    return "\n\n".join(" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3))
