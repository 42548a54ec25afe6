"""Comments on a product (A7, A17), and what it stands on: fact notes and evidence gaps (A19)."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from raadslag.core.readers.characters import clean
from raadslag.web import charts, numbers
from raadslag.workspace.common.errors import Blocked, Conflict, Refused
from raadslag.workspace.common.telling import tell
from raadslag.workspace.common.typed import number_of, uuid_of
from raadslag.workspace.deliberation import actions, answering, placing, rules, tables, tracing
from raadslag.workspace.deliberation.forms import AnswerForm, CloseForm, CommentForm, GapForm, InviteForm, NoteForm
from raadslag.workspace.deliberation.models import Contribution, Deliberation, EvidenceGap, FactNote
from raadslag.workspace.files.keeping import keep
from raadslag.workspace.products import composing
from raadslag.workspace.products.models import Element, Product, Version

MAIN = "#114b5f"
LARGEST = 2**20  # bytes of a file that is brought for a note
MOST_DRAWN, MOST_SERIES = 24, 5  # rows and columns that a chart can carry


# --- comments ---


@require_safe
def contributions(request: HttpRequest, product: UUID) -> HttpResponse:
    """All comments, each at its part; then those on the whole, and those whose words are gone."""
    return _comments(request)


def _comments(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    one: Product = request.subject.row
    asked = Deliberation.objects.filter(product=one).select_related("version").first()
    shown_ones = one.contributions.filter(hidden_because="")
    said = list(placing.with_answers(shown_ones.select_related("by__person", "version", "element", "station__round")))
    counted = [row for row in said if row.state != Contribution.State.TAKEN_BACK]
    unanswered = set(answering.waiting(one.contributions.all()).values_list("pk", flat=True))
    waiting = [row for row in counted if row.pk in unanswered]
    only_waiting = request.GET.get("vis") == "ubesvarede"
    groups, on_all, lost = placing.by_part(composing.tree(one), waiting if only_waiting else said)
    initial = {"until": asked.until, "version": asked.version.label if asked.version else ""} if asked else {}
    shown = {
        "product": one, "asked": asked, "is_open": rules.is_open(asked, timezone.localdate()), "groups": groups,
        "on_all": on_all, "lost": lost, "count": len(said), "counted": len(counted), "waiting": len(waiting),
        "answered": len(counted) - len(waiting), "only_waiting": only_waiting,
        "invite_form": InviteForm(one.versions.defer("record"), initial=initial), **more,
    }  # fmt: skip
    return render(request, "deliberation/contributions.html", shown, status=status)


@require_POST
def invite(request: HttpRequest, product: UUID) -> HttpResponse:
    """Ask for comments until a day."""
    one: Product = request.subject.row
    form = InviteForm(one.versions.defer("record"), request.POST)
    if form.is_valid():
        try:
            actions.invite(one, **form.cleaned_data, by=request.user, at=timezone.now())
            return redirect("deliberation:contributions", one.pk)
        except Refused as refusal:
            form.add_error("until", refusal.obstacles)
    return _comments(request, status=422, invite_form=form)


@require_http_methods(["GET", "POST"])
def comment(request: HttpRequest, product: UUID, element: UUID) -> HttpResponse:
    """Say something of a part: of the version that was presented, where comments are asked for on one."""
    part: Element = request.subject.row
    asked = Deliberation.objects.filter(product=part.product_id).select_related("version").first()
    version = asked.version if asked else None
    title, text = part.title, part.text
    if version:
        told = next((one for one in version.decoded().elements if one.id == str(part.pk)), None)
        if told is None:
            version = None  # the part is newer than that version: it is read as it stands
        else:
            title, text = told.title or "", told.text or ""
    return _comment(request, part.product, part, title, text, version, asked)


@require_http_methods(["GET", "POST"])
def comment_on_all(request: HttpRequest, product: UUID) -> HttpResponse:
    """Say something of the whole."""
    one: Product = request.subject.row
    asked = Deliberation.objects.filter(product=one).select_related("version").first()
    return _comment(request, one, None, one.title, "", asked.version if asked else None, asked)


def _comment(request: HttpRequest, one: Product, part: Element | None, title: str, text: str, version: Version | None,
             asked: Deliberation | None) -> HttpResponse:  # fmt: skip
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.comment(
                one, part, kind=given["kind"], text=given["text"], quote=given["quote"], read=(title, text),
                version=version, by=request.user, at=timezone.now(),
            )  # fmt: skip
            words = _("Received as %(name)s. It stands here beside those of the others.") % {"name": made.name}
            messages.success(request, words)
            return redirect(made)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    obstacles = rules.obstacles_to_commenting(one, asked, timezone.localdate(), part, version)
    shown = {
        "product": one, "element": part, "title": title, "text": text, "version": version, "asked": asked, "form": form,
        "obstacles": obstacles,
    }  # fmt: skip
    return render(request, "deliberation/comment.html", shown, status=422 if form.errors else 200)


@require_POST
def take_back(request: HttpRequest, product: UUID, contribution: UUID) -> HttpResponse:
    """Take back one's own."""
    one: Contribution = request.subject.row
    tell(request, lambda: actions.take_back(one, by=request.user, at=timezone.now()))
    return redirect(one)


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, product: UUID) -> HttpResponse:
    """Answer one comment, or several at once."""
    one: Product = request.subject.row
    named = [number for told in (request.POST or request.GET).getlist("k") if (number := number_of(told, 0))]
    rows = one.contributions.filter(number__in=named, hidden_because="").exclude(state=Contribution.State.TAKEN_BACK)
    chosen = list(placing.with_answers(rows.select_related("by__person", "version")))
    if not chosen:
        messages.info(request, _("Choose the comments that you answer."))
        return redirect("deliberation:contributions", one.pk)
    given = chosen[0].answer if len(chosen) == 1 else None
    names = ("outcome", "change", "text", "passed_to", "merged_into")
    form = AnswerForm(
        one, chosen, request.POST or None, initial={name: getattr(given, name) for name in names} if given else {}
    )
    if request.method == "POST" and form.is_valid():
        try:
            answering.answer(one, chosen, **form.cleaned_data, by=request.user, at=timezone.now())
            told = ngettext("%(count)s comment is answered.", "%(count)s comments are answered.", len(chosen))
            messages.success(request, told % {"count": len(chosen)})
            return redirect(f"{reverse('deliberation:contributions', args=[one.pk])}#{chosen[0].name}")
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {"product": one, "chosen": chosen, "form": form}
    return render(request, "deliberation/answer.html", shown, status=422 if form.errors else 200)


