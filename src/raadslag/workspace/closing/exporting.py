"""All of a committee's work as one ZIP file: each thing as the page shows it to who fetches it, at his login.

It is made while it is sent, one file after the other, and never stands anywhere as a whole. What an app above has is
told here by registering it. The index names every file with its hash; of what somebody may not read nothing is in it.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TypeAlias

import msgspec
from django.http import Http404
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from raadslag.core import record, write
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.bodies.subjects import of_organization
from raadslag.workspace.closing import evaluating
from raadslag.workspace.closing.events import CommitteeExported
from raadslag.workspace.closing.forms import WAYS
from raadslag.workspace.common import journal
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.deliberation import placing
from raadslag.workspace.deliberation.models import Card, Contribution, EvidenceGap, FactNote
from raadslag.workspace.files.actions import note_reading
from raadslag.workspace.files.keeping import store
from raadslag.workspace.meetings import composing as agendas
from raadslag.workspace.meetings.models import AgendaItem, GroupNote, Meeting
from raadslag.workspace.meetings.subjects import of_meeting, readable, shut_files
from raadslag.workspace.minutes import composing
from raadslag.workspace.minutes.models import Minutes
from raadslag.workspace.products import papers
from raadslag.workspace.products.models import Product, Version
from raadslag.workspace.products.subjects import of_product
from raadslag.workspace.reading.papers import papers_of

SCHEMA = "raadslag-export/1"
_CHUNK = 64 * 1024
_PAGE = 500  # entries of the journal that are asked for at a time
_FORMATS = {"json": "json", "html": "html", "pdf": "pdf"}
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})
_json = msgspec.json.Encoder(order="deterministic", enc_hook=str)
Body: TypeAlias = bytes | Path | Iterable[bytes]


class Piece(NamedTuple):
    """A file of the export: where it lies, what it is called in the index, and what is in it."""

    path: str
    title: str
    body: Body


class Entry(NamedTuple):
    """A thing on a page of the export: its heading, and what is said of it, each with its label ("" for none)."""

    heading: str
    said: Sequence[tuple[str, str]]


@dataclass
class Section:
    """A heading of the index, with what is below it; each job makes files as they are needed."""

    heading: str
    jobs: Sequence[Callable[[], Iterable[Piece]]]
    told: str = ""
    files: list[tuple[str, str]] = field(default_factory=list)


class Asked(NamedTuple):
    """For whom it is made: what he may not read at this login is not in it."""

    organization: Organization
    user: Any
    level: str
    at: datetime


Maker = Callable[[Asked], Iterable[Piece]]
_makers: list[Maker] = []


def exports(maker: Maker) -> Maker:
    """Register what an app above adds to what is told of the committee itself."""
    _makers.append(maker)
    return maker


@journal.action
def begin(asked: Asked) -> None:
    """Write down that it is handed out."""
    journal.write(CommitteeExported(), by=asked.user, at=asked.at, about=asked.organization)


def sections_of(asked: Asked) -> list[Section]:
    """What the export will hold."""
    return [_committee(asked), *_meetings(asked), *_products(asked), _trail(asked)]


def zipped(asked: Asked, sections: Sequence[Section], language: str) -> Iterator[bytes]:
    """The ZIP file, piece by piece. Each step asks the database anew, so that any thread may take it."""
    sink = _Sink()
    listed: list[dict[str, Any]] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
        for section in sections:
            for job in section.jobs:
                for piece in _spoken(job, language):
                    section.files.append((piece.path, piece.title))
                    yield from _put(file, sink, piece, asked.at, listed)
        with translation.override(language):
            last = [_styles(), _index(asked, sections)]
        for piece in last:
            yield from _put(file, sink, piece, asked.at, listed)
        yield from _put(file, sink, _contents(asked, listed), asked.at, listed)
    yield from sink.taken()


def _spoken(job: Callable[[], Iterable[Piece]], language: str) -> Iterator[Piece]:
    """What a job makes, each piece as it is asked for, in that language whatever the thread speaks in between."""
    made = iter(job())
    while True:
        with translation.override(language):
            piece = next(made, None)
        if piece is None:
            return
        yield piece


class _Sink:
    """What a ZIP file is written to, and taken from as it grows."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: Any) -> int:
        """Keep it until it is taken."""
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """It is taken when it is taken."""

    def taken(self) -> Iterator[bytes]:
        """All that was written since."""
        whole = b"".join(self._written)
        self._written.clear()
        if whole:
            yield whole


