"""What lies on the tables: posters with a code, sheets for hosts, and numbered sheets for thoughts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps

import qrcode
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from raadslag.core.text import Block, Paragraph, Text
from raadslag.core.writers import write_form
from raadslag.core.writers.forms import Blank, Choice, Form, Lines, Page, Part, Sign
from raadslag.core.writers.labels import labels
from raadslag.web import dates
from raadslag.workspace.deliberation.models import Contribution, Round, Session, Station
from raadslag.workspace.deliberation.sessions import saying

_LANGUAGE = "da"  # of papers


def _paper(made: Callable[[Session], tuple[str, Iterator[Page]]]) -> Callable[[Session], bytes]:
    @wraps(made)
    def written(session: Session) -> bytes:
        with translation.override(_LANGUAGE):
            title, pages = made(session)
            meeting = session.meeting
            day = dates.day(timezone.localtime(meeting.start))
            running = f"{meeting.organization.name} · {meeting.title} · {day}"
            start = timezone.localtime(meeting.start).strftime("%Y-%m-%dT%H:%M")
            body = meeting.organization.body.name
            form = Form(labels(_LANGUAGE), title, body, running, start, tuple(pages) or (_nothing(),))
        return write_form(form, "pdf")

    return written


def _nothing() -> Page:
    return Page(_("There are no stations yet."), ())


@_paper
def posters(session: Session) -> tuple[str, Iterator[Page]]:
    """A poster for each station: what it is about, its code, its address, and the picture that a phone reads."""

    def pages() -> Iterator[Page]:
        for station in _stations(session):
            if station.code:
                where = (station.round.title, _place(station), station.question)
                yield Page(station.title, (sign_of(station),), tuple(line for line in where if line))

    return _("Posters"), pages()


@_paper
def host_sheets(session: Session) -> tuple[str, Iterator[Page]]:
    """A sheet for each host: what to ask, how, and room for what the group says."""

    def pages() -> Iterator[Page]:
        how = _(
            "Read the question aloud. Write one thought at a time, in the group’s own words. Read them back at last."
        )
        for station in _stations(session):
            words = (station.question, station.round.who_writes, how)
            parts = (*(_said(one) for one in words if one), Lines(_("What the group says")))
            host = station.host.name if station.host else ""
            yield Page(station.title, parts, (f"{station.round.title} · {_place(station)}",), (
                (_("Host"), host), (pgettext("length", "Minutes"), str(station.round.minutes)),
                (_("Group"), saying.group_at(station)), (_("Code"), station.code or ""),
            ))  # fmt: skip

    return _("Sheets for hosts"), pages()


@_paper
def comment_sheets(session: Session) -> tuple[str, Iterator[Page]]:
    """A numbered sheet for each seat: it counts as much as a phone, and asks the same."""

    def pages() -> Iterator[Page]:
        kinds = tuple((str(label), False) for label in Contribution.Kind.labels)
        stances = Choice(_("How far do you agree?"), tuple((str(label), False) for label in Contribution.Stance.labels))
        me = _("The group")
        for station in _stations(session):
            for number in range(1, station.seats + 1):
                parts: list[Part] = [_said(station.question)] if station.question else []
                if station.round.asks_agreement:
                    parts.append(stances)
                choice = Choice("", kinds)
                who = Choice(_("Who is writing?"), ((me, False), (_("Me, without a name"), False)))
                room = (Lines(_("Write one thought at a time")), who, Blank(_("My name, if I want it to stand"), ""))
                yield Page(f"{station.sheet}-{number:02}", (*parts, choice, *room), (station.title,))

    return _("Sheets for thoughts"), pages()


PAPERS: Mapping[str, Callable[[Session], bytes]] = {
    "plakater": posters, "vaertsark": host_sheets, "kommentarark": comment_sheets,
}  # fmt: skip


def address_of(station: Station) -> str:
    """The whole address that a station's code opens."""
    return settings.ADDRESS + reverse("sessions:station", args=[station.code])


def sign_of(station: Station) -> Sign:
    """Its code, as it is said, read and photographed."""
    address = address_of(station)
    short = address.partition("://")[2].rstrip("/")
    return Sign(
        station.code or "", short, squares_of(address), _("A QR code that opens %(address)s") % {"address": short}
    )


def squares_of(address: str) -> tuple[str, ...]:
    """An address as the squares of a QR code, "1" where they are dark. Source: ISO/IEC 18004."""
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(address)
    code.make(fit=True)
    return tuple("".join("1" if dark else "0" for dark in row) for row in code.get_matrix())


def _stations(session: Session) -> list[Station]:
    rows = Station.objects.filter(round__session=session, round__kind=Round.Kind.STATIONS)
    return list(rows.select_related("round", "host").order_by("round__number", "number"))


def _place(station: Station) -> str:
    return _("Station %(number)s") % {"number": station.number}


def _said(text: str) -> Block:
    return Paragraph((Text(text),))
