"""The pages of a body: front, committees, meetings, items, decisions. Everything asked for is public.

What was never stored and what is not shown are answered by the same query and the same page.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from raadslag.archive import describing, files, models
from raadslag.archive.pages import gone, meeting_page, portraits, standings, titles, years
from raadslag.core.release import public
from raadslag.web.middleware import WITH_SCRIPT

PER_PAGE = 20
EDITIONS = {"referat": "minutes", "dagsorden": "agenda", "papir": "unstated"}
WITH_SEARCH_FIELD = frozenset(["front.html", "search.html"])
ON_FRONT = 5
OF_ONE_MEETING = 2  # decisions on a front page, where others have met too
LOOKED_THROUGH = 80  # decisions, the newest: more than any one meeting takes


def front(request: HttpRequest) -> HttpResponse:
    """What is new in all bodies; an archive of one body goes straight to it."""
    bodies = models.Body.objects.public()
    if len(bodies) == 1:
        return redirect("pages:body", bodies[0].slug)
    return page(request, "front.html", "front", bodies=bodies, **_newest())


def body(request: HttpRequest, body: str) -> HttpResponse:
    """The front page of one body."""
    found = get_body(body)
    shown = {
        "organizations": _organizations(found), "has_promised": models.Standing.objects.current().of(found).exists(),
    }  # fmt: skip
    return page(request, "front.html", "front", found, **shown, **_newest(found))


def about(request: HttpRequest, body: str | None = None) -> HttpResponse:
    """What this site is, how it can be used, and what it keeps of its visitors: nothing."""
    return page(request, "about.html", "about", get_body(body) if body else only_body())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to an address that nothing public stands at, in the frame of the body that the address names.

    One that was given once says where it leads or what happened.
    """
    if told := gone.answer(request):
        return told
    slug = request.path_info.removeprefix("/en/").strip("/").split("/")[0]
    named = models.Body.objects.public().filter(slug=slug).first()
    return render(request, "404.html", {"body": named or only_body()}, status=404)


def organizations(request: HttpRequest, body: str) -> HttpResponse:
    """All committees and councils of a body."""
    found = get_body(body)
    return page(request, "organizations.html", "organizations", found, organizations=_organizations(found))


def organization(request: HttpRequest, body: str, organization: str, year: int | None = None) -> HttpResponse:
    """One committee: what it is for and who sits in it, the meetings of a year as a calendar and as a list, and its
    latest decisions."""
    found = get_organization(body, organization)
    held = models.Meeting.objects.public().held_by(found)
    counted = dict(held.values_list("start_on__year").annotate(Count("pk")).order_by("start_on__year"))
    shown = year or years.chosen(counted, timezone.localdate().year)
    meetings = list(_listed(held.filter(start_on__year=shown)).latest())
    return page(
        request,
        "organization.html",
        "organizations",
        found.body,
        organization=found,
        portrait=portraits.page_of(found, timezone.localdate()),
        is_of_a_year=year is not None,
        year=shown,
        years=counted.items(),
        earlier=max((one for one in counted if one < shown), default=None),
        later=min((one for one in counted if one > shown), default=None),
        meetings=meetings,
        months=years.months_of(shown, meetings),
        decisions=of_substance(_decisions(models.Item.objects.filter(meeting__organization=found))),
        products=models.Product.objects.public().filter(organization=found).latest().select_related("body"),
        standings=standings.of_organization(found, timezone.localdate())[:ON_FRONT],
        today=timezone.localdate().isoformat(),
    )


def meetings(request: HttpRequest, body: str) -> HttpResponse:
    """All meetings of a body, the newest first."""
    found = get_body(body)
    rows = _listed(models.Meeting.objects.public().of(found)).latest()
    return page(request, "meetings.html", "meetings", found, meetings=page_of(request, rows))


def decisions(request: HttpRequest, body: str) -> HttpResponse:
    """All decisions of a body, the newest first."""
    found = get_body(body)
    rows = _decisions(models.Item.objects.filter(meeting__body=found))
    return page(request, "decisions.html", "decisions", found, decisions=page_of(request, rows))