def _put(file: zipfile.ZipFile, sink: _Sink, piece: Piece, at: datetime, listed: list[dict[str, Any]]
         ) -> Iterator[bytes]:  # fmt: skip
    info = zipfile.ZipInfo(piece.path, timezone.localtime(at).timetuple()[:6])
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    digest, size = hashlib.sha256(), 0
    with file.open(info, "w") as part:
        for chunk in _chunks(piece.body):
            part.write(chunk)
            digest.update(chunk)
            size += len(chunk)
            yield from sink.taken()
    listed.append({"path": piece.path, "title": piece.title, "sha256": digest.hexdigest(), "size": size})


def _chunks(body: Body) -> Iterator[bytes]:
    if isinstance(body, bytes):
        yield body
    elif isinstance(body, Path):
        with body.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    else:
        yield from body


# --- what is in it ---


def _committee(asked: Asked) -> Section:
    jobs = [lambda maker=maker: maker(asked) for maker in _makers]
    jobs += [lambda: _groups_notes(asked), lambda: _evaluation(asked)]
    return Section(_("The committee"), jobs)


def _groups_notes(asked: Asked) -> Iterator[Piece]:
    """What its groups have handed over, where he may read it: as on the group's page."""
    rows = GroupNote.objects.told().filter(organization__parent=asked.organization).exclude(handed_at=None)
    may = {
        group.pk
        for group in asked.organization.groups.select_related("parent")
        if is_allowed("desk:group", of_organization(asked.user, group), asked.level)
    }
    notes = [one for one in rows if one.organization_id in may]
    if notes:
        told = [
            {"group": one.organization.name, "handed_at": one.handed_at, "meeting": one.meeting_id, "text": one.text}
            for one in notes
        ]
        entries = [
            Entry(f"{one.organization.name}, {_day(one.handed_at)}", [("", one.text)]) for one in notes if one.handed_at
        ]
        yield from _both("grupper/notater", _("The groups’ notes"), told, entries)


def _evaluation(asked: Asked) -> Iterator[Piece]:
    """What was answered, as everyone reads it; not who has."""
    one = evaluating.current(asked.organization)
    if one is None or not one.is_read:
        return
    words: dict[int, list[str]] = {}
    for said in one.words.order_by("pk"):
        words.setdefault(said.question, []).append(said.text)
    results = [
        {"question": question, "counts": one.counts[at], "words": words.get(at, [])}
        for at, question in enumerate(one.asked())
    ]
    told = {"answered": one.answered, "scale": ["1", "2", "3", "4", "5", "?"], "results": results}
    entries = [
        Entry(each["question"], [
            ("", "; ".join(f"{way}: {count}" for (_key, way), count in zip(WAYS, each["counts"], strict=True))),
            *(("", text) for text in each["words"]),
        ])
        for each in results
    ]  # fmt: skip
    yield from _both("evaluering", _("Evaluation"), told, entries)


def _meetings(asked: Asked) -> Iterator[Section]:
    rows = asked.organization.meetings.filter(cancelled_at=None).order_by("start", "pk")
    for number, one in enumerate(rows.select_related("organization__body"), 1):
        where = f"moeder/{number:02}-{timezone.localtime(one.start):%Y-%m-%d}"
        jobs = [
            lambda one=one, where=where: _agenda(asked, one, where),
            lambda one=one, where=where: _minutes(asked, one, where),
        ]
        yield Section(f"{one.title}, {_day(one.start)}", jobs, _hidden(asked, one))


def _hidden(asked: Asked, meeting: Meeting) -> str:
    """That of some items there is only what everyone may see."""
    subject = of_meeting(asked.user, meeting)
    sent = list(meeting.items.filter(is_sent=True, parent=None).select_related("case"))
    count = len(sent) - len(readable(asked.user, subject, sent, asked.level))
    if not count:
        return ""
    told = ngettext(
        "Of %(count)s item there is only what everyone may see.",
        "Of %(count)s items there is only what everyone may see.",
        count,
    )
    return told % {"count": count}


