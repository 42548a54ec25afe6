"""What is left before a committee is closed, and the evaluation of its work: prepared, opened, answered, read (A21)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from raadslag.web import charts
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.closing import actions, checklist, evaluating, exporting, rules
from raadslag.workspace.closing.forms import WAYS, AnswerForm, CodeForm, GiveUpForm, QuestionsForm, ReopenForm
from raadslag.workspace.closing.models import Evaluation
from raadslag.workspace.closing.subjects import of_evaluation
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.aside import apart
from raadslag.workspace.common.errors import Refused
from raadslag.workspace.common.telling import tell
from raadslag.workspace.people.models import Person

MAIN = "#114b5f"


# --- closing ---


@require_safe
def committee(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Where the committee is in its course, its evaluation, and what stands open before it is closed."""
    return _list(request)


def _list(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    one: Organization = request.subject.row
    if one.is_group:
        raise Http404  # a group ends with a day, and has nothing of its own to close
    now = timezone.now()
    found = evaluating.current(one)
    looked = checklist.look(one, now)
    shown = {
        "organization": one, "state": checklist.state_of(one), "looked": looked,
        "obstacles": checklist.obstacles(looked), "evaluation": found,
        "evaluation_subject": of_evaluation(request.user, one, found),
        "closures": one.closures.select_related("closed_by__person", "reopened_by__person"),
        "groups": checklist.still_at_work(one, timezone.localdate(now)), "reopen_form": ReopenForm(), **more,
    }  # fmt: skip
    return render(request, "closing/committee.html", shown, status=status)


@require_POST
def close_committee(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Close it."""
    one: Organization = request.subject.row
    tell(request, lambda: actions.close(one, by=request.user, at=timezone.now()), _("The committee has been closed."))
    return redirect("closing:committee", organization)


@require_POST
def reopen_committee(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Open it again."""
    one: Organization = request.subject.row
    form = ReopenForm(request.POST)
    if form.is_valid():
        try:
            actions.reopen(one, form.cleaned_data["reason"], by=request.user, at=timezone.now())
            return redirect("closing:committee", organization)
        except Refused as refusal:
            form.add_error("reason", refusal.obstacles)
    return _list(request, status=422, reopen_form=form)


@require_POST
def end_group(request: HttpRequest, organization: UUID, group: UUID) -> HttpResponse:
    """Let one of its groups end."""
    one: Organization = request.subject.row
    found = get_object_or_404(one.groups, pk=group)
    done = _("%(group)s ends today.") % {"group": found.name}
    tell(request, lambda: actions.end_group(one, found, by=request.user, at=timezone.now()), done)
    return redirect("closing:committee", organization)


# --- the evaluation ---


@require_safe
def evaluation(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Where it stands: its questions, how many have answered, or what they said."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    one: Evaluation = request.subject.row
    leads = is_allowed("closing:evaluation-write", request.subject._replace(state="draft"), request.level)
    asked = rules.people_asked(one.organization, timezone.now()) if one.state == Evaluation.State.OPEN else set()
    answered = set(one.who_answered.values_list("person", flat=True)) if one.state == Evaluation.State.OPEN else set()
    may_begin = one.state == Evaluation.State.CLOSED and not one.is_read
    shown = {
        "organization": one.organization, "evaluation": one, "is_begun": one.version > 0, "leads": leads,
        "asked": len(asked | answered), "answered": len(answered), "fewest": rules.FEWEST,
        "has_answered": request.user.person_id in answered,
        "people": _people(asked | answered, answered) if leads else [],
        "obstacles": rules.obstacles_to_opening(one, timezone.now()) if leads and one.state == "draft" else [],
        "results": _results(one) if one.is_read else [], "ways": [words for _, words in WAYS],
        "may_begin": may_begin,
        "questions_form": _questions_form(one, is_new=may_begin), "code_form": CodeForm(), "give_up_form": GiveUpForm(),
        **forms,
    }  # fmt: skip
    return render(request, "closing/evaluation.html", shown, status=status)


def _questions_form(one: Evaluation, told: Any = None, *, is_new: bool = False) -> QuestionsForm:
    questions, version = one.questions or evaluating.our_questions(), 0 if is_new else one.version
    return QuestionsForm(told, questions=questions, version=version)


def _people(asked: set[UUID], answered: set[UUID]) -> list[tuple[str, bool]]:
    """Name of each who is asked, and whether he has answered: that is no secret, as with a ballot on paper."""
    return [(one.name, one.pk in answered) for one in Person.objects.filter(pk__in=asked)]


def _results(one: Evaluation) -> list[dict[str, Any]]:
    words: dict[int, list[str]] = {}
    for said in one.words.order_by("pk"):  # ids of chance: no order at all
        words.setdefault(said.question, []).append(said.text)
    return [
        {"number": at + 1, "question": question, "counts": one.counts[at], "words": words.get(at, [])}
        for at, question in enumerate(one.asked())
    ]


@require_POST
def write(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Choose the questions."""
    one: Evaluation = request.subject.row
    form = _questions_form(one, request.POST)
    if form.is_valid():
        try:
            given = {"version": form.cleaned_data["version"], "by": request.user, "at": timezone.now()}
            evaluating.prepare(one.organization, form.questions(), **given)
            return redirect("closing:evaluation", organization)
        except Refused as refusal:
            form.add_error(None, [str(text) for text in refusal.obstacles])
    return _page(request, status=422, questions_form=form)


@require_POST
def open_(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Open it, and show the code of its box: this once."""
    one: Evaluation = request.subject.row
    now = timezone.now()
    try:
        code = evaluating.open_(one, by=request.user, at=now)
    except Refused as refusal:
        return _page(request, status=422, refused=refusal.obstacles)
    shown = {"organization": one.organization, "evaluation": one, "code": code, "at": now}
    return render(request, "closing/code.html", shown)


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Answer, once. What is said here is in no session, message or log."""
    one: Evaluation = request.subject.row
    if request.method == "GET" and one.who_answered.filter(person=request.user.person_id).exists():
        return redirect("closing:evaluation", organization)
    form = AnswerForm(one, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            evaluating.answer(one, form.answer(), by=request.user)
            return redirect("closing:evaluation", organization)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {"organization": one.organization, "evaluation": one, "form": form, "fewest": rules.FEWEST}
    return render(request, "closing/answer.html", shown, status=422 if form.errors else 200)


@require_POST
def close(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Close it, and open the box with its code."""
    one: Evaluation = request.subject.row
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            evaluating.close(one, form.cleaned_data["evaluation_code"], by=request.user, at=timezone.now())
            return redirect("closing:evaluation", organization)
        except Refused as refusal:
            form.add_error("evaluation_code", refusal.obstacles)
    return _page(request, status=422, code_form=form)


@require_POST
def give_up(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Close it unread."""
    one: Evaluation = request.subject.row
    form = GiveUpForm(request.POST)
    if form.is_valid():
        try:
            evaluating.give_up(one, form.cleaned_data["because"], by=request.user, at=timezone.now())
            return redirect("closing:evaluation", organization)
        except Refused as refusal:
            form.add_error("because", refusal.obstacles)
    return _page(request, status=422, give_up_form=form)


@require_safe
def chart(request: HttpRequest, organization: UUID, number: int) -> HttpResponse:
    """What was chosen at one question, drawn."""
    one: Evaluation = request.subject.row
    if not one.is_read or not 1 <= number <= len(one.counts):
        raise Http404
    counts, question = one.counts[number - 1], one.asked()[number - 1]
    labels = ["1", "2", "3", "4", "5", "?"]
    named = [*labels[:-1], WAYS[-1][1]]
    told = ", ".join(f"{label}: {count}" for label, count in zip(named, counts, strict=True))
    drawn = charts.bars(question, told, labels, [(_("Answers"), counts)], MAIN)
    return HttpResponse(drawn, content_type="image/svg+xml")


# --- taking it home ---


@require_safe
def export(request: HttpRequest, organization: UUID) -> StreamingHttpResponse:
    """Everything of the committee that I may read, as one ZIP file that is made while it is sent."""
    one: Organization = request.subject.row
    if one.is_group:
        raise Http404
    asked = exporting.Asked(one, request.user, request.level, timezone.now())
    exporting.begin(asked)
    chunks = exporting.zipped(asked, exporting.sections_of(asked), get_language() or "da")
    is_asgi = hasattr(request, "scope")  # where a loop serves, a thread makes the next piece when it is asked for
    response = StreamingHttpResponse(_apart(chunks) if is_asgi else chunks, content_type="application/zip")
    name = f"{one.name} {timezone.localdate():%Y-%m-%d}.zip"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


async def _apart(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    try:
        while chunk := await apart(next, chunks, b""):
            yield chunk
    finally:
        chunks.close()  # type: ignore[attr-defined]  # a generator: who has gone away waits for nothing more