def meeting(request: HttpRequest, body: str, meeting: str) -> HttpResponse:
    """One meeting: what was decided, what was discussed, its items, who was there, its papers."""
    found = get_meeting(body, meeting)
    version = found.current
    paper = public(version.value)
    beside = meeting_page.from_agenda(_beside(version))
    items = meeting_page.items_of(paper, rows_of(version), beside)
    slugs = {one.row.slug for one in items}
    versions = list(found.versions.kept().newest_first().defer("record"))
    others = models.Meeting.objects.public().held_by(found.organization).with_organization()
    return page(
        request,
        "meeting.html",
        "meetings",
        found.body,
        meeting=found,
        version=version,
        paper=paper,
        items=items,
        more_files=[file for slug, files in beside.items() if slug not in slugs for file in files],
        decisions=meeting_page.decisions_of(paper, items),
        talk=meeting_page.talk_of(paper, items),
        addenda=meeting_page.added_to_the_whole(paper),
        presence=meeting_page.presence_of(paper),
        kinds={one.kind for one in versions},
        editions=versions if any(one.number > 1 for one in versions) else [],
        before=others.filter(start__lt=found.start).latest().first(),
        after=others.filter(start__gt=found.start).order_by("start_on", "start", "pk").first(),
        is_past=found.start_on <= timezone.localdate(),
        standings=standings.of_meeting(found, timezone.localdate()),
        today=timezone.localdate().isoformat(),
    )


def item(request: HttpRequest, body: str, meeting: str, item: str) -> HttpResponse:
    """One item, whole."""
    found = get_meeting(body, meeting)
    version = found.current
    paper = public(version.value)
    beside = meeting_page.from_agenda(_beside(version))
    items = meeting_page.items_of(paper, rows_of(version), beside)
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
        standings=standings.of_item(shown.row, found, timezone.localdate()),
        today=timezone.localdate().isoformat(),
        before=items[at - 1] if at else None,
        after=items[at + 1] if at + 1 < len(items) else None,
    )


def case(request: HttpRequest, body: str, case: str) -> HttpResponse:
    """One case: each time that it was on an agenda, the first time first, and the attachments on the way."""
    found = get_case(body, case)
    files = models.Attachment.objects.current().filter(item__case=found, file__withdrawn_at=None)
    rows = found.items.current().with_meeting().defer("text")
    rows = rows.order_by("meeting__start_on", "meeting__start", "order")
    return page(
        request,
        "case.html",
        "decisions",
        found.body,
        case=found,
        rows=rows,
        standings=standings.of_items(rows, timezone.localdate()),
        today=timezone.localdate().isoformat(),
        files=files.exclude(file=None).with_meeting().order_by("-item__meeting__start_on", "item", "order"),
    )


def cases(request: HttpRequest, body: str) -> HttpResponse:
    """All cases of a body, the one handled last first."""
    found = get_body(body)
    current = Q(items__version__is_current=True)
    rows = models.Case.objects.public().of(found)
    rows = rows.annotate(
        latest_on=Max("items__meeting__start_on", filter=current),
        times=Count("items__meeting", filter=current, distinct=True),
    )
    return page(request, "cases.html", "decisions", found, cases=page_of(request, rows.order_by("-latest_on", "slug")))


def following(request: HttpRequest, body: str | None = None) -> HttpResponse:
    """How to follow what happens, and what can be fetched as data."""
    found = get_body(body) if body else only_body()
    rows = _organizations(found) if found else ()
    return page(request, "following.html", "following", found, organizations=rows)


def accessibility(request: HttpRequest, body: str | None = None) -> HttpResponse:
    """The statement on accessibility that the law asks of a public body."""
    found = get_body(body) if body else only_body()
    return page(request, "accessibility.html", "about", found)


def theme(request: HttpRequest, body: str) -> HttpResponse:
    """The colours of a body as a style sheet; its address carries their names, so that browsers fetch a new one."""
    sheet = describing.theme(get_body(body))
    if not sheet:
        raise Http404
    return HttpResponse(sheet, content_type="text/css; charset=utf-8")


def logo(request: HttpRequest, body: str) -> HttpResponse:
    """The logo of a body."""
    stored = get_body(body).logo
    if stored is None:
        raise Http404
    return HttpResponse(files.read(stored.sha256), content_type=stored.media_type)


def edition(request: HttpRequest, body: str, meeting: str, paper: str, number: int) -> HttpResponse:
    """When one edition of a paper came and which took its place. Its text is told by the newest alone: what was
    corrected or taken out does not stay."""
    found = get_meeting(body, meeting)
    kind = models.Version.Kind(EDITIONS[paper])
    editions = {one.number: one for one in found.versions.kept().filter(kind=kind).defer("record")}
    if number not in editions:
        raise Http404
    return page(
        request,
        "edition.html",
        "meetings",
        found.body,
        meeting=found,
        edition=editions[number],
        follower=editions.get(number + 1),
    )


def get_body(slug: str) -> models.Body:
    """The body of that slug, if anything of it is shown; else Http404."""
    return get_object_or_404(models.Body.objects.public(), slug=slug)