@require_safe
def trace(request: HttpRequest, product: UUID) -> HttpResponse:
    """What was said and what came of it, forwards and back."""
    one: Product = request.subject.row
    told = tracing.of(one)
    answered = sum(thread.answer is not None for thread in told.threads)
    shown = {"product": one, "trace": told, "answered": answered}
    return render(request, "deliberation/trace.html", shown)


@require_safe
def trace_data(request: HttpRequest, product: UUID) -> HttpResponse:
    """The same as linked data."""
    one: Product = request.subject.row
    response = JsonResponse(tracing.linked(one, tracing.of(one)), json_dumps_params={"ensure_ascii": False})
    response.headers["Content-Type"] = "application/ld+json"
    return response


# --- what is known, and what is not ---


@require_safe
def knowledge(request: HttpRequest, product: UUID) -> HttpResponse:
    """Fact notes and evidence gaps, the open ones first."""
    return _knowledge(request, request.subject.row)


def _knowledge(request: HttpRequest, one: Product, *, status: int = 200, **more: Any) -> HttpResponse:
    nodes = composing.tree(one)
    places = {node.identity: node for node in nodes}
    notes = one.fact_notes.prefetch_related("elements")
    gaps = one.evidence_gaps.prefetch_related("elements", "answers__note")
    notes_of_it = one.fact_notes.filter(is_withdrawn=False)
    shown = {
        "product": one, "nodes": nodes,
        "notes": [(note, _places(note, places)) for note in notes],
        "gaps": sorted(((gap, _places(gap, places)) for gap in gaps), key=lambda pair: pair[0].state != "open"),
        "gap_form": GapForm(), "close_form": CloseForm(notes_of_it), **more,
    }  # fmt: skip
    return render(request, "deliberation/knowledge.html", shown, status=status)


