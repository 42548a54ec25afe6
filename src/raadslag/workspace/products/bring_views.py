"""Bringing a draft from outside: how it was read is shown, and may be corrected, before anything of it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from raadslag.core import comparing
from raadslag.core.readers.outline import Draft, guessed
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Refused
from raadslag.workspace.common.typed import uuid_or_none
from raadslag.workspace.files import keeping
from raadslag.workspace.products import bringing, composing
from raadslag.workspace.products.bringing import Brought
from raadslag.workspace.products.forms import CauseForm, DraftForm
from raadslag.workspace.products.models import Element, Product
from raadslag.workspace.products.reading import Part, parts_of

_MOST_OFFERED = 20  # parts of the product that a part of the draft may be said to be
_AROUND = {
    "title": pgettext_lazy("of a document", "Title"),
    "contents": gettext_lazy("Contents"),
    "aside": gettext_lazy("What our own paper says about the product"),
    "comment": gettext_lazy("Comments"),
    "margin": gettext_lazy("Headers and footers"),
}


class Line(NamedTuple):
    """A part of the draft in the preview: what it becomes, and what may be chosen instead."""

    part: Part
    brought: Brought
    number: str  # of the part that it becomes
    is_alike: bool
    is_moved: bool
    options: list[tuple[str, str]]
    title: tuple[comparing.Piece, ...]  # what is changed in it; nothing where nothing is
    passages: tuple[comparing.Passage, ...]

    @property
    def is_unsure(self) -> bool:
        """Whether a person should look at it: its kind is a guess, or that it is this part."""
        return self.is_alike or (self.part.is_guessed and self.brought.element is None)


@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest, product: UUID) -> HttpResponse:
    """A file or a text: looked at first, then taken in, what is known already as changes."""
    one: Product = request.subject.row
    form, why = DraftForm(), CauseForm()
    shown: dict[str, Any] = {}
    if request.method == "POST":
        form, draft = _given(request)
        if draft:
            rows = composing.parts_of(one)
            token = _token(draft, rows)
            is_seen = request.POST.get("seen") == token
            lines = _lines(draft, rows, request.POST if is_seen else {})
            is_told = is_seen or "because" in request.POST
            why = CauseForm(request.POST if is_told else None, initial={"because": _("Brought as a draft")})
            if request.POST.get("do") == "take" and _take(request, one, form, why, draft, lines, rows, is_seen):
                messages.success(request, _("The draft is here. Nothing of it has been frozen yet."))
                return redirect(one)
            shown = _shown(draft, lines, rows, token, request.POST if is_seen else {})
    status = 422 if form.errors or (why.is_bound and why.errors) else 200
    return render(request, "products/bring.html", {"product": one, "form": form, "why": why, **shown}, status=status)


def _given(request: HttpRequest) -> tuple[DraftForm, Draft | None]:
    """The form, and the draft that was given with it; none, with the reason in the form, where there is none."""
    form = DraftForm(request.POST, request.FILES)
    if not form.is_valid():
        return form, None
    if file := form.cleaned_data["file"]:
        if form.cleaned_data["text"].strip():
            form.add_error("file", _("Bring a file or a text, not both at once. Your text stands here."))
            return form, None
        try:
            draft = keeping.read_draft(file.read(), file.name)
        except Blocked as refusal:
            form.add_error("file", [str(text) for text in refusal.obstacles])
            return form, None
        if draft.compared:
            told = _("This paper shows changes, with what was removed in its text. Bring the one of the text alone.")
            form.add_error("file", told)
            return form, None
    else:
        draft = _carried(request.POST.get("around", ""), form.cleaned_data["text"])
    draft = msgspec.structs.replace(draft, text=_plain(draft.text))
    if not parts_of(draft.text):
        form.add_error("file" if file else "text", _("There is no text in it."))
        return form, None
    form = DraftForm({"text": draft.text})
    form.is_valid()
    return form, draft


def _plain(text: str) -> str:
    """A text as a form gives it back, so that it is the same when it comes again."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def _carried(around: str, text: str) -> Draft:
    """What was read from a file earlier, with the text as it is now; of a text that was pasted there is only that."""
    try:
        return msgspec.structs.replace(msgspec.json.decode(around, type=Draft), text=text)
    except msgspec.DecodeError:
        return guessed(text)


