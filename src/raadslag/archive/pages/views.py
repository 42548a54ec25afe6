"""The pages of a body: front, committees, meetings, items, decisions. Everything asked for is public.

What was never stored and what is not shown are answered by the same query and the same page.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Max, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from raadslag.archive import models
from raadslag.archive.pages import meeting_page
from raadslag.core.release import public

PER_PAGE = 20
ON_FRONT = 5


def front(request: HttpRequest) -> HttpResponse:
    """What is new in all bodies; an archive of one body goes straight to it."""
    bodies = models.Body.objects.public()
    if len(bodies) == 1:
        return redirect("pages:body", bodies[0].slug)
    return page(request, "front.html", "front", bodies=bodies, **_newest())


def body(request: HttpRequest, body: str) -> HttpResponse:
    """The front page of one body."""
    found = get_body(body)
    organizations = _organizations(found)
    return page(request, "front.html", "front", found, organizations=organizations, **_newest(found))


def about(request: HttpRequest) -> HttpResponse:
    """What this site is, how it can be used, and what it keeps of its visitors: nothing."""
    return page(request, "about.html", "about")


def organizations(request: HttpRequest, body: str) -> HttpResponse:
    """All committees and councils of a body."""
    found = get_body(body)
    return page(request, "organizations.html", "organizations", found, organizations=_organizations(found))


def organization(request: HttpRequest, body: str, organization: str) -> HttpResponse:
    """One committee: its meetings, the newest first, and its latest decisions."""
    found = get_object_or_404(
        models.Organization.objects.public().select_related("body"), body__slug=body, slug=organization
    )
    decisions = _decisions(models.Item.objects.filter(meeting__organization=found))[:ON_FRONT]
    meetings = _page_of(request, models.Meeting.objects.public().held_by(found).with_organization().latest())
    return page(
        request,
        "organization.html",
        "organizations",
        found.body,
        organization=found,
        meetings=meetings,
        decisions=decisions,
    )


def meetings(request: HttpRequest, body: str) -> HttpResponse:
    """All meetings of a body, the newest first."""
    found = get_body(body)
    rows = models.Meeting.objects.public().of(found).with_organization().latest()
    return page(request, "meetings.html", "meetings", found, meetings=_page_of(request, rows))


def decisions(request: HttpRequest, body: str) -> HttpResponse:
    """All decisions of a body, the newest first."""
    found = get_body(body)
    rows = _decisions(models.Item.objects.filter(meeting__body=found))
    return page(request, "decisions.html", "decisions", found, decisions=_page_of(request, rows))


def meeting(request: HttpRequest, body: str, meeting: str) -> HttpResponse:
    """One meeting: what was decided, what was discussed, its items, who was there, its papers."""
    found = get_meeting(body, meeting)
    version = found.current
    paper = public(version.value)
    items = meeting_page.items_of(paper, _rows(version))
    versions = found.versions.newest_first().values_list("kind", flat=True)
    return page(
        request,
        "meeting.html",
        "meetings",
        found.body,
        meeting=found,
        version=version,
        paper=paper,
        items=items,
        decisions=meeting_page.decisions_of(paper, items),
        talk=meeting_page.talk_of(paper, items),
        presence=meeting_page.presence_of(paper),
        kinds=set(versions),
        is_past=found.start_on <= timezone.localdate(),
    )


def item(request: HttpRequest, body: str, meeting: str, item: str) -> HttpResponse:
    """One item, whole."""
    found = get_meeting(body, meeting)
    version = found.current
    paper = public(version.value)
    items = meeting_page.items_of(paper, _rows(version))
    at = next((place for place, shown in enumerate(items) if shown.row.slug == item), None)
    if at is None:
        raise Http404
    shown = items[at]
    return page(
        request,
        "item.html",
        "meetings",
        found.body,
        meeting=found,
        item=shown,
        decisions=[told for told in meeting_page.decisions_of(paper, items) if told.slug == item],
        parts=meeting_page.parts_of(paper, shown.value, get_language() or "da") if shown.value else (),
        before=items[at - 1] if at else None,
        after=items[at + 1] if at + 1 < len(items) else None,
    )


def get_body(slug: str) -> models.Body:
    """The body of that slug, if anything of it is shown; else Http404."""
    return get_object_or_404(models.Body.objects.public(), slug=slug)


def get_meeting(body: str, slug: str) -> models.Meeting:
    """The meeting of that address, if it is shown; else Http404."""
    return get_object_or_404(models.Meeting.objects.public().with_organization(), body__slug=body, slug=slug)


def page(
    request: HttpRequest, template: str, place: str, body: models.Body | None = None, **context: Any
) -> HttpResponse:
    """A page; `place` is the entry of the menu that it stands under, `path` its address in this language."""
    return render(request, f"pages/{template}", {"place": place, "body": body, "path": request.path, **context})


def _newest(body: models.Body | None = None) -> dict[str, Any]:
    """Meetings of this week, the latest others, and the latest decisions, in one body or in all."""
    meetings = models.Meeting.objects.public().with_organization()
    items = models.Item.objects.all()
    if body:
        meetings, items = meetings.of(body), items.filter(meeting__body=body)
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    week = meetings.filter(start_on__range=(monday, monday + timedelta(days=6))).order_by("start_on", "start", "pk")
    coming = meetings.filter(start_on__gt=monday + timedelta(days=6)).order_by("start_on", "start", "pk")
    earlier = meetings.filter(start_on__lt=monday).latest()
    return {
        "week": week,
        "next_meeting": coming.first(),
        "earlier": earlier[:ON_FRONT],
        "decisions": _decisions(items)[:ON_FRONT],
    }


def _decisions(items: models.ItemQuerySet) -> QuerySet[models.Item]:
    return items.current().decided().latest().with_meeting()


def _organizations(body: models.Body) -> QuerySet[models.Organization]:
    return models.Organization.objects.public().of(body).annotate(latest_on=Max("meetings__start_on")).order_by("name")


def _rows(version: models.Version) -> QuerySet[models.Item]:
    attachments = Prefetch("attachments", models.Attachment.objects.select_related("file"))
    return version.items.order_by("order").prefetch_related(attachments)


def _page_of(request: HttpRequest, rows: QuerySet[Any]) -> Any:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("side"))