def _places(what: FactNote | EvidenceGap, places: dict[UUID, composing.Node]) -> list[composing.Node]:
    used = {element.pk for element in what.elements.all()}
    return [node for identity, node in places.items() if identity in used]


@require_http_methods(["GET", "POST"])
def new_note(request: HttpRequest, product: UUID) -> HttpResponse:
    """A new fact note."""
    return _edit(request, request.subject.row, None)


@require_http_methods(["GET", "POST"])
def edit_note(request: HttpRequest, product: UUID, note: UUID) -> HttpResponse:
    """Change one. Without a new table it keeps the one that it has."""
    found: FactNote = request.subject.row
    return _edit(request, found.product, found)


def _edit(request: HttpRequest, one: Product, note: FactNote | None) -> HttpResponse:
    initial: dict[str, Any] = {}
    if note:
        initial = {name: getattr(note, name) for name in ("title", "text", "chart", "source", "source_on", "made_by")}
        initial["pasted"] = tables.pasted(note.table["columns"], note.table["rows"])
    form = NoteForm(request.POST or None, request.FILES or None, initial=initial)
    version = number_of(request.POST.get("version"), -1) if request.method == "POST" else note.version if note else 0
    theirs = None
    if request.method == "POST" and form.is_valid():
        content = {name: value for name, value in form.cleaned_data.items() if name not in ("pasted", "file")}
        content |= {name: clean(content[name]) for name in ("title", "source", "made_by")}
        try:
            content["table"] = _table(form.cleaned_data["pasted"], form.cleaned_data["file"])._asdict()
            made = actions.save_note(one, note, content, version=version, by=request.user, at=timezone.now())
            return redirect("deliberation:note", one.pk, made.pk)
        except Conflict as conflict:
            form.add_error(None, [str(text) for text in conflict.obstacles])
            theirs = note.versions.select_related("saved_by__person").first() if note else None
            version = theirs.number if theirs else version
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {"product": one, "note": note, "form": form, "version": version, "theirs": theirs}
    return render(request, "deliberation/note_edit.html", shown, status=422 if form.errors else 200)


def _table(pasted: str, file: Any) -> tables.Table:
    if not file:
        return tables.of_text(pasted)
    if file.size > LARGEST:
        raise Blocked([_("This is too much for a fact note. Choose what matters.")])
    data = file.read()
    if not file.name.casefold().endswith(".xlsx"):
        return tables.of_text(_decoded(data))
    return tables.of_sheet(keep(data, file.name, at=timezone.now()).text)


def _decoded(data: bytes) -> str:
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"", "utf-8-sig")):
        with suppress(UnicodeDecodeError):
            if data.startswith(mark):
                return data.decode(name)
    return data.decode("cp1252", errors="replace")  # what Excel writes on a Danish Windows


@require_safe
def note(request: HttpRequest, product: UUID, note: UUID) -> HttpResponse:
    """A fact note: its chart and its table, its source, and where it is used."""
    one: FactNote = request.subject.row
    nodes = composing.tree(one.product)
    shown = {
        "product": one.product, "note": one, "nodes": nodes,
        "used": _places(one, {node.identity: node for node in nodes}),
        "is_drawn": bool(_drawable(one)),
        "versions": one.versions.select_related("saved_by__person"),
    }  # fmt: skip
    return render(request, "deliberation/note.html", shown)