def _agenda(asked: Asked, meeting: Meeting, where: str) -> Iterator[Piece]:
    """The newest edition with its papers, as he reads it."""
    subject = of_meeting(asked.user, meeting)
    seen = papers_of(asked.user, subject, asked.level) if is_allowed("reading:paper", subject, asked.level) else None
    if seen is None:
        return
    for line in seen.lines:
        if line.is_whole and line.row.is_closed:
            note_reading(line.row, by=asked.user, at=asked.at)
    yield from _papers(seen.shown, f"{where}/dagsorden", _("Agenda"))
    for line in seen.lines:
        for file in line.shown.files:
            if file.sha256 and store().path(file.sha256).exists():
                if file.access == "closed":
                    note_reading(line.row, sha256=file.sha256, by=asked.user, at=asked.at)
                name = f"{line.shown.order:02}-{file.sha256[:8]}-{_named(file.title)}{_ending(file)}"
                yield Piece(f"{where}/bilag/{name}", _("Attachment: %(title)s") % {"title": file.title},
                            store().path(file.sha256))  # fmt: skip


def _minutes(asked: Asked, meeting: Meeting, where: str) -> Iterator[Piece]:
    """Each version as he reads it; the very bytes that were signed where he may read all of it."""
    subject = of_meeting(asked.user, meeting)
    if not is_allowed("minutes:paper", subject, asked.level):
        return
    rows = Minutes.objects.filter(meeting=meeting).order_by("number").values_list("pk", flat=True)
    items = composing.items_of(meeting)
    may = readable(asked.user, subject, items, asked.level)
    shut = shut_files(asked.user, subject, items, asked.level)
    for pk in list(rows):
        one = Minutes.objects.select_related("meeting__organization__body").get(pk=pk)
        whole = agendas.as_closed_now(composing.shown(one), items, ())
        seen = composing.seen_by(whole, _orders(whole, items, may), _orders(whole, items, shut))
        name = _("Minutes") if one.number == 1 else _("Minutes, version %(number)s") % {"number": one.number}
        yield from _papers(seen, f"{where}/referat-{one.number}", name)
        if len(may) == len(items) and not shut and one.pdf_sha256:
            title = _("%(name)s, the bytes that are signed") % {"name": name}
            yield Piece(f"{where}/referat-{one.number}-underskrevet.pdf", title, store().path(one.pdf_sha256))
    for row in items:
        if row.pk in may and row.is_closed:
            note_reading(row, by=asked.user, at=asked.at)


def _orders(whole: record.Meeting, items: Sequence[AgendaItem], some: set[Any]) -> set[int]:
    return {shown.order for row, shown in zip(items, whole.items, strict=True) if row.pk in some}


def _papers(shown: record.Meeting, path: str, name: str) -> Iterator[Piece]:
    for to in _FORMATS:
        yield Piece(f"{path}.{to}", f"{name} ({to.upper()})", write(shown, to))


def _products(asked: Asked) -> Iterator[Section]:
    rows = Product.objects.filter(organization=asked.organization).select_related("organization__body")
    for number, one in enumerate(rows, 1):
        subject = of_product(asked.user, one)
        where, jobs = f"produkter/{number:02}", []
        if is_allowed("products:paper", subject, asked.level):
            versions = Version.objects.filter(product=one).order_by("number").values_list("pk", flat=True)
            jobs += [lambda one=one, pk=pk, where=where: _version(one, pk, where) for pk in versions]
        if is_allowed("deliberation:contributions", subject, asked.level):
            jobs += [lambda one=one, where=where: _contributions(one, where),
                     lambda one=one, where=where: _boards(one, where)]  # fmt: skip
        if is_allowed("deliberation:knowledge", subject, asked.level):
            jobs += [lambda one=one, where=where: _facts(one, where), lambda one=one, where=where: _gaps(one, where)]
        yield Section(one.title, jobs)


