"""Private notes (A7): all of mine, one of them, and the place where one is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from raadslag.core.text import plain
from raadslag.web import dates
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.cases.subjects import barred_from
from raadslag.workspace.common.access.allowed import is_allowed, is_assured
from raadslag.workspace.common.errors import Conflict, Refused
from raadslag.workspace.common.typed import uuid_of
from raadslag.workspace.common.views import written
from raadslag.workspace.deliberation import placing
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.meetings.subjects import called_in, of_item, of_meeting
from raadslag.workspace.people.models import Person
from raadslag.workspace.products.models import Element, Product
from raadslag.workspace.products.subjects import of_product
from raadslag.workspace.reading import notes
from raadslag.workspace.reading.forms import NoteForm, RewriteForm
from raadslag.workspace.reading.models import PrivateNote
from raadslag.workspace.reading.notes import Note


class Place(NamedTuple):
    """Where notes stand: its name, its address, and the notes in the order in which they were written."""

    name: str
    address: str
    notes: list[Note]


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """All that I have noted, by place; what has no place any more; what others share with me."""
    person, now = request.user.person, timezone.now()
    places, lost = _placed(request, notes.of(person))
    shared, gone = _placed(request, notes.shared_with(person))
    gone = [one for one in gone if not one.hides_quote]  # what I may not read is not read by way of another's note
    removed, removed_lost = _placed(request, notes.removed_by(person, now))
    shown = {
        "places": places, "lost": lost, "to_take_home": notes.to_take_home(person.pk, now),
        "shared": [*shared, *([Place(_("Notes without a place"), "", gone)] if gone else [])],
        "removed": [*(one for place in removed for one in place.notes), *removed_lost],
    }  # fmt: skip
    return render(request, "reading/notes.html", shown)


@require_safe
def take_home(request: HttpRequest) -> HttpResponse:
    """All that I have noted, as a text file that opens everywhere."""
    places, lost = _placed(request, notes.of(request.user.person))
    told = [_("My notes")]
    for name, some in [*((one.name, one.notes) for one in places), (_("Notes without a place"), lost)]:
        if some:
            told += ["", "", name, "=" * len(name)]
        for note in some:
            told += ["", f"{dates.day(timezone.localtime(note.row.written_at))}:"]
            told.append(_("Log in at level Betydelig to read it.") if note.is_locked else note.text)
            if note.quote and not note.hides_quote:
                told.append(_("About the words: “%(quote)s”") % {"quote": note.quote})
    response = HttpResponse("\n".join(told) + "\n", content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="mine-noter.txt"'
    return response


@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, note: UUID) -> HttpResponse:
    """One of mine: change it, share it, take it away, put it back. Another's is answered like what there is not."""
    row = get_object_or_404(notes.with_places(PrivateNote.objects.all()), pk=note, person=request.user.person_id)
    places, lost = _placed(request, [row])
    place = next(iter(places), None)
    one = place.notes[0] if place else lost[0]
    if request.method == "POST":
        what, now = request.POST.get("what", ""), timezone.now()
        if what == "remove":
            notes.remove(row, at=now)
            messages.success(request, _("The note has been taken away. For a day you can put it back, below."))
            return redirect("reading:notes")
        if what == "put_back":
            notes.put_back(row)
            return redirect("reading:notes")
        if what == "share":
            asked = {uuid_of(told) for told in request.POST.getlist("people")}
            notes.share(row, [person for person in _readers(one, place) if person.pk in asked], at=now)
            messages.success(request, _("Saved."))
            return redirect("reading:note", row.pk)
        return _rewritten(request, one, place)
    return _one(request, one, place, RewriteForm(initial={"text": one.text, "version": row.version}))


def _rewritten(request: HttpRequest, one: Note, place: Place | None) -> HttpResponse:
    form, meanwhile = RewriteForm(request.POST), None
    if one.is_locked:  # the login has become weaker since the page was opened: the words are sent again after a better
        return render(request, "work/assured.html", written(request), status=403)
    if form.is_valid():
        try:
            given = form.cleaned_data
            with transaction.atomic():
                notes.rewrite(one.row, given["text"], version=given["version"], at=timezone.now())
                if not _may_read(one, place):  # who may not read it there has nothing to say there either
                    notes.share(one.row, [], at=timezone.now())
            return redirect(place.address if place else "reading:notes")
        except Conflict:
            form.add_error(None, _("You have changed this note on another screen meanwhile."))
            one.row.refresh_from_db()
            meanwhile = Note(one.row).text
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return _one(request, one, place, form, 422, meanwhile)


def _one(request: HttpRequest, one: Note, place: Place | None, form: RewriteForm, status: int = 200,
         meanwhile: str | None = None) -> HttpResponse:  # fmt: skip
    shown = {
        "note": one, "form": form, "meanwhile": meanwhile, "place": place, "could": _readers(one, place),
        "shared_with": {share.person_id for share in one.row.shares.all()},
    }  # fmt: skip
    return render(request, "reading/note.html", shown, status=status)


