"""The product (A17): its parts, why each says what it says, proposals, and the versions that were frozen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from raadslag.core import comparing, record
from raadslag.core.comparing import Difference
from raadslag.core.text import plain
from raadslag.workspace.bodies.models import MandateTask
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Conflict, NotPermitted, Refused
from raadslag.workspace.common.telling import tell
from raadslag.workspace.common.typed import number_of, uuid_of
from raadslag.workspace.people.models import User
from raadslag.workspace.products import actions, composing, papers, rules
from raadslag.workspace.products.forms import (
    ApproveForm,
    AssignForm,
    DecisionForm,
    ElementForm,
    FreezeForm,
    ProductForm,
    ProposalForm,
    ReopenForm,
)
from raadslag.workspace.products.models import Change, Element, Product, Proposal, Version
from raadslag.workspace.products.papers import DRAFT
from raadslag.workspace.products.writing import keeping


@require_safe
def products(request: HttpRequest, organization: UUID) -> HttpResponse:
    """The products of a committee."""
    one = request.subject.row
    shown = {"organization": one, "products": one.products.prefetch_related("versions"), "form": ProductForm()}
    return render(request, "products/products.html", shown)


@require_POST
def begin(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Begin one with its title."""
    form = ProductForm(request.POST)
    if form.is_valid():
        made = actions.begin(request.subject.row, form.cleaned_data["title"], by=request.user, at=timezone.now())
        return redirect(made)
    one = request.subject.row
    shown = {"organization": one, "products": one.products.prefetch_related("versions"), "form": form}
    return render(request, "products/products.html", shown, status=422)


# --- the whole ---


@require_safe
def product(request: HttpRequest, product: UUID) -> HttpResponse:
    """All of it, as it stands."""
    return _page(request)


_TOLD_OF_A_TASK = 12  # words


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    one: Product = request.subject.row
    nodes = composing.tree(one)
    answered = dict[Any, list[str]]()
    tasks = MandateTask.objects.filter(elements__product=one)
    for element, number, text in tasks.values_list("elements", "number", "text"):
        answered.setdefault(element, []).append(f"{number} ({Truncator(plain(text)).words(_TOLD_OF_A_TASK)})")
    latest = dict[Any, Change]()
    for change in one.changes.filter(version=None).select_related("by__person", "group"):
        latest[change.element_id] = change
    versions = list(one.versions.select_related("frozen_by__person").defer("record", "parts"))
    shown = {
        "product": one, "nodes": nodes, "answered": answered, "latest": latest, "versions": versions,
        "offers": papers.offers(one, DRAFT, [row.label for row in versions[:1]]) if nodes else [],
        "outline": [
            Heading(f"e-{node.identity}", node.number, node.part.title, node.depth) for node in nodes if node.part.title
        ],
        "waiting": Proposal.objects.filter(element__product=one, state=Proposal.State.OPEN).count(),
        "kinds": Element.Kind.choices,
        "freeze_form": FreezeForm(initial={"label": rules.next_label(one)}),
        "element_form": ElementForm(initial={"kind": Element.Kind.TEXT}),
        **more,
    }  # fmt: skip
    return render(request, "products/product.html", shown, status=status)


@require_POST
def add(request: HttpRequest, product: UUID) -> HttpResponse:
    """A new part, below another or last of all."""
    one: Product = request.subject.row
    form = ElementForm({"text": "", **request.POST.dict(), "cause": "correction"})
    below = request.POST.get("parent")
    parent = get_object_or_404(Element, pk=uuid_of(below), product=one, is_removed=False) if below else None
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("kind", "title", "text")}
        try:
            made = actions.add(one, **given, parent=parent, by=request.user, at=timezone.now())
            return redirect(made)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return _page(request, status=422, element_form=form)