def _version(product: Product, pk: Any, where: str) -> Iterator[Piece]:
    """In every form and format that the page offers."""
    version = Version.objects.get(pk=pk)
    for form in ("", *papers.FORMS):
        for to in papers.FORMATS:
            if to == "json" and form:
                continue
            try:
                name, data = papers.paper(product, version, to, form)
            except Http404:  # nothing came before it, or nothing was answered
                continue
            path = f"{where}/{version.number:02}-{_named(version.label)}{'-' * bool(form)}{form}.{to}"
            yield Piece(path, f"{name} ({to.upper()})", data)


def _contributions(product: Product, where: str) -> Iterator[Piece]:
    said = product.contributions.select_related("by__person", "version", "element", "station__round")
    rows = list(placing.with_answers(said))
    if not rows:
        return
    told = [
        {
            "number": one.name, "kind": one.kind, "state": one.state, "by": one.who, "made_at": one.made_at,
            "element": one.element_id, "title": one.title, "quote": one.quote, "text": one.text,
            "version": one.version.label if one.version else None,
            "round": one.station.round.title if one.station else None,
            "station": one.station.number if one.station else None, "sheet": one.sheet, "came_late": one.is_late,
            "stance": one.stance, "hidden_because": one.hidden_because,
            "answers": [
                {"outcome": each.outcome, "text": each.text, "passed_to": each.passed_to, "at": each.at,
                 "change": each.change.name if each.change else None,
                 "merged_into": each.merged_into.name if each.merged_into else None}
                for each in one.answers.all()
            ],
        }
        for one in rows
    ]  # fmt: skip
    entries = [Entry(_heading(one), [("", one.quote and f"»{one.quote}«"), ("", one.text), *_answered(one)])
               for one in rows]  # fmt: skip
    yield from _both(f"{where}/kommentarer", _("Comments and answers"), told, entries)


def _heading(one: Contribution) -> str:
    about = "".join(f", {each}" for each in (one.get_stance_display(), one.title) if each)
    hidden = f" · {_('Hidden:')} {one.hidden_because}" if one.hidden_because else ""
    return f"{one.name}. {one.get_kind_display()}{about} ({one.who}, {_day(one.made_at)}){hidden}"


def _boards(product: Product, where: str) -> Iterator[Piece]:
    """The boards of its deliberations: each card as it stands, with every wording and what it was made of."""
    rows = Card.objects.filter(session__product=product).select_related("session__meeting", "merged_into", "entry")
    cards = list(rows.prefetch_related("sources", "texts").order_by("session__meeting__start", "place", "number"))
    if not cards:
        return
    told = [
        {
            "meeting": one.session.meeting.title, "card": one.name, "kind": one.kind, "text": one.text,
            "other": one.other,
            "sources": [source.name for source in one.sources.all()], "removed_at": one.removed_at,
            "merged_into": one.merged_into.name if one.merged_into else None,
            "in_the_minutes": bool(one.entry and not one.entry.removed_at),
            "wordings": [{"text": each.text, "other": each.other, "at": each.saved_at} for each in one.texts.all()],
        }
        for one in cards
    ]  # fmt: skip
    entries = [
        Entry(f"{one.name}. {one.get_kind_display()}, {one.session.meeting.title}",
              [("", " · ".join(filter(None, (one.text, one.other)))),
               (_("From"), ", ".join(source.name for source in one.sources.all()))])
        for one in cards
    ]  # fmt: skip
    yield from _both(f"{where}/tavle", _("The board"), told, entries)


def _answered(one: Contribution) -> Iterator[tuple[str, str]]:
    if one.answer is None:
        yield "", str(one.get_state_display())
        return
    given = one.answer
    more = [
        given.change and given.change.name,
        given.passed_to,
        given.merged_into and given.merged_into.name,
        given.text,
    ]
    yield str(given.get_outcome_display()), " · ".join(str(each) for each in more if each)


def _facts(product: Product, where: str) -> Iterator[Piece]:
    rows = list(FactNote.objects.filter(product=product).prefetch_related("versions"))
    if rows:
        told = [
            {"name": one.name, "is_withdrawn": one.is_withdrawn, **one.content(),
             "versions": [{"number": each.number, "saved_at": each.saved_at, **each.content}
                          for each in one.versions.all()]}
            for one in rows
        ]  # fmt: skip
        entries = [
            Entry(f"{one.name}. {one.title}", [
                ("", one.text), (_("Source"), one.source),
                *((" · ".join(one.table["columns"]) if at == 0 else "", " · ".join(row))
                  for at, row in enumerate(one.table["rows"])),
            ])
            for one in rows
        ]  # fmt: skip
        yield from _both(f"{where}/faktanotater", _("Fact notes"), told, entries)