def _drawable(note: FactNote) -> Sequence[numbers.Series]:
    rows = note.table["rows"]
    if note.chart == FactNote.Chart.NONE or len(rows) > MOST_DRAWN:
        return []
    return numbers.series_of(note.table["columns"], rows)[:MOST_SERIES]


@require_safe
def chart(request: HttpRequest, product: UUID, note: UUID) -> HttpResponse:
    """Its table, drawn."""
    one: FactNote = request.subject.row
    series = _drawable(one)
    if not series:
        raise Http404
    labels = [row[0] for row in one.table["rows"]]
    told = "; ".join(
        f"{column.name}: "
        + ", ".join(f"{label} {charts.written(value)}" for label, value in zip(labels, column.values, strict=True))
        for column in series
    )
    drawn = charts.beside(one.title, told, labels, [(column.name, column.values) for column in series], MAIN)
    return HttpResponse(drawn, content_type="image/svg+xml")


@require_POST
def use_note(request: HttpRequest, product: UUID, note: UUID) -> HttpResponse:
    """Where it is used."""
    one: FactNote = request.subject.row
    return _use(request, one, reverse("deliberation:note", args=[one.product_id, one.pk]))


@require_POST
def withdraw_note(request: HttpRequest, product: UUID, note: UUID) -> HttpResponse:
    """Let it not count, or count again."""
    one: FactNote = request.subject.row
    is_withdrawn = request.POST.get("what") != "back"
    return _act(request, one, lambda: actions.withdraw_note(one, is_withdrawn, by=request.user, at=timezone.now()))


@require_POST
def new_gap(request: HttpRequest, product: UUID) -> HttpResponse:
    """Note what is not known."""
    one: Product = request.subject.row
    form = GapForm(request.POST)
    if form.is_valid():
        try:
            chosen = _chosen(request, one)
            actions.note_gap(one, **form.cleaned_data, elements=chosen, by=request.user, at=timezone.now())
            return redirect("deliberation:knowledge", one.pk)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return _knowledge(request, one, status=422, gap_form=form)


@require_POST
def close_gap(request: HttpRequest, product: UUID, gap: UUID) -> HttpResponse:
    """Close it with a source."""
    one: EvidenceGap = request.subject.row
    form = CloseForm(one.product.fact_notes.filter(is_withdrawn=False), request.POST)
    if form.is_valid():
        try:
            actions.close_gap(one, **form.cleaned_data, by=request.user, at=timezone.now())
            return redirect("deliberation:knowledge", one.product_id)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return _knowledge(request, one.product, status=422, close_form=form, closing=one.pk)


@require_POST
def reopen_gap(request: HttpRequest, product: UUID, gap: UUID) -> HttpResponse:
    """Open it again."""
    one: EvidenceGap = request.subject.row
    return _act(request, one, lambda: actions.reopen_gap(one, by=request.user, at=timezone.now()))


@require_POST
def use_gap(request: HttpRequest, product: UUID, gap: UUID) -> HttpResponse:
    """Where it is used."""
    one: EvidenceGap = request.subject.row
    return _use(request, one, reverse("deliberation:knowledge", args=[one.product_id]))


def _use(request: HttpRequest, one: FactNote | EvidenceGap, back: str) -> HttpResponse:
    chosen = _chosen(request, one.product)
    tell(request, lambda: actions.use(one, chosen, by=request.user, at=timezone.now()))
    return redirect(back)


def _chosen(request: HttpRequest, one: Product) -> list[Element]:
    named = [uuid_of(told) for told in request.POST.getlist("elements")]
    return list(one.elements.filter(pk__in=named, is_removed=False))


def _act(request: HttpRequest, one: FactNote | EvidenceGap, act: Callable[[], object]) -> HttpResponse:
    tell(request, act)
    return redirect("deliberation:knowledge", one.product_id)