@require_http_methods(["GET", "POST"])
def at_part(request: HttpRequest, product: UUID, element: UUID) -> HttpResponse:
    """Note something at a part of a product; what I have noted there before stands beside."""
    part: Element = request.subject.row
    form = NoteForm(request.POST or None)
    if request.method == "POST" and written_down(request, form, where=plain(part.text), element=part):
        messages.success(request, _("Noted. Nobody else sees it."))
        return redirect("reading:note-part", product, element)
    places, lost = _placed(request, notes.of(request.user.person).filter(element__product=product))
    here = [one for place in places if place.address == request.path for one in place.notes]
    lost = [one for one in lost if one.element_id == part.pk]
    shown = {"product": part.product, "element": part, "form": form, "own": here, "lost": lost}
    return render(request, "reading/note_part.html", shown, status=422 if form.errors else 200)


def written_down(request: HttpRequest, form: NoteForm, **place: Any) -> bool:
    """Note what the form says at that place (see `notes.write`); whether it was. The form has the obstacles else."""
    if not form.is_valid():
        return False
    given = form.cleaned_data
    key, now = given["key"] or uuid4(), timezone.now()
    try:
        notes.write(request.user.person, key, given["text"], given["quote"], **place, at=now)
    except Refused as refusal:
        form.add_error(None, refusal.obstacles)
        return False
    return True


# --- where they stand ---


def _placed(request: HttpRequest, rows: Iterable[PrivateNote]) -> tuple[list[Place], list[Note]]:
    """The notes by place, as far as I may read it; and those without one, or with one that I may not read any more.

    What these quote is hidden, and what is closed is read at its item alone, where it is noted who reads it. The same
    queries, however many notes there are.
    """
    found = notes.opened(rows)
    at: dict[UUID, tuple[str, str] | None] = {**_at_items(request, found), **_at_parts(request, found)}
    places: dict[str, Place] = {}
    lost = []
    for one in found:
        where = at.get(one.row.pk)
        one.hides_quote = one.row.pk not in at or (one.row.item is not None and one.row.item.is_closed)
        if where:
            places.setdefault(where[1], Place(*where, [])).notes.append(one)
        else:
            lost.append(one)
    return list(places.values()), lost


def _at_items(request: HttpRequest, found: Sequence[Note]) -> dict[UUID, tuple[str, str]]:
    """The name and the address of the items that I may read, by the notes that stand there."""
    at_items = [one.row for one in found if one.row.item]
    user, meetings = request.user, {row.item.meeting_id: row.item.meeting for row in at_items if row.item}
    called = called_in(user, list(meetings.values()))
    subjects = {pk: of_meeting(user, meeting, called) for pk, meeting in meetings.items()}
    barred = barred_from(user, {row.item.case_id for row in at_items if row.item.case_id})
    told = {}
    for one in found:
        if (item := one.row.item) is None:
            continue
        subject = of_item(user, item, subjects[item.meeting_id], barred)
        one.is_locked = item.is_closed and not (is_assured(request.level) or subject.allows_low_level)
        if is_allowed("reading:item", subject, request.level):
            told[one.row.pk] = _of_item(item)
    return told


def _at_parts(request: HttpRequest, found: Sequence[Note]) -> dict[UUID, tuple[str, str] | None]:
    """The same for parts of products: where the words stand today, in their own part or in another; None where they
    are gone."""
    products = {one.row.element.product_id: one.row.element.product for one in found if one.row.element}
    may = [pk for pk, one in products.items()
           if is_allowed("products:product", of_product(request.user, one), request.level)]  # fmt: skip
    parts: dict[UUID, dict[UUID, Element]] = {pk: {} for pk in may}
    for part in Element.objects.filter(product__in=may, is_removed=False):
        parts[part.product_id][part.pk] = part
    told: dict[UUID, tuple[str, str] | None] = {}
    for pk in may:
        here = [one for one in found if one.row.element and one.row.element.product_id == pk]
        for placed in placing.place(here, {key: plain(part.text) for key, part in parts[pk].items()}):
            part = parts[pk].get(placed.element) if placed.element else None
            told[placed.comment.row.pk] = _of_element(part, products[pk]) if part else None
    return told


def _of_item(item: AgendaItem) -> tuple[str, str]:
    named = {"meeting": item.meeting.title, "number": item.number, "title": item.title}
    address = reverse("reading:item", args=[item.meeting_id, item.pk])
    return _("%(meeting)s, item %(number)s: %(title)s") % named, f"{address}#noter"


def _of_element(part: Element, product: Product) -> tuple[str, str]:
    """The address is where more is noted; once the committee has been closed that is over, and the part is read."""
    address = reverse("reading:note-part", args=[product.pk, part.pk])
    if product.organization.closed_at:
        address = part.get_absolute_url()
    return f"{product.title}: {part.title or part.get_kind_display()}", address


def _may_read(one: Note, place: Place | None) -> bool:
    """Whether its owner may read there; the words may be gone."""
    return place is not None or not one.hides_quote


def _readers(one: Note, place: Place | None) -> list[Person]:
    """With whom its owner may share it, and with whom he has: those who take part where it stands, today, as long as he
    may read there and the committee is at work. Whether one of them may read there is asked when he looks."""
    row = one.row
    there = _organization(row) if _may_read(one, place) else None
    if there is None or there.closed_at:
        return [share.person for share in row.shares.all()]
    taking_part = there.memberships.on(timezone.localdate()).values("person")
    some = Q(pk__in=taking_part) | Q(shared_notes__note=row)
    return list(Person.objects.filter(some).exclude(pk=row.person_id).distinct())


def _organization(row: PrivateNote) -> Organization | None:
    if row.item:
        return row.item.meeting.organization
    return row.element.product.organization if row.element else None