@require_POST
def freeze(request: HttpRequest, product: UUID) -> HttpResponse:
    """Freeze it as a version."""
    one: Product = request.subject.row
    form = FreezeForm(request.POST)
    if form.is_valid():
        try:
            made = actions.freeze(one, **form.cleaned_data, by=request.user, at=timezone.now())
            return redirect("products:version", one.pk, made.label)
        except Refused as refusal:
            form.add_error("label", refusal.obstacles)
    return _page(request, status=422, freeze_form=form)


@require_safe
def changes(request: HttpRequest, product: UUID) -> HttpResponse:
    """Every change with its cause, the newest first."""
    one: Product = request.subject.row
    rows = one.changes.select_related("element", "by__person", "group", "version").order_by("-number")
    return render(request, "products/changes.html", {"product": one, "changes": rows})


# --- a part ---


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, product: UUID, element: UUID) -> HttpResponse:
    """Write a part. What somebody else saved meanwhile is shown beside what is sent, and nothing is lost."""
    one: Element = request.subject.row
    initial = {"kind": one.kind, "title": one.title, "text": one.text, "cause": "correction"}
    if one.writers and rules.writing_group(request.user, one):
        initial |= {"cause": "group", "because": one.writers.name}
    form = ElementForm(request.POST or None, initial=initial)
    version = number_of(request.POST.get("version"), -1) if request.method == "POST" else one.version
    theirs = None
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("kind", "title", "text")}
        if form.is_together:
            given["text"] = None
        try:
            _take_in(one)
            actions.write(one, **given, version=version, cause=form.why(), by=request.user, at=timezone.now())
            return redirect(one)
        except Conflict as conflict:
            form.add_error(None, [str(text) for text in conflict.obstacles])
            theirs = one.versions.select_related("saved_by__person").first()
            version = theirs.number if theirs else version
        except NotPermitted:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    _share(request, one, form)
    nodes = composing.tree(one.product)
    groups = one.product.organization.groups.at_work(timezone.localdate())
    tasks = MandateTask.objects.filter(mandate=one.product.organization.mandates.first())
    shown = {
        "product": one.product, "element": one, "form": form, "version": version, "theirs": theirs,
        "number": _number_of(one, nodes),
        "assign_form": AssignForm(groups, tasks, initial={"group": one.writers, "tasks": one.tasks.all()}),
        "targets": [node for node in nodes if node.identity != one.pk],
    }  # fmt: skip
    return render(request, "products/element.html", shown, status=422 if form.errors else 200)


def _take_in(one: Element) -> None:
    """What was written together is kept, and shown, whatever becomes of the form, which may be sent again."""
    key = journal.current_key.set(None)
    try:
        actions.take_in(one, at=timezone.now())
    finally:
        journal.current_key.reset(key)


def _share(request: HttpRequest, one: Element, form: ElementForm) -> None:
    """Let the text be written together with others, where the form has no text of its own that is to be saved first."""
    if form.is_together:
        form.data = {**form.data.dict(), "text": one.text}  # for a browser in which no script runs now
    elif form.is_bound:
        return
    if keeping.can_be_shared(one):
        form.fields["text"].widget.attrs |= {
            "data-prose": static("dist/together.js"), "data-key": f"{one.pk}:{request.user.pk}",
            "data-together": reverse("products:together", args=[one.product_id, one.pk]),
        }  # fmt: skip


@require_safe
def together(request: HttpRequest, product: UUID, element: UUID) -> HttpResponse:
    """Where a line is opened by who writes together with others; who asks for a page is told so."""
    return HttpResponse(status=HTTPStatus.UPGRADE_REQUIRED, headers={"Upgrade": "websocket"})


def _number_of(element: Element, nodes: Sequence[composing.Node]) -> str:
    return next((node.number for node in nodes if node.identity == element.pk), "")


@require_POST
def move(request: HttpRequest, product: UUID, element: UUID) -> HttpResponse:
    """Up, down, or after another part or below it."""
    one: Element = request.subject.row

    def act() -> None:
        parent, after = _target(one, request.POST)
        actions.move(one, parent, after, by=request.user, at=timezone.now())

    return _act(request, one, act)