def _gaps(product: Product, where: str) -> Iterator[Piece]:
    rows = list(EvidenceGap.objects.filter(product=product).prefetch_related("answers__note"))
    if rows:
        told = [
            {"name": one.name, "text": one.text, "asked_by": one.asked_by, "state": one.state, "made_at": one.made_at,
             "answers": [{"answer": each.answer, "source": each.source, "at": each.at,
                          "note": each.note.name if each.note else None} for each in one.answers.all()]}
            for one in rows
        ]  # fmt: skip
        entries = [
            Entry(f"{one.name}. {one.get_state_display()}", [
                ("", one.text), *((each.source, each.answer) for each in one.answers.all()),
            ])
            for one in rows
        ]  # fmt: skip
        yield from _both(f"{where}/videnshuller", _("Evidence gaps"), told, entries)


def _trail(asked: Asked) -> Section:
    """What the journal tells of the committee, its groups, meetings, cases and products: ids and hashes, no text."""
    about = [asked.organization, *asked.organization.groups.all()]
    about += [*Meeting.objects.filter(organization__in=about).only("pk"), *asked.organization.cases.only("pk")]
    about += [*asked.organization.products.only("pk")]
    about += [*AgendaItem.objects.filter(meeting__organization__in=[asked.organization.pk]).only("pk")]
    names = [journal.name_of(one) for one in about]
    job = lambda: [Piece("spor.jsonl", _("What the journal tells: ids and hashes, an entry a line"), _entries(names))]  # noqa: E731
    return Section(_("The trail"), [job])


def _entries(names: Sequence[str]) -> Iterator[bytes]:
    last = 0
    while rows := list(JournalEntry.objects.filter(about__in=names, number__gt=last).order_by("number")[:_PAGE]):
        last = rows[-1].number
        columns = ("number", "at", "kind", "by", "about", "values", "previous", "hash")
        yield b"".join(_json.encode({name: getattr(row, name) for name in columns}) + b"\n" for row in rows)


# --- how it is written ---


def _both(path: str, title: str, told: Any, entries: Sequence[Entry]) -> Iterator[Piece]:
    """The same as data, and as a page."""
    kept = [entry._replace(said=[pair for pair in entry.said if pair[1]]) for entry in entries]
    up = "../" * (len(PurePosixPath(path).parts) - 1)
    page = render_to_string("closing/export/page.html", {"title": title, "entries": kept, "up": up})
    yield Piece(f"{path}.html", title, page.encode())
    yield Piece(f"{path}.json", f"{title} (JSON)", msgspec.json.format(_json.encode(told)))


def _styles() -> Piece:
    return Piece("stil.css", "", render_to_string("closing/export/stil.css").encode())


def _index(asked: Asked, sections: Sequence[Section]) -> Piece:
    shown = {"organization": asked.organization, "at": asked.at, "sections": [one for one in sections if one.files]}
    return Piece("index.html", _("Contents"), render_to_string("closing/export/index.html", shown).encode())


def _contents(asked: Asked, listed: Sequence[dict[str, Any]]) -> Piece:
    told = {
        "schema": SCHEMA, "organization": asked.organization.name, "id": asked.organization.pk, "made_at": asked.at,
        "files": listed,
    }  # fmt: skip
    return Piece("index.json", "", msgspec.json.format(_json.encode(told)))


def _day(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%d.%m.%Y}" if moment else ""


def _named(text: str) -> str:
    """A name that any file system takes."""
    return _NOT_A_NAME.sub("-", text.translate(_LETTERS)).strip("-.")[:60] or "fil"


def _ending(file: record.File) -> str:
    known = {"application/pdf": ".pdf", "text/plain": ".txt", "image/png": ".png", "image/jpeg": ".jpg",
             "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
             "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx"}  # fmt: skip
    ending = known.get(file.media_type or "", "")
    return "" if file.title.lower().endswith(ending) else ending