def _token(draft: Draft, rows: Mapping[UUID, Element]) -> str:
    """What was looked at: the draft and the product, each as it was at that moment."""
    told = [draft.text, *(f"{identity} {row.version}" for identity, row in sorted(rows.items()))]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _lines(draft: Draft, rows: Mapping[UUID, Element], chosen: Any) -> list[Line]:
    """Each part with what it becomes: as it was chosen, or as it was known again."""
    parts = parts_of(draft.text, draft.known)
    nodes = composing.in_reading_order(rows)
    found = bringing.matches(parts, nodes)
    numbers = {node.identity: node.number for node in nodes}
    brought: list[Brought] = []
    for n, (part, match) in enumerate(zip(parts, found, strict=True)):
        into = chosen.get(f"into-{n}", str(match.identity) if match else "")
        named = uuid_or_none(into)
        element = rows.get(named) if named else None
        kind = chosen.get(f"kind-{n}", "")
        if kind not in Element.Kind.values:
            is_said = part.kind != Element.Kind.TEXT and not part.is_guessed
            kind = element.kind if element and not is_said else part.kind
        brought.append(Brought(part, kind, element))
    elsewhere = bringing.moved(brought, rows) if _is_each_once(brought) else set()
    taken = {one.element.pk for one in brought if one.element}
    free = [node.identity for node in nodes if node.identity not in taken][:_MOST_OFFERED]
    told = []
    for one, match in zip(brought, found, strict=True):
        own = one.element
        options = [
            (str(identity), f"{numbers[identity]} {rows[identity].title or rows[identity].get_kind_display()}")
            for identity in dict.fromkeys([*([match.identity] if match else []), *([own.pk] if own else []), *free])
        ]
        passages = comparing.passages(own.text, one.text) if own and own.text != one.text else ()
        title = comparing.words(own.title, one.part.title) if own and own.title != one.part.title else ()
        is_alike = bool(own and match and match.is_alike and match.identity == own.pk)
        is_moved = own is not None and own.pk in elsewhere
        number = numbers[own.pk] if own else ""
        told.append(Line(one.part, one, number, is_alike, is_moved, options, title, passages))
    return told


def _is_each_once(brought: Sequence[Brought]) -> bool:
    known = [one.element.pk for one in brought if one.element]
    return len(known) == len(set(known))


def _take(
    request: HttpRequest, one: Product, form: DraftForm, why: CauseForm, draft: Draft, lines: Sequence[Line],
    rows: Mapping[UUID, Element], is_seen: bool,
) -> bool:  # fmt: skip
    """Take it in as it was looked at. False, with the reason in the form, where that cannot be."""
    brought = [line.brought for line in lines]
    if not is_seen:
        form.add_error(None, _("The draft or the product was changed since you looked at it. Look at it again."))
        return False
    if not _is_each_once(brought):
        form.add_error(None, _("Two parts of the draft cannot become the same part."))
        return False
    if not why.is_valid():
        return False
    if request.POST.get("rest") and draft.apart:
        text = "\n\n".join(apart.text for apart in draft.apart)
        brought.append(Brought(Part(0, Element.Kind.TEXT, _("Not placed"), text), Element.Kind.TEXT))
    gone = set(request.POST.getlist("gone"))
    kept = {one.element.pk for one in brought if one.element}
    order = [node.identity for node in composing.in_reading_order(rows)]
    removed = [rows[pk] for pk in reversed(order) if str(pk) in gone and pk not in kept]
    try:
        with journal.acting():
            bringing.bring(one, brought, removed, cause=why.why(), by=request.user, at=timezone.now())
    except Refused as refusal:
        form.add_error(None, [str(text) for text in refusal.obstacles])
        return False
    return True


def _shown(
    draft: Draft, lines: Sequence[Line], rows: Mapping[UUID, Element], token: str, chosen: Any
) -> dict[str, Any]:
    taken = {line.brought.element.pk for line in lines if line.brought.element}
    around: dict[str, list[str]] = {}
    for apart in draft.apart:
        around.setdefault(str(_AROUND[apart.why]), []).append(apart.text)
    return {
        "lines": lines, "seen": token, "kinds": Element.Kind.choices, "is_guess": draft.unsure,
        "around": msgspec.json.encode(msgspec.structs.replace(draft, text="")).decode(),
        "apart": list(around.items()),
        "missing": [node for node in composing.in_reading_order(rows) if node.identity not in taken],
        "gone": chosen.getlist("gone") if chosen else [], "rest": chosen.get("rest") if chosen else "",
        "unsure": sum(line.is_unsure for line in lines),
    }  # fmt: skip
