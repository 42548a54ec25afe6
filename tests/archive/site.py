"""A whole public site for tests: with everything that a page can lead to, and a walk over all of it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

import pypdfium2
from django.test import Client
from django.urls import get_resolver, resolve

from raadslag.archive.describing import describe
from raadslag.archive.intake import Document, Paper, take_in
from raadslag.archive.models import Body
from raadslag.archive.search import open_index
from raadslag.core.record import (
    Answer,
    Attendance,
    Change,
    Commitment,
    Decided,
    Element,
    Fact,
    File,
    Item,
    Member,
    Note,
    Organization,
    Origin,
    Point,
    Product,
    Recommendation,
    Report,
    Reservation,
    Section,
    Time,
    Vote,
    VoteSide,
    canonical,
)

from .conftest import NOON

NOTE = Document("notat.txt", "text/plain", "Notat om bænke.".encode(), (), "Notat om bænke.", 1)
OFFER = Document("oplaeg.txt", "text/plain", "Oplæg om træer.".encode(), (), "Oplæg om træer.", 1)
CASE = "PRV-2018-00105"
STARTS = (
    "/",
    "/en/",
    "/proeve/",
    "/en/proeve/",
    "/om/",
    "/foelg/",
    "/tilgaengelighed/",
    "/nyt.atom",
    "/sitemap.xml",
    "/robots.txt",
    "/health",
    "/proeve/soeg/?q=b%C3%A6nke",
    "/soeg/?q=torvet+-havn",
    "/en/soeg/?q=%22nye+b%C3%A6nke%22",
    "/soeg/?q=",
    "/soeg/?q=&aar=2018",
    "/proeve/soeg/forslag.json?q=b%C3%A6",
    "/soeg/forslag.json?q=to",
)
# Addresses that no page leads to: programs know them, or they are asked for with words.
_LINK = re.compile(rb'(?:href|src|action|data-suggestions)="([^"]*)"')
_PLACE = re.compile(rb"<loc>([^<]*)</loc>|<link[^>]*href=\"([^\"]*)\"")
_ID = re.compile(rb'\sid="([^"]*)"')


class Told(NamedTuple):
    """An answer: everything of it that a visitor can tell apart."""

    status: int
    headers: dict[str, str]
    body: bytes


def fill(add: Any, make_meeting: Any, *, closed: Item | None = None) -> None:
    """Two years of two committees: agenda, minutes, editions, a case, attachments, a product, a commitment; `closed` is
    one item."""
    first = Item(
        order=1,
        number="1",
        title="Nye bænke på torvet",
        access="open",
        reference=CASE,
        sections=(Section(kind="summary", heading="Resumé", text="Der er brug for bænke."),),
        recommendation=Recommendation(by="Teknik", points=(Point(text="at bænkene sættes op"),)),
        decision="Godkendt.",
        outcome="approved",
        votes=(Vote(for_=VoteSide(count=5), against=VoteSide(count=2), abstained=VoteSide()),),
        files=(File(title="Notat om bænke", access="open", sha256=NOTE.sha256),),
    )
    offer = File(title="Oplæg om træer", access="open", sha256=OFFER.sha256)
    items = (first, closed) if closed else (first,)
    given = Item(order=1, number="1", title="Nye bænke på torvet", access="open", files=(*first.files, offer))
    files = (NOTE, OFFER)
    add(make_meeting(kind="agenda", items=(given,)), data=b"agenda", attachments=files)
    add(make_meeting(items=items, title="Første udgave"), data=b"first edition", attachments=files)
    add(make_meeting(items=items, attendance=_there(), notes=_notes()), data=b"second edition", attachments=files)
    again = Item(
        order=1, number="1", title="Bænke igen", access="open", reference=CASE, decision="Udsat.", outcome="deferred"
    )
    add(make_meeting(items=(again,), organization="Rådet", meeting=Time(start="2019-05-06")), data=b"another")
    add(
        make_meeting(kind="agenda", items=(given,), meeting=Time(start="2019-06-03")), data=b"coming", attachments=files
    )
    committee = Organization(
        id="et-udvalg", as_of="2018-04-10T12:00:00", body="Prøvekommunen", name="Udvalget for Byrum",
        purpose="Byens rum skal være for alle.", members=(Member(person="Asta Holmen", role="formand"),),
    )  # fmt: skip
    promised = Commitment(
        id="et-loefte", body="Prøvekommunen", organization="Udvalget for Byrum", as_of="2018-07-01T12:00:00",
        text="Bænkene sættes op.", unit="Teknik", due="2018-12-01", state="done",
        decided=Decided(organization="Udvalget for Byrum", on="2018-04-09", item="1", title="Nye bænke på torvet"),
        origin=Origin(id="et-produkt", title="Plan for torvet", version="v1.0", element="a", part="1 Bænke"),
        reports=(Report(on="2018-07-01", text="De står der.", state="done"),),
    )  # fmt: skip
    for record in (committee, *_versions(), promised):
        delivered = Document("record.json", "application/json", canonical(record), ())
        take_in(Paper(record, delivered, is_delivered=True), at=NOON)
    describe(Body.objects.get(), by="it", at=NOON, main="#0b4f6c", logo=_picture(), reviewed_on=NOON.date())
    open_index().catch_up()


def _versions() -> Iterator[Product]:
    """A product in two versions."""
    for version, text in (("v0.1", "Der skal bænke til."), ("v1.0", "Der skal bænke og træer til.")):
        yield Product(
            id="et-produkt", body="Prøvekommunen", organization="Udvalget for Byrum", title="Plan for torvet",
            version=version, frozen=f"2018-0{3 + (version == 'v1.0')}-01T12:00",
            elements=(Element(id="a", kind="text", number="1", title="Bænke", text=text),),
            changes=(Change(id="Æ-01", element="a", text="Træer er kommet til"),),
            answers=(Answer(contribution="K-01", outcome="included", change="Æ-01"),),
            facts=(Fact(id="A", title="Bænke", columns=("Torv", "Bænke"), rows=(("Nord", "4"),), elements=("a",)),),
        )  # fmt: skip


def _there() -> tuple[Attendance, ...]:
    return (Attendance(person="Asta Holmen", status="present"), Attendance(person="Birk Lind", status="absent"))


def _notes() -> tuple[Note, ...]:
    return (Note(kind="dilemma", text="Bænke eller træer.", item="1"),)


def _picture() -> bytes:
    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (40, 44), "#0b4f6c").save(target, "PNG")
    return target.getvalue()


def closed_item(secret: str | None) -> Item:
    """A closed item with its public face; `secret` stands in every field that a record has beside it."""
    face = Item(order=2, number="2", access="closed", public_title="Køb af grund", public_decision="Godkendt.")
    if secret is None:
        return face
    return Item(
        order=2,
        number="2",
        access="closed",
        public_title="Køb af grund",
        public_decision="Godkendt.",
        title=f"Køb af {secret}",
        reference=f"PRV-2018-{len(secret):05}",
        decision=secret,
        outcome="rejected",
        actor=secret,
        page=len(secret),
        steps=(secret,),
        sections=(Section(kind="background", heading=secret, text=f"{secret} {secret}"),),
        recommendation=Recommendation(by=secret, to=secret, points=(Point(text=secret),)),
        votes=(Vote(for_=VoteSide(count=len(secret), who=(secret,)), against=VoteSide(), abstained=VoteSide()),),
        reservations=(Reservation(who=(secret,), text=secret),),
        files=(File(title=secret, document=secret, reference=secret, sha256="a" * 64),),
    )


def walk(client: Client, starts: Iterable[str] = STARTS) -> dict[str, Told]:
    """Every answer that can be reached by links, redirects, feeds and maps from `starts`, by address without host."""
    answers: dict[str, Told] = {}
    waiting = list(starts)
    while waiting:
        address = waiting.pop()
        # Of the ways to narrow a search there is no end: each is tried, and no two of them together.
        is_narrow = "/soeg/" in address and address.count("&") > 1
        if address in answers or address.startswith("/static/") or is_narrow:
            continue
        answers[address] = told = ask(client, address)
        waiting += [place for place in leads(address, told) if place not in answers]
    return answers


def ask(client: Client, address: str) -> Told:
    """The answer at an address."""
    response = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return Told(response.status_code, dict(response.headers), body)


def leads(address: str, told: Told) -> list[str]:
    """Where an answer leads to on this site, without the places within pages."""
    kind = told.headers.get("Content-Type", "")
    found = [told.headers["Location"]] if "Location" in told.headers else []
    if kind.startswith("text/html") and "/kilde/" not in address:
        found += [unescape(link.decode()) for link in _LINK.findall(told.body)]
    elif "xml" in kind and "svg" not in kind:
        found += [unescape((one or other).decode()) for one, other in _PLACE.findall(told.body)]
    places = []
    for link in found:
        parts = urlsplit(urljoin(f"http://testserver{address}", link))
        if parts.scheme in ("http", "https") and parts.netloc == "testserver":
            places.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return places


def broken_places(answers: dict[str, Told]) -> list[tuple[str, str]]:
    """Links to a place within a page that has no such place, by the page that has them."""
    broken = []
    for address, told in answers.items():
        if not told.headers.get("Content-Type", "").startswith("text/html"):
            continue
        for link in _LINK.findall(told.body):
            target = unescape(link.decode())
            page, _, place = (
                urljoin(f"http://testserver{address}", target).removeprefix("http://testserver").partition("#")
            )
            there = answers.get(page)
            if place and there and there.status == 200 and place.encode() not in _ID.findall(there.body):
                broken.append((address, target))
    return broken


def routes(addresses: Iterable[str]) -> set[str]:
    """The names of the routes that these addresses are of."""
    paths = (unquote(address.partition("?")[0]) for address in addresses)
    return {resolve(path.removeprefix("/en") if path.startswith("/en/") else path).view_name for path in paths}


def all_routes() -> set[str]:
    """The names of all public routes."""
    names: set[str] = set()

    def gather(resolver: Any, spaces: tuple[str, ...]) -> None:
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                gather(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
            else:
                names.add(":".join((*spaces, pattern.name)))

    gather(get_resolver(), ())
    return {name for name in names if not name.startswith("delivery:")}


def words_of(told: Told) -> str:
    """What a person or a program can read in an answer, also in a PDF."""
    if told.body.startswith(b"%PDF-"):
        document = pypdfium2.PdfDocument(told.body)
        text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
        document.close()
        return text
    return told.body.decode("utf-8", "replace")
