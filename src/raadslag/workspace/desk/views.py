"""Min side (A1), search by rights, and the choice of mails."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from raadslag.workspace.bodies.models import Body, CitizenCall, GroupInvitation, Organization
from raadslag.workspace.bodies.policies import policies_of_all
from raadslag.workspace.bodies.standing import memberships_of
from raadslag.workspace.cases.models import Access, Case, Disqualification, find
from raadslag.workspace.cases.subjects import barred_from, of_case
from raadslag.workspace.closing.models import Evaluation
from raadslag.workspace.closing.subjects import of_evaluation
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.deliberation.models import ContributionAnswer, Deliberation
from raadslag.workspace.desk import process as course
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.followup.subjects import readable
from raadslag.workspace.meetings import rules
from raadslag.workspace.meetings.models import AgendaItem, Invitation, Meeting, Question
from raadslag.workspace.meetings.subjects import called_in, of_item, of_meeting
from raadslag.workspace.messages import actions as mails
from raadslag.workspace.messages.models import MailStop
from raadslag.workspace.messages.sending import person_of_stop
from raadslag.workspace.minutes import signing
from raadslag.workspace.minutes.models import Happening, Minutes
from raadslag.workspace.people import actions as people
from raadslag.workspace.products.models import Product
from raadslag.workspace.products.subjects import of_product
from raadslag.workspace.publishing.organizations.actions import outdated
from raadslag.workspace.reading import notes
from raadslag.workspace.reading.papers import papers_of, unread

HITS = 30
COMING = 6
HEARD = 30  # days for which an answer to a comment stands on one's own page
SOON = timedelta(days=14)  # before a status is due it stands on one's own page
NEAR = timedelta(days=45)  # before a meeting its agenda is nobody's task yet


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me; before anything else, a workspace that is not set up is."""
    if not request.user.is_authenticated:
        return redirect("account_login" if Body.objects.exists() else "bodies:first-run")
    now = timezone.now()
    coming = list(Meeting.objects.mine(request.user).upcoming(now).select_related("organization__body")[:COMING])
    following = coming[0] if coming else None
    papers = papers_of(request.user, of_meeting(request.user, following), request.level) if following else None
    mine = {
        row.meeting_id: row
        for row in Invitation.objects.filter(meeting__in=coming, person=request.user.person_id, withdrawn_at=None)
    }
    shown = {
        "next": following,
        "papers": papers,
        "unread": unread(papers.lines) if papers else 0,
        "changed": sum(line.is_changed for line in papers.lines) if papers else 0,
        "mine": mine.get(following.pk) if following else None,
        "coming": [(one, mine.get(one.pk)) for one in coming[1:]],
        "to_answer": [one for one in coming if (row := mine.get(one.pk)) and not row.answer and one != following],
        "answered": Question.objects.filter(
            person=request.user.person_id, answered_at__gte=now - timedelta(days=30), item__meeting__end__gte=now
        ).select_related("item__meeting"),
        "invited": _invited(request),
        "to_sign": _to_sign(request),
        "to_comment": _to_comment(request), "heard": _heard(request), "to_evaluate": _to_evaluate(request),
        "to_report": _to_report(request), "to_take_home": _to_take_home(request),
        **_of_staff(request, coming),
    }  # fmt: skip
    return render(request, "desk/home.html", shown)


def _invited(request: HttpRequest) -> list[GroupInvitation]:
    """The groups that I am asked to take part in, and have not answered."""
    rows = GroupInvitation.objects.waiting_for(request.user.person, timezone.localdate())
    return list(rows.select_related("organization__parent", "invited_by__person"))


def _to_take_home(request: HttpRequest) -> list[tuple[Organization, date]]:
    """The closed committees of mine from which I have notes, and until when. Who is in none costs no query."""
    if not any(one.organization.closed_at for one in memberships_of(request.user)):
        return []
    return notes.to_take_home(request.user.person_id, timezone.now())


def _to_sign(request: HttpRequest) -> list[Minutes]:
    """The newest minutes of meetings in which I took part and decided, where I sign and have not."""
    some = Minutes.objects.newest().filter(
        meeting__invitations__person=request.user.person_id, meeting__invitations__is_seated=True,
        meeting__invitations__withdrawn_at=None, made_at__gte=timezone.now() - timedelta(days=90),
        meeting__happenings__person=request.user.person_id, meeting__happenings__kind=Happening.Kind.ARRIVED,
        meeting__happenings__is_undone=False,
    )  # fmt: skip
    waiting = some.exclude(signatures__person=request.user.person_id).distinct()
    found = list(waiting.select_related("meeting__organization__body").defer("record")[:20])
    return signing.asked_of(request.user.person_id, found)