def _target(one: Element, told: Any) -> tuple[Element | None, Element | None]:
    """Below which part, and after which of those below it, the part is to stand. Raises Http404 for a place unknown."""
    siblings = list(one.product.elements.filter(parent=one.parent, is_removed=False))
    at = next((n for n, row in enumerate(siblings) if row.pk == one.pk), 0)
    match told.get("to"):
        case "up" if at:
            return one.parent, siblings[at - 2] if at > 1 else None
        case "down" if at + 1 < len(siblings):
            return one.parent, siblings[at + 1]
        case "up" | "down":
            return one.parent, siblings[at - 1] if at else None
    target = get_object_or_404(
        Element.objects.select_related("parent"), pk=uuid_of(told.get("target")), product=one.product, is_removed=False
    )
    if told.get("to") == "below":
        others = [row for row in target.children.filter(is_removed=False) if row.pk != one.pk]
        return target, others[-1] if others else None
    return target.parent, target


@require_POST
def remove(request: HttpRequest, product: UUID, element: UUID) -> HttpResponse:
    """Take a part out, or put it back."""
    one: Element = request.subject.row
    is_removed = request.POST.get("what") != "back"

    def act() -> None:
        actions.remove(one, is_removed, by=request.user, at=timezone.now())
        if is_removed:
            told = _("%(title)s was taken out.") % {"title": one.title or _("The part")}
            messages.success(request, told, extra_tags=f"undo:{one.pk}")

    return _act(request, one, act)


@require_POST
def assign(request: HttpRequest, product: UUID, element: UUID) -> HttpResponse:
    """Who writes it, and which tasks it answers."""
    one: Element = request.subject.row
    organization = one.product.organization
    form = AssignForm(
        organization.groups.all(), MandateTask.objects.filter(mandate=organization.mandates.first()), request.POST
    )

    def act() -> None:
        if form.is_valid():
            actions.assign(one, **form.cleaned_data, by=request.user, at=timezone.now())
        else:
            messages.error(request, _("Nothing was changed: choose among what is offered."))

    return _act(request, one, act)


def _act(request: HttpRequest, one: Element, act: Callable[[], object]) -> HttpResponse:
    tell(request, act)
    return redirect(one)


class Saving(NamedTuple):
    """A saving, and what it changed."""

    row: Any
    title: tuple[comparing.Piece, ...]
    passages: tuple[comparing.Passage, ...]
    is_moved: bool


@require_safe
def history(request: HttpRequest, product: UUID, element: UUID) -> HttpResponse:
    """What a part has said, and what each saving changed: a hundred at a time, `?foer=` a number."""
    one: Element = request.subject.row
    before = number_of(request.GET.get("foer"), 0)
    found = one.versions.filter(number__lt=before) if before else one.versions.all()
    authors = Prefetch("authors", User.objects.select_related("person").order_by("person__name"))
    found = found.select_related("saved_by__person", "change").prefetch_related(authors)
    rows = list(found[:101])
    told = [
        Saving(
            row, comparing.words(before.title if before else "", row.title),
            comparing.passages(before.text if before else "", row.text),
            before is not None and (before.parent_id, before.order) != (row.parent_id, row.order),
        )
        for row, before in pairwise([*rows, None])
    ]  # fmt: skip
    older = told[99].row.number if len(rows) > 100 else 0
    shown = {"product": one.product, "element": one, "savings": told[:100], "older": older}
    return render(request, "products/history.html", shown)


@require_POST
def restore(request: HttpRequest, product: UUID, element: UUID, number: int) -> HttpResponse:
    """Let it say again what it said then."""
    one: Element = request.subject.row
    return _act(request, one, lambda: actions.restore(one, number, by=request.user, at=timezone.now()))


