"""Ways to follow an archive: Atom feeds, calendars, and a search as a table.

All of it comes from the public rows, as the pages do: what a page does not show stands in no feed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.db.models import Count, Max, Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from raadslag import __version__
from raadslag.archive import journal, models
from raadslag.archive.pages import search, views, words
from raadslag.core import text
from raadslag.core.release import public
from raadslag.web.dates import day

ENTRIES = 50
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # of an archive in which nothing was changed yet
MAX_ROWS = 1000
EXCERPT = 600  # characters of a decision
# Everybody may use the data from any page; the pages themselves stay by themselves.
FOR_EVERYONE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
# A table's program takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Entry:
    """One entry of a feed (a decision, a meeting's paper, a committee, a product's version, a commitment) with its
    address here."""

    title: str
    address: str
    text: str
    author: str
    added_at: datetime


# --- Atom ---


def everything_feed(request: HttpRequest) -> HttpResponse:
    """What is new in all bodies."""
    entries = _newest(
        models.Item.objects.all(),
        models.Meeting.objects.all(),
        models.Portrait.objects.all(),
        models.Edition.objects.all(),
        models.Standing.objects.all(),
    )
    return _atom(request, _("Decisions and agendas"), reverse("pages:front"), entries)


def body_feed(request: HttpRequest, body: str) -> HttpResponse:
    """What is new in one body."""
    found = views.get_body(body)
    portraits = models.Portrait.objects.filter(organization__body=found)
    editions = models.Edition.objects.filter(product__body=found)
    entries = _newest(
        models.Item.objects.filter(meeting__body=found), models.Meeting.objects.of(found), portraits, editions,
        models.Standing.objects.of(found),
    )  # fmt: skip
    return _atom(request, found.name, reverse("pages:body", args=[found.slug]), entries)


def organization_feed(request: HttpRequest, body: str, organization: str) -> HttpResponse:
    """What is new in one committee."""
    found = views.get_organization(body, organization)
    items = models.Item.objects.filter(meeting__organization=found)
    title = f"{found.name}, {found.body.name}"
    address = reverse("pages:organization", args=[found.body.slug, found.slug])
    editions = models.Edition.objects.filter(product__organization=found)
    standings = models.Standing.objects.filter(commitment__organization=found)
    entries = _newest(items, models.Meeting.objects.held_by(found), found.portraits.all(), editions, standings)
    return _atom(request, title, address, entries)


def case_feed(request: HttpRequest, body: str, case: str) -> HttpResponse:
    """Each time that a case was handled, the newest first."""
    found = views.get_case(body, case)
    items = found.items.current().with_meeting().select_related("version").defer("text", "version__record")
    entries = [_of_item(item, item.version.added_at) for item in items.order_by("-version__added_at", "-pk")[:ENTRIES]]
    title = f"{found.title or found.number}, {found.body.name}"  # type: ignore[attr-defined]  # the annotation of `public`
    return _atom(request, title, reverse("pages:case", args=[found.body.slug, found.slug]), entries)


def commitments_feed(request: HttpRequest, body: str) -> HttpResponse:
    """What is new of what a body has promised: each commitment once, as it is by now."""
    found = views.get_body(body)
    entries = [*map(_of_standing, _newest_standings(models.Standing.objects.of(found)))]
    title = _("What was promised, %(body)s") % {"body": found.name}
    return _atom(request, title, reverse("pages:commitments", args=[found.slug]), entries)


@search.unless_behind
def search_feed(request: HttpRequest, body: str | None = None) -> HttpResponse:
    """The newest items on the words and choices of a search."""
    asked, results = search.asked_of(request, body, per_page=ENTRIES, newest=True)
    items = [hit.item for hit in results.hits if hit.item and hit.kind in ("decision", "item")]
    added = dict(
        models.Version.objects.filter(pk__in={item.version_id for item in items}).values_list("pk", "added_at")
    )
    entries = [_of_item(item, added[item.version_id]) for item in items]
    title = _("Search for “%(words)s”") % {"words": asked.query} if asked.query else _("Search")
    return _atom(request, title, asked.address(), entries)


def _newest(
    items: models.ItemQuerySet, meetings: models.MeetingQuerySet, portraits: models.PortraitQuerySet,
    editions: models.EditionQuerySet, standings: models.StandingQuerySet,
) -> list[Entry]:  # fmt: skip
    """The latest decisions, agendas, committees, versions of products and commitments that are shown, the newest first;
    five queries."""
    made = editions.current().with_product().defer("record")
    decided = items.current().decided().with_meeting().select_related("version").defer("text", "version__record")
    agendas = models.Version.objects.current().filter(kind=models.Version.Kind.AGENDA, meeting__in=meetings.public())
    agendas = agendas.select_related("meeting__organization", "meeting__body").defer("record")
    entries = [
        *(_of_item(item, item.version.added_at) for item in decided.order_by("-version__added_at", "-pk")[:ENTRIES]),
        *(_of_agenda(version) for version in agendas.order_by("-added_at", "-pk")[:ENTRIES]),
        *(_of_portrait(one) for one in _told(portraits).order_by("-added_at", "-pk")[:ENTRIES]),
        *(_of_edition(one) for one in made.order_by("-added_at", "-pk")[:ENTRIES]),
        *map(_of_standing, _newest_standings(standings)),
    ]
    return sorted(entries, key=lambda entry: entry.added_at, reverse=True)[:ENTRIES]


def _of_item(item: models.Item, added_at: datetime) -> Entry:
    meeting = item.meeting
    outcome = dict(words.in_language().outcome).get(item.outcome, "")
    decision = _excerpt(item.decision)
    held = f"{meeting.organization.name}, {day(meeting.start)}"
    return Entry(
        title=item.title or _("Item %(number)s") % {"number": item.number or item.order},
        address=reverse("pages:item", args=[meeting.body.slug, meeting.slug, item.slug]),
        text="\n\n".join(filter(None, [": ".join(filter(None, [outcome, decision])), held])),
        author=f"{meeting.organization.name}, {meeting.body.name}",
        added_at=added_at,
    )


def _of_agenda(version: models.Version) -> Entry:
    meeting = version.meeting
    held = day(meeting.start)
    return Entry(
        title=_("Agenda: %(committee)s, %(day)s") % {"committee": meeting.organization.name, "day": held},
        address=reverse("pages:meeting", args=[meeting.body.slug, meeting.slug]),
        text=meeting.place,
        author=f"{meeting.organization.name}, {meeting.body.name}",
        added_at=version.added_at,
    )


def _told(portraits: models.PortraitQuerySet) -> models.PortraitQuerySet:
    return portraits.current().select_related("organization__body")


def _of_portrait(portrait: models.Portrait) -> Entry:
    organization = portrait.organization
    purpose = text.plain(public(portrait.value).purpose or "")
    return Entry(
        title=_("Mandate and members: %(committee)s") % {"committee": organization.name},
        address=reverse("pages:organization", args=[organization.body.slug, organization.slug]),
        text=_excerpt(purpose),
        author=f"{organization.name}, {organization.body.name}",
        added_at=portrait.added_at,
    )


def _of_edition(edition: models.Edition) -> Entry:
    product = edition.product
    whose = f"{product.organization.name}, {product.body.name}"
    presented = _("Presented %(day)s") % {"day": day(edition.frozen)} if edition.frozen else ""
    return Entry(
        title=f"{edition.title}, {edition.version}",
        address=reverse("pages:product-version", args=[product.body.slug, product.slug, edition.slug]),
        text="\n\n".join(filter(None, [presented, whose])),
        author=whose,
        added_at=edition.added_at,
    )


def _newest_standings(standings: models.StandingQuerySet) -> models.StandingQuerySet:
    return standings.current().with_commitment().order_by("-added_at", "-pk")[:ENTRIES]


def _of_standing(standing: models.Standing) -> Entry:
    commitment = standing.commitment
    whose = f"{commitment.organization.name}, {commitment.body.name}"
    reports = public(standing.value).reports
    told = _excerpt(text.plain(reports[-1].text)) if reports else ""
    state = str(words.STATES.get(standing.state, ""))
    return Entry(
        title=_excerpt(standing.text),
        address=reverse("pages:commitment", args=[commitment.body.slug, commitment.slug]),
        text="\n\n".join(filter(None, [": ".join(filter(None, [state, told])), standing.unit, whose])),
        author=whose,
        added_at=standing.added_at,
    )


def _excerpt(words: str) -> str:
    return words if len(words) <= EXCERPT else words[:EXCERPT].rsplit(" ", 1)[0] + " …"


class _Feed(Atom1Feed):
    """A feed whose moment is that of what the archive shows, and never of the question (I8)."""

    def latest_post_date(self) -> datetime:
        """When the newest entry was added; of a feed without entries, when anything was changed last."""
        return super().latest_post_date() if self.items else journal.public_head().at or _BEGINNING


def _atom(request: HttpRequest, title: str, address: str, entries: Sequence[Entry]) -> HttpResponse:
    feed = _Feed(
        title=title,
        link=request.build_absolute_uri(address),
        description="",
        language=get_language() or "da",
        feed_url=request.build_absolute_uri(),
        author_name="Raadslag",
    )
    for entry in entries:
        link = request.build_absolute_uri(entry.address)
        feed.add_item(
            title=entry.title,
            link=link,
            unique_id=link,
            description=entry.text,
            author_name=entry.author,
            pubdate=entry.added_at,
            updateddate=entry.added_at,
        )
    return HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8", headers=FOR_EVERYONE
    )


# --- calendars ---


def calendar(request: HttpRequest, body: str, organization: str) -> HttpResponse:
    """The meetings of one committee as a calendar that can be subscribed to; three queries."""
    found = views.get_organization(body, organization)
    titles = models.Item.objects.current().only("meeting", "order", "number", "title").order_by("order")
    meetings = (
        models.Meeting.objects.public()
        .held_by(found)
        .annotate(editions=Count("versions"), changed_at=Max("versions__added_at"))
        .prefetch_related(Prefetch("items", titles, to_attr="shown_items"))
        .order_by("start_on", "start", "pk")
    )
    made = icalendar.Calendar()
    made.add("prodid", f"-//Raadslag//{__version__}//DA")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"{found.name}, {found.body.name}")
    for meeting in meetings:
        made.add_component(_event(request, found, meeting))
    made.add_missing_timezones()
    name = f"{found.body.slug}-{found.slug}.ics"
    headers = FOR_EVERYONE | {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(made.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)


def _event(request: HttpRequest, organization: models.Organization, meeting: models.Meeting) -> icalendar.Event:
    """A meeting as an event: the same UID for ever, a greater SEQUENCE with every paper that came of it."""
    event = icalendar.Event()
    event.add("uid", f"{meeting.slug}.{organization.body.slug}@raadslag")
    event.add("sequence", meeting.editions - 1)  # type: ignore[attr-defined]  # the annotations of `calendar`
    event.add("dtstamp", meeting.changed_at)  # type: ignore[attr-defined]
    event.add("last-modified", meeting.changed_at)  # type: ignore[attr-defined]
    event.add("summary", organization.name)
    event.add("dtstart", _moment(meeting.start))
    if ended := _ended(meeting):
        event.add("dtend", ended)
    if meeting.place:
        event.add("location", meeting.place)
    event.add("url", request.build_absolute_uri(reverse("pages:meeting", args=[organization.body.slug, meeting.slug])))
    shown = (f"{item.number or item.order}. {item.title or _('Closed item')}" for item in meeting.shown_items)  # type: ignore[attr-defined]
    event.add("description", "\n".join(shown))
    return event


def _moment(start: str) -> date | datetime:
    """A local time with its zone, or the day alone where the paper shows no time."""
    if "T" not in start:
        return date.fromisoformat(start)
    return datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


def _ended(meeting: models.Meeting) -> datetime | None:
    """When it ended; after midnight is the next day. None where that is not known."""
    start, end = _moment(meeting.start), meeting.adjourned and _moment(meeting.adjourned)
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return None
    return end if end > start else end + timedelta(days=1)


# --- a search as a table ---


@search.unless_behind
def search_table(request: HttpRequest, body: str | None = None) -> HttpResponse:
    """The hits of a search, the best first, as a table for a spreadsheet: parted by semicolons, as in Denmark."""
    _asked, results = search.asked_of(request, body, per_page=MAX_ROWS)
    written = io.StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow(
        [
            _("Municipality"),
            _("Committee"),
            _("Day"),
            _("Number"),
            _("Title"),
            _("Outcome"),
            _("Decision"),
            _("Address"),
        ]
    )
    for hit in results.hits:
        table.writerow(_cells(_row(request, hit)))
    headers = FOR_EVERYONE | {"Content-Disposition": 'attachment; filename="raadslag.csv"'}
    return HttpResponse(written.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=headers)


def _row(request: HttpRequest, hit: search.Hit) -> Iterable[str]:
    item = hit.item
    return (
        hit.body.name,
        hit.organization.name,
        hit.day,
        (item.number or str(item.order)) if item else "",
        hit.title.text,
        dict(words.in_language().outcome).get(item.outcome, "") if item else "",
        item.decision if item else "",
        request.build_absolute_uri(search.address_of(hit)),
    )


def _cells(row: Iterable[str]) -> list[str]:
    """The cells of a row, none of which a spreadsheet takes for a formula."""
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row]