def _to_comment(request: HttpRequest) -> list[Deliberation]:
    """Drafts that I may comment on, and have not."""
    asked = Deliberation.objects.filter(
        product__in=Product.objects.of_committees_of(request.user), product__state=Product.State.DRAFT,
        until__gte=timezone.localdate(),
    ).exclude(product__contributions__by=request.user)  # fmt: skip
    rows = asked.select_related("product__organization").order_by("until")[:20]
    return [
        one
        for one in rows
        if is_allowed("deliberation:comment-on-all", of_product(request.user, one.product), request.level)
    ]


def _to_evaluate(request: HttpRequest) -> list[Evaluation]:
    """Evaluations of committees in which I take part, which I have not answered."""
    own = {one.organization_id for one in memberships_of(request.user)}
    rows = Evaluation.objects.filter(organization__in=own, state=Evaluation.State.OPEN, organization__closed_at=None)
    rows = rows.exclude(who_answered__person=request.user.person_id).select_related("organization__body")
    return [
        one
        for one in rows[:20]
        if is_allowed("closing:evaluation-answer", of_evaluation(request.user, one.organization, one), request.level)
    ]


def _heard(request: HttpRequest) -> list[ContributionAnswer]:
    """What became lately of what I have said of drafts; of each comment the last word."""
    since = timezone.now() - timedelta(days=HEARD)
    rows = ContributionAnswer.objects.filter(
        contribution__by=request.user, at__gte=since,
        contribution__product__in=Product.objects.of_committees_of(request.user),
    )  # fmt: skip
    last: dict[Any, ContributionAnswer] = {}
    for one in rows.select_related("contribution__product"):
        last.setdefault(one.contribution_id, one)
    return list(last.values())[:20]


def _to_report(request: HttpRequest) -> list[Commitment]:
    """What I am responsible for, and have to tell of by now or within two weeks."""
    soon = timezone.localdate() + SOON
    rows = Commitment.objects.filter(responsible=request.user, next_report_on__lte=soon)
    return readable(request.user, rows.order_by("next_report_on"), request.level, "followup:report")


def _of_staff(request: HttpRequest, coming: list[Meeting]) -> dict[str, Any]:
    """What waits for a secretary or a case worker."""
    held = memberships_of(request.user)
    secretary = {one.organization_id for one in held if one.role == "secretary"}
    chair = {one.organization_id for one in held if one.role in ("chair", "vice_chair")}
    writes = {one.organization_id for one in held if one.role == "case_worker"}
    led = [one for one in coming if one.organization_id in secretary]
    written_for = [one for one in coming if one.organization_id in writes]
    near = timezone.now() + NEAR
    to_send = [one for one in led if not one.agenda_sent_at and one.start < near]
    policies = policies_of_all(one.organization for one in to_send)
    staff = Case.objects.of_staff(request.user)
    return {
        "outdated": outdated(
            {one.organization_id: one.organization for one in held if one.role == "secretary"}.values(), timezone.now()
        ),
        "to_publish": _to_publish(secretary),
        "to_forget": CitizenCall.objects.overdue(timezone.localdate())
        .filter(organization__in=secretary)
        .select_related("organization"),
        "to_send": [(one, rules.deadlines(one, policies[one.organization_id])[0]) for one in to_send],
        "to_call": Invitation.objects.empty_seats().filter(meeting__in=led).select_related("person", "meeting"),
        "questions": Question.objects.filter(
            Q(item__meeting__in=led)
            | Q(item__meeting__in=written_for, item__case__responsible=request.user, item__access=Access.OPEN),
            answered_at=None,
        ).select_related("item__meeting", "person"),
        "to_look_through": [
            one for one in coming if one.organization_id in chair and not one.agenda_sent_at and one.start < near
        ],
        "reviews": _shown(request, staff.filter(state=Case.State.REVIEW, organization__in=secretary)),
        "drafts": _shown(request, staff.filter(state=Case.State.DRAFT, responsible=request.user)),
    }  # fmt: skip