# --- proposals ---


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, product: UUID, element: UUID) -> HttpResponse:
    """Write what a part might say instead. It says what it says until somebody decides."""
    one: Element = request.subject.row
    groups = rules.own_groups(request.user, one.product)
    initial = {"title": one.title, "text": one.text, "group": next((row for row in groups if row == one.writers), None)}
    form = ProposalForm(groups, request.POST or None, initial=initial)
    base = number_of(request.POST.get("version"), -1) if request.method == "POST" else one.version
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose(one, **form.cleaned_data, base=base, by=request.user, at=timezone.now())
            messages.success(request, _("Your proposal has been received. You can see here what becomes of it."))
            return redirect("products:proposals", one.product_id)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    number = _number_of(one, composing.tree(one.product))
    shown = {"product": one.product, "element": one, "form": form, "version": base, "number": number}
    return render(request, "products/propose.html", shown, status=422 if form.errors else 200)


@require_safe
def proposals(request: HttpRequest, product: UUID) -> HttpResponse:
    """Those that wait first, then what became of the others."""
    one: Product = request.subject.row
    found = Proposal.objects.filter(element__product=one).select_related("element", "by__person", "group", "change")
    rows = sorted(found, key=lambda row: row.state != Proposal.State.OPEN)
    return render(request, "products/proposals.html", {"product": one, "proposals": rows})


@require_safe
def proposal(request: HttpRequest, product: UUID, proposal: UUID) -> HttpResponse:
    """A proposal beside what the part says."""
    row: Proposal = request.subject.row
    return _proposal(request, row, DecisionForm(initial={"title": row.title, "text": row.text}))


def _proposal(request: HttpRequest, row: Proposal, form: DecisionForm) -> HttpResponse:
    element = Element.objects.select_related("product__organization", "writers").get(pk=row.element_id)
    read = element.versions.filter(number=row.base).first()
    shown = {
        "product": element.product, "element": element, "proposal": row, "form": form, "version": element.version,
        "title_pieces": comparing.words(read.title if read else "", row.title),
        "passages": comparing.passages(read.text if read else "", row.text),
        "has_moved_on": read is not None and (read.title, read.text) != (element.title, element.text),
    }  # fmt: skip
    return render(request, "products/proposal.html", shown, status=422 if form.errors else 200)


@require_POST
def decide(request: HttpRequest, product: UUID, proposal: UUID) -> HttpResponse:
    """Accept it, with or without changes, or not."""
    row: Proposal = request.subject.row
    form = DecisionForm(request.POST)
    if form.is_valid():
        given, told = form.cleaned_data, {"by": request.user, "at": timezone.now()}
        try:
            if request.POST.get("do") == "refuse":
                actions.refuse(row, given["answer"], **told)
            else:
                _take_in(row.element)
                actions.accept(row, **given, version=number_of(request.POST.get("version"), -1), **told)
            return redirect("products:proposals", product)
        except NotPermitted:
            raise
        except Refused as refusal:
            form.add_error(None, [str(text) for text in refusal.obstacles])
    return _proposal(request, row, form)


@require_POST
def take_back(request: HttpRequest, product: UUID, proposal: UUID) -> HttpResponse:
    """Take back one's own."""
    row: Proposal = request.subject.row
    tell(request, lambda: actions.take_back(row, by=request.user, at=timezone.now()))
    return redirect("products:proposals", product)


# --- versions ---


@require_safe
def version(request: HttpRequest, product: UUID, label: str) -> HttpResponse:
    """A version as it was presented, or with what it changed."""
    row: Version = request.subject.row
    whole = row.decoded()
    placed = _nested(whole)
    shown: dict[str, Any] = {"product": row.product, "version": row, "whole": whole, "elements": placed}
    shown["outline"] = [
        Heading(f"e-{one.element.id}", one.element.number or "", one.element.title, one.depth)
        for one in placed if one.element.title
    ]  # fmt: skip
    shown["unknown"] = [one for one in whole.gaps if one.state == "open"]
    shown["found_out"] = [one for one in whole.gaps if one.state != "open"]
    shown["approvals"] = row.approvals.select_related("item__meeting", "by__person", "undone_by__person")
    former = row.product.versions.filter(number=row.number - 1).first()
    if former and request.GET.get("vis") == "aendringer":
        shown |= _differences(former.decoded().elements, whole.elements)
    offers = papers.offers(
        row.product, row.label, [former.label] if former else [], has_answers=bool(whole.answers)
    )  # fmt: skip
    return render(request, "products/version.html", {**shown, "former": former, "offers": offers})