def get_organization(body: str, slug: str) -> models.Organization:
    """The committee of that address, with its body, if it or a meeting of it is shown; else Http404."""
    return get_object_or_404(models.Organization.objects.public().select_related("body"), body__slug=body, slug=slug)


def only_body() -> models.Body | None:
    """The body that the archive is of, where it is of no other."""
    bodies = models.Body.objects.public()[:2]
    return bodies[0] if len(bodies) == 1 else None


def get_case(body: str, slug: str) -> models.Case:
    """The case of that address, if an item of it is shown; else Http404."""
    return get_object_or_404(models.Case.objects.public().select_related("body"), body__slug=body, slug=slug)


def get_meeting(body: str, slug: str) -> models.Meeting:
    """The meeting of that address, if it is shown; else Http404."""
    return get_object_or_404(models.Meeting.objects.public().with_organization(), body__slug=body, slug=slug)


def page(
    request: HttpRequest, template: str, place: str, body: models.Body | None = None, **context: Any
) -> HttpResponse:
    """A page; `place` is the entry of the menu that it stands under, `path` its address in this language."""
    answer = render(request, f"pages/{template}", {"place": place, "body": body, "path": request.path, **context})
    if template in WITH_SEARCH_FIELD:
        answer.headers["Content-Security-Policy"] = WITH_SCRIPT
    return answer


def _newest(body: models.Body | None = None) -> dict[str, Any]:
    """Meetings of this week, the latest others, the latest decisions and products, in one body or in all."""
    meetings = _listed(models.Meeting.objects.public())
    items = models.Item.objects.all()
    products = models.Product.objects.public().select_related("organization", "body").latest()
    if body:
        meetings, items, products = meetings.of(body), items.filter(meeting__body=body), products.of(body)
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    week = meetings.filter(start_on__range=(monday, monday + timedelta(days=6))).order_by("start_on", "start", "pk")
    coming = meetings.filter(start_on__gt=monday + timedelta(days=6)).order_by("start_on", "start", "pk")
    earlier = meetings.filter(start_on__lt=monday).latest()
    return {
        "week": week,
        "next_meeting": coming.first(),
        "earlier": earlier[:ON_FRONT],
        "decisions": of_substance(_decisions(items)),
        "products": products[:ON_FRONT],
    }


def of_substance(decisions: QuerySet[models.Item]) -> list[models.Item]:
    """The newest decisions that say something, few of one meeting where others have met too.

    Items that every meeting has are left out unless there is nothing else.
    """
    newest = list(decisions[:LOOKED_THROUGH])
    chosen = [row for row in newest if not titles.is_routine(row.title)] or newest
    of_meeting: Counter[int] = Counter()
    ranked = []
    for place, row in enumerate(chosen):
        of_meeting[row.meeting_id] += 1
        ranked.append((of_meeting[row.meeting_id] > OF_ONE_MEETING, place, row))
    first = sorted(ranked, key=lambda one: one[:2])[:ON_FRONT]
    return [row for _, _, row in sorted(first, key=lambda one: one[1])]


def _listed(meetings: models.MeetingQuerySet) -> models.MeetingQuerySet:
    """Meetings with what a list tells of them: whose, what kind of paper is shown, and the titles of its items."""
    kind = models.Version.objects.current().filter(meeting=OuterRef("pk")).values("kind")[:1]
    items = models.Item.objects.current().only("meeting", "order", "title").order_by("order")
    return (
        meetings.with_organization()
        .annotate(shown_kind=Subquery(kind))
        .prefetch_related(Prefetch("items", items, to_attr="shown_items"))
    )


def _decisions(items: models.ItemQuerySet) -> QuerySet[models.Item]:
    return items.current().decided().exclude(outcome="none").latest().with_meeting().defer("text")


def _organizations(body: models.Body) -> QuerySet[models.Organization]:
    return (
        models.Organization.objects.public()
        .of(body)
        .annotate(latest_on=Max("meetings__start_on"), held=Count("meetings"))
        .order_by("name")
    )


def rows_of(version: models.Version) -> QuerySet[models.Item]:
    """The rows of a version's items, in order, with case, attachments and files."""
    attachments = Prefetch("attachments", models.Attachment.objects.select_related("file").defer("file__text"))
    return version.items.order_by("order").select_related("case").prefetch_related(attachments)


def _beside(version: models.Version) -> QuerySet[models.Attachment]:
    """The files that were given out with the agenda, beside the minutes that are shown."""
    rows = models.Attachment.objects.given_out().filter(item__meeting=version.meeting_id).exclude(file=None)
    return rows.exclude(item__version=version).select_related("item", "file").defer("file__text", "item__text")


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Any:
    """One page of a long list: the one that the address asks for."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("side"))