def _to_publish(organizations: set[Any]) -> list[Commitment]:
    """Commitments of these organizations, by their ids, that are public without their newest report."""
    rows = Commitment.objects.open_to_all().filter(
        item__meeting__organization__in=organizations, releases__isnull=False, releases__withdrawn_at=None
    )
    rows = rows.annotate(told_at=Max("reports__at"), public_at=Max("releases__made_at"))
    return list(rows.filter(told_at__gt=F("public_at")).select_related("item__meeting__organization")[:20])


def _shown(request: HttpRequest, cases: Any) -> list[Case]:
    """The newest of them; `may` tells whether this person, with this login, may read the case."""
    some = list(cases.select_related("organization")[:20])
    barred = barred_from(request.user, [one.pk for one in some]) if some else set()
    for one in some:
        one.may = is_allowed("cases:case", of_case(request.user, one, barred), request.level)
    return some


@require_safe
def process(request: HttpRequest, organization: UUID) -> HttpResponse:
    """A committee's course on one line, and which part of its product answers which task (A2)."""
    one: Organization = request.subject.row
    now = timezone.now()
    reads = is_allowed("products:products", request.subject, request.level)
    mandate = one.mandates.prefetch_related("tasks").first()
    shown = {
        "organization": one, "mandate": mandate, "today": timezone.localdate(now),
        "stops": course.stops(one, request.user, now, reads_products=reads),
        "answers": course.answers(one, mandate, reads_products=reads), "reads_products": reads,
    }  # fmt: skip
    return render(request, "desk/process.html", shown)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Cases and items that I may read, by their words; of what I may not read nothing is shown or counted."""
    asked = request.GET.get("q", "").strip()[:200]
    shown: dict[str, Any] = {"asked": asked, "cases": [], "items": [], "meetings": []}
    if asked:
        shown["cases"] = _cases(request, asked)
        shown["items"] = _items(request, asked)
        words = Q()
        for word in asked.split()[:8]:
            words &= Q(title__icontains=word) | Q(organization__name__icontains=word) | Q(place__icontains=word)
        found = Meeting.objects.mine(request.user).filter(words).select_related("organization")
        shown["meetings"] = found.order_by("-start")[:HITS]
    return render(request, "desk/search.html", shown)


def _cases(request: HttpRequest, asked: str) -> list[Case]:
    """Cases of my organizations from which I am not barred; the closed ones only with a login that may read them."""
    found = Case.objects.of_staff(request.user).filter(find(asked)).select_related("organization__body")[: 2 * HITS]
    return [one for one in found if is_allowed("cases:case", of_case(request.user, one, ()), request.level)][:HITS]


def _items(request: HttpRequest, asked: str) -> list[AgendaItem]:
    mine = Meeting.objects.mine(request.user).values("pk")
    words = Q()
    for word in asked.split()[:8]:
        words &= Q(words__icontains=word)  # what was sent: a case may hold more by now
    rows = AgendaItem.objects.filter(words, meeting__in=mine, is_sent=True, parent=None)
    rows = list(rows.select_related("meeting__organization__body", "case").order_by("-meeting__start")[: 4 * HITS])
    called = called_in(request.user, [row.meeting for row in rows])
    cases = [row.case_id for row in rows if row.case_id]
    barred = set(
        Disqualification.objects.filter(person=request.user.person_id, case__in=cases).values_list("case", flat=True)
    )
    subjects: dict[Any, Any] = {}
    allowed = []
    for row in rows:
        if row.meeting_id not in subjects:
            subjects[row.meeting_id] = of_meeting(request.user, row.meeting, called)
        if is_allowed("reading:item", of_item(request.user, row, subjects[row.meeting_id], barred), request.level):
            allowed.append(row)
    return allowed[:HITS]


@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Language, mails, logins: what is mine to choose."""
    person = request.user.person
    if request.method == "POST":
        now, digest = timezone.now(), request.POST.get("mails")
        people.set_own(person, by=request.user, at=now, language=person.language, digest=digest != "each")
        mails.stop(person, digest == "urgent", by=request.user, at=now)
        messages.success(request, _("Saved."))
        return redirect("desk:own")
    chosen = "urgent" if MailStop.objects.filter(person=person).exists() else "digest" if person.digest else "each"
    return render(request, "desk/own.html", {"chosen": chosen})


@csrf_exempt
@require_http_methods(["GET", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Stop all mails but urgent ones, without logging in: the address is the person's own. One tap does it; a mail
    program that looks at every link does not (RFC 8058)."""
    person = person_of_stop(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        mails.stop(person, True, by=getattr(person, "user", "mail"), at=timezone.now())
    return render(request, "desk/stop_mail.html", {"is_done": request.method == "POST"})