@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, product: UUID, label: str) -> HttpResponse:
    """Let the committee's decision stand for exactly this version."""
    one: Version = request.subject.row
    form = ApproveForm(one.product, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.approve(one, form.cleaned_data["item"], by=request.user, at=timezone.now())
            messages.success(request, _("%(label)s is approved. It is changed no more.") % {"label": one.label})
            return redirect("products:version", one.product_id, one.label)
        except Refused as refusal:
            form.add_error("item", refusal.obstacles)
    unknown = [gap for gap in one.decoded().gaps if gap.state == "open"]
    shown = {"product": one.product, "version": one, "form": form, "unknown": unknown}
    return render(request, "products/approve.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, product: UUID) -> HttpResponse:
    """Work on what was approved again."""
    one: Product = request.subject.row
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reopen(one, form.cleaned_data["reason"], by=request.user, at=timezone.now())
            return redirect(one)
        except Refused as refusal:
            form.add_error("reason", refusal.obstacles)
    return render(request, "products/reopen.html", {"product": one, "form": form}, status=422 if form.errors else 200)


class Heading(NamedTuple):
    """A line of the contents, and where it leads."""

    anchor: str
    number: str
    title: str
    depth: int


class Placed(NamedTuple):
    """An element of a version, how deep it lies, the facts beside it, and what nobody knew of it then."""

    element: record.Element
    depth: int
    facts: list[record.Fact]
    gaps: list[record.Gap]


def _nested(whole: record.Product) -> list[Placed]:
    depths: dict[str, int] = {}
    told = []
    for element in whole.elements:
        depths[element.id] = depths[element.parent] + 1 if element.parent in depths else 0
        facts = [one for one in whole.facts if element.id in one.elements]
        gaps = [one for one in whole.gaps if one.state == "open" and element.id in one.elements]
        told.append(Placed(element, depths[element.id], facts, gaps))
    return told


@require_safe
def compare(request: HttpRequest, product: UUID) -> HttpResponse:
    """Any two versions, or one and the draft, word by word."""
    one: Product = request.subject.row
    rows = {row.label: row for row in one.versions.all()}
    labels = [*reversed(rows), DRAFT]
    before, after = request.GET.get("fra", ""), request.GET.get("til", DRAFT)
    before = before or next(iter(rows), "")
    if before not in labels or after not in labels:
        raise Http404
    told = _differences(_elements_at(one, rows, before), _elements_at(one, rows, after))
    shown = {"product": one, "labels": labels, "before": before, "after": after, **told}
    if before in rows and (after == DRAFT or rows[before].number < rows[after].number):
        shown["offers"] = papers.offers(one, after, [before])[2:]
    return render(request, "products/compare.html", shown)


def _elements_at(product: Product, rows: dict[str, Version], label: str) -> tuple[record.Element, ...]:
    if label == DRAFT:
        return composing.elements_of(composing.parts_of(product))
    return rows[label].decoded().elements


def _differences(old: Sequence[record.Element], new: Sequence[record.Element]) -> dict[str, Any]:
    told: list[Difference] = [one for one in comparing.compare(old, new) if one.is_changed]
    return {"differences": told, "moves": comparing.moves(told)}


@require_safe
def paper(request: HttpRequest, product: UUID, label: str, form: str) -> HttpResponse:
    """A version as PDF, Word, HTML, text or data; as it was presented, or as it is asked for."""
    row: Version = request.subject.row
    return papers.respond(row.product, row, form, request.GET)


@require_safe
def draft_paper(request: HttpRequest, product: UUID, form: str) -> HttpResponse:
    """Today's draft the same way, marked as a draft."""
    return papers.respond(request.subject.row, None, form, request.GET)
