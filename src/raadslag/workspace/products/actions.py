"""Beginning a product, writing its elements, moving them, proposing, and freezing it as a version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from raadslag.core import record
from raadslag.workspace.bodies.models import MandateTask, Organization
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict, NotPermitted
from raadslag.workspace.files import keeping as files
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.minutes.models import Entry
from raadslag.workspace.people.models import User
from raadslag.workspace.products import composing, rules
from raadslag.workspace.products.events import (
    ElementAssigned,
    ElementSaved,
    ProductBegun,
    ProductReopened,
    ProposalDecided,
    ProposalMade,
    VersionApproved,
    VersionFrozen,
)
from raadslag.workspace.products.leaning import ground_of
from raadslag.workspace.products.models import (
    Approval,
    Change,
    Element,
    ElementVersion,
    Product,
    Proposal,
    Shared,
    Version,
)
from raadslag.workspace.products.writing import keeping

_ROOM = 1024  # between two neighbours, so that one can come between them without the others being touched
LEFT_BEHIND = timedelta(minutes=2)  # after which what was written together is taken in by the background work
_canonical = msgspec.json.Encoder(order="deterministic")


class Cause(NamedTuple):
    """Why something is changed: its kind, a reference to it, and the words that a reader sees."""

    kind: str = Change.Kind.CORRECTION
    reference: str = ""
    words: str = ""


CORRECTION = Cause()


@journal.action
def begin(organization: Organization, title: str, *, by: Any, at: datetime) -> Product:
    """Begin a product. Raises Blocked without a title."""
    if not title.strip():
        raise Blocked([_("Give it a title.")])
    made = Product.objects.create(organization=organization, title=title.strip()[:300], created_at=at)
    journal.write(ProductBegun(organization.pk), by=by, at=at, about=made)
    return made


@journal.action
def add(
    product: Product,
    *,
    kind: str,
    title: str,
    text: str = "",
    parent: Element | None = None,
    after: Element | None = None,
    cause: Cause = CORRECTION,
    by: Any,
    at: datetime,
) -> Element:
    """Add an element below `parent`, after one of its children, or last. Raises Blocked."""
    product = _locked(product)
    if product.elements.filter(is_removed=False).count() >= rules.MOST_ELEMENTS:
        raise Blocked([_("A product has at most %(most)s parts.") % {"most": rules.MOST_ELEMENTS}])
    if parent and _depth(parent) + 1 >= rules.DEEPEST:
        raise Blocked([_("Deeper than %(most)s levels nobody finds his way.") % {"most": rules.DEEPEST}])
    element = Element(product=product, parent=parent, kind=kind, title=title.strip()[:300], text=text)
    element.order = _place(product, parent, after, by, at)
    element.save(force_insert=True)
    return _saved(element, cause, by, at)


@journal.action
def write(element: Element, *, title: str, text: str | None, version: int, kind: str | None = None,
          cause: Cause = CORRECTION, by: Any, at: datetime) -> Element:  # fmt: skip
    """Save what an element says. `version` is the one that was opened; without a `text`, that is written together.

    Raises Conflict where somebody has saved since, NotPermitted for who does not write there, Blocked once the product
    has been approved. Nothing is written where nothing changed.
    """
    _locked(element.product)
    element = _fresh(element)
    if not rules.may_write(by, element):
        raise NotPermitted
    element = take_in(element, at=at)
    if element.version != version and not _says(element, version, is_whole=text is not None):
        raise Conflict
    before = element.state()
    element.title, element.kind = title.strip()[:300], kind or element.kind
    if text is not None:
        element.text = text
        keeping.follow(element, by, at)
    return element if element.state() == before else _saved(element, cause, by, at)


@journal.action
def take_in(element: Element, *, at: datetime, ready: keeping.Ready | None = None) -> Element:
    """Let an element say what was written together in it until now; who wrote it stands with the saving. `ready` is
    that as it was a moment ago, and counts if nothing was written since.

    Raises Blocked once the product has been approved.
    """
    _locked(element.product)
    shared = keeping.unsaved(element)
    element = _fresh(element)
    if shared is None:
        return element
    text = ready.text if ready and ready.last == shared.last else keeping.text_of(shared)
    authors = keeping.authors_of(shared)
    keeping.note_saved(shared, at)
    if text == element.text or not authors:
        return element
    users = {one.pk: one for one in User.objects.filter(pk__in=[*authors, shared.sitting_by_id])}
    element.text = text
    cause = Cause(Change.Kind.TOGETHER, f"products.shared:{shared.pk}:{shared.sitting}")
    change = _change(element, cause, users[shared.sitting_by_id], at)
    element = _kept(element, change, users[authors[-1]], at)
    saving = element.versions.get(number=element.version)
    saving.authors.set(authors)
    return element


def take_in_all(at: datetime) -> int:
    """What was left behind by a process that fell: each part says what was written in it. How many did."""
    left = Shared.objects.filter(last__gt=F("saved"), is_plain=False, last_at__lt=at - LEFT_BEHIND)
    left = left.filter(element__product__state=Product.State.DRAFT).select_related("element__product")
    rows = [one.element for one in left]
    for row in rows:
        take_in(row, at=at)
    return len(rows)


def _take_in_open(product: Product, at: datetime) -> None:
    """Let every part say what is being written together in it at this moment."""
    for one in product.elements.filter(shared__last__gt=F("shared__saved"), shared__is_plain=False):
        take_in(one, at=at)


@journal.action
def move(element: Element, parent: Element | None, after: Element | None, *, cause: Cause = CORRECTION, by: Any,
         at: datetime) -> Element:  # fmt: skip
    """Move an element, with all below it, under `parent`: after one of its children, or first. Raises Blocked."""
    product = _locked(element.product)
    element = _fresh(element)
    above = parent
    while above is not None:
        if above.pk == element.pk:
            raise Blocked([_("A part cannot lie within itself.")])
        above = above.parent
    if parent and _depth(parent) + 1 + _height(product, element) > rules.DEEPEST:
        raise Blocked([_("Deeper than %(most)s levels nobody finds his way.") % {"most": rules.DEEPEST}])
    element.parent, element.order = parent, _place(product, parent, after, by, at, moving=element)
    return _saved(element, cause, by, at)


@journal.action
def remove(element: Element, is_removed: bool, *, cause: Cause = CORRECTION, by: Any, at: datetime) -> Element:
    """Take an element out, or put it back. Raises Blocked while something lies below it."""
    _locked(element.product)
    element = _fresh(element)
    if is_removed and element.children.filter(is_removed=False).exists():
        raise Blocked([_("Something lies below it. Move that first, or take it out.")])
    if element.is_removed == is_removed:
        return element
    element.is_removed = is_removed
    return _saved(element, cause, by, at)


@journal.action
def restore(element: Element, number: int, *, by: Any, at: datetime) -> Element:
    """Let an element say again what it said in an earlier saving. Nothing that was said since is lost."""
    _locked(element.product)
    element = take_in(element, at=at)
    former = element.versions.filter(number=number).first()
    if former is None:
        raise Blocked([_("There is no such version.")])
    element.title, element.text, element.kind = former.title, former.text, former.kind
    keeping.follow(element, by, at)
    words = _("Back to what was saved as number %(number)s") % {"number": number}
    return _saved(element, Cause(Change.Kind.CORRECTION, "", words), by, at)


@journal.action
def assign(element: Element, group: Organization | None, tasks: Iterable[MandateTask], *, by: Any, at: datetime
           ) -> None:  # fmt: skip
    """Which group writes an element, and which tasks of the mandate it answers."""
    tasks = list(tasks)
    Element.objects.filter(pk=element.pk).update(writers=group)
    element.tasks.set(tasks)
    told = ElementAssigned(element.pk, group.pk if group else None, sorted(task.number for task in tasks))
    journal.write(told, by=by, at=at, about=element.product)


@journal.action
def freeze(product: Product, label: str, note: str = "", *, by: Any, at: datetime) -> Version:
    """Freeze the product as it stands, under a name. Raises Blocked with every reason why it cannot be."""
    product = _locked(product)
    _take_in_open(product, at)
    rows = composing.parts_of(product)
    changes = list(product.changes.filter(version=None).select_related("group"))
    ground = ground_of(product, rows.keys())
    whole = composing.compose(product, rows, label=label, at=at, changes=changes, ground=ground)
    last = product.versions.first()
    obstacles = [*rules.obstacles_to_freezing(product, label), *ground.obstacles]
    if last and _said(last.decoded()) == _said(whole):
        obstacles.append(_("Nothing has changed since %(label)s.") % {"label": last.label})
    if obstacles:
        raise Blocked(obstacles)
    kept = files.freeze(whole)
    made = Version.objects.create(
        product=product, number=(last.number if last else 0) + 1, label=label,
        record=kept.record, sha256=kept.sha256, pdf_sha256=kept.pdf_sha256,
        parts={str(row.pk): row.version for row in rows.values()}, note=note.strip()[:300], frozen_at=at, frozen_by=by,
    )  # fmt: skip
    Change.objects.filter(pk__in=[one.pk for one in changes]).update(version=made)
    journal.write(VersionFrozen(label, made.sha256, made.pdf_sha256), by=by, at=at, about=product)
    return made


# --- approving ---


@journal.action
def approve(version: Version, item: AgendaItem | None, *, by: Any, at: datetime) -> Approval:
    """Let the committee's decision at an item stand for exactly the bytes of a version: the product is changed no more.

    While the meeting is held its minutes say so, with the version's fingerprint. Raises Blocked with every reason why
    it cannot be, where no item is named, too.
    """
    product = _locked(version.product)
    _take_in_open(product, at)
    version = product.versions.get(pk=version.pk)
    has_changed = composing.elements_of(composing.parts_of(product)) != version.decoded().elements
    obstacles = rules.obstacles_to_approving(version, item, has_changed)
    if obstacles or item is None:
        raise Blocked(obstacles)
    if item.meeting.opened_at and not item.meeting.adjourned_at:
        with translation.override("da"):  # the language of minutes
            told = {"title": product.title, "label": version.label, "print": version.sha256[:16]}
            text = _("Approved: “%(title)s”, %(label)s. Its fingerprint begins with %(print)s.") % told
        minutes.save_entry(item, uuid4(), kind=Entry.Kind.DECISION, text=text, version=0, by=by, at=at)
    product.state = Product.State.APPROVED
    product.save(update_fields=["state"])
    made = Approval.objects.create(version=version, item=item, at=at, by=by)
    journal.write(VersionApproved(version.label, version.sha256, item.pk), by=by, at=at, about=product)
    return made


@journal.action
def reopen(product: Product, reason: str, *, by: Any, at: datetime) -> Product:
    """Work on an approved product again, as when the council sends it back. What was approved stays to be seen.

    Raises Blocked without a reason, and where it is not approved.
    """
    product = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    reason = " ".join(reason.split())
    approval = Approval.objects.filter(version__product=product, undone_at=None).select_related("version").first()
    obstacles = []
    if approval is None or product.state != Product.State.APPROVED:
        obstacles.append(_("It has not been approved."))
    if not reason or len(reason) > Approval.reason.field.max_length:
        obstacles.append(_("Say why it is opened again."))
    if obstacles or approval is None:
        raise Blocked(obstacles)
    approval.undone_at, approval.undone_by, approval.reason = at, by, reason
    approval.save()
    product.state = Product.State.DRAFT
    product.save(update_fields=["state"])
    journal.write(ProductReopened(approval.version.label), by=by, at=at, about=product)
    return product


def _said(whole: record.Product) -> tuple[object, ...]:
    """What a version says, what it leans on, and what it answers: by that it is another."""
    return whole.elements, whole.facts, whole.gaps, whole.answers


# --- proposals ---


@journal.action
def propose(element: Element, *, title: str, text: str, base: int, reason: str = "", group: Organization | None = None,
            by: Any, at: datetime) -> Proposal:  # fmt: skip
    """Propose that an element say something else, in one's own name or in that of a group that one is of. `base` is the
    saving that was read. Raises Blocked; NotPermitted for another group."""
    if group and group not in rules.own_groups(by, element.product):
        raise NotPermitted
    if obstacles := rules.obstacles_to_writing(element.product):
        raise Blocked(obstacles)
    read = element.versions.filter(number=base).first()
    if read is None:
        raise Blocked([_("There is no such version.")])
    if (title.strip(), text) == (read.title, read.text):
        raise Blocked([_("Your proposal says the same as the text.")])
    made = Proposal.objects.create(
        element=element, base=base, title=title.strip()[:300], text=text, reason=reason.strip()[:1000], group=group,
        by=by, made_at=at,
    )  # fmt: skip
    journal.write(ProposalMade(made.pk, element.pk), by=by, at=at, about=element.product)
    return made


@journal.action
def accept(proposal: Proposal, *, title: str, text: str, version: int, answer: str = "", by: Any, at: datetime
           ) -> Proposal:  # fmt: skip
    """Let the element say what was proposed, or that with changes. `version` is the one that was looked at.

    Raises Conflict where the element has been saved since, Blocked where the proposal has been decided.
    """
    proposal = _open(proposal)
    is_same = (title.strip(), text) == (proposal.title, proposal.text)
    # What goes out with a version tells the group, and no person.
    words = proposal.group.name if proposal.group else ""
    cause = Cause(Change.Kind.PROPOSAL, f"products.proposal:{proposal.pk}", words)
    element = write(proposal.element, title=title, text=text, version=version, cause=cause, by=by, at=at)
    saving = element.versions.first()
    proposal.change = saving.change if saving else None
    state = Proposal.State.ACCEPTED if is_same else Proposal.State.CHANGED
    return _decided(proposal, state, answer, by, at)


@journal.action
def refuse(proposal: Proposal, answer: str, *, by: Any, at: datetime) -> Proposal:
    """Do not accept a proposal. Raises Blocked without a reason."""
    proposal = _open(proposal)
    if not answer.strip():
        raise Blocked([_("Say why it is not accepted: who proposed it reads that.")])
    return _decided(proposal, Proposal.State.REFUSED, answer, by, at)


@journal.action
def take_back(proposal: Proposal, *, by: Any, at: datetime) -> Proposal:
    """Take back one's own proposal while nobody has decided it. Raises NotPermitted for who has not made it."""
    proposal = _open(proposal)
    if proposal.by_id != by.pk:
        raise NotPermitted
    return _decided(proposal, Proposal.State.TAKEN_BACK, "", by, at)


def _open(proposal: Proposal) -> Proposal:
    found = Proposal.objects.select_for_update(of=("self",)).select_related(
        "element__product__organization", "element__writers", "group", "by__person"
    )
    proposal = found.get(pk=proposal.pk)
    if proposal.state != Proposal.State.OPEN:
        raise Blocked([_("It has been decided already.")])
    return proposal


def _decided(proposal: Proposal, state: str, answer: str, by: Any, at: datetime) -> Proposal:
    proposal.state, proposal.answer = state, answer.strip()[:1000]
    proposal.decided_by, proposal.decided_at = by, at
    proposal.save()
    journal.write(ProposalDecided(proposal.pk, str(state)), by=by, at=at, about=proposal.element.product)
    return proposal


# --- savings ---


def _locked(product: Product) -> Product:
    """The product, held until the commit: its elements are written one after the other. Raises Blocked."""
    held = Product.objects.select_for_update(of=("self",)).select_related("organization__body")
    product = held.get(pk=product.pk)
    if obstacles := rules.obstacles_to_writing(product):
        raise Blocked(obstacles)
    return product


def _fresh(element: Element) -> Element:
    return Element.objects.select_related("product__organization", "writers", "parent").get(pk=element.pk)


def _says(element: Element, number: int, *, is_whole: bool = True) -> bool:
    """Whether that saving says what the element says now: it was only moved since. Not `is_whole`, of what its text
    is not a part."""
    same = element.versions.filter(number=number, title=element.title, kind=element.kind)
    return (same.filter(text=element.text) if is_whole else same).exists()


def _saved(element: Element, cause: Cause, by: Any, at: datetime) -> Element:
    """Keep what `element` is as its next saving, and why."""
    return _kept(element, _change(element, cause, by, at), by, at)


def _kept(element: Element, change: Change | None, by: Any, at: datetime) -> Element:
    element.version += 1
    element.save()
    ElementVersion.objects.create(
        element=element, number=element.version, saved_at=at, saved_by=by, change=change, **element.state()
    )
    sha256 = hashlib.sha256(_canonical.encode(element.state())).hexdigest()
    told = ElementSaved(element.pk, element.version, change.number if change else 0, sha256)
    journal.write(told, by=by, at=at, about=element.product)
    return element


def _change(element: Element, cause: Cause, by: Any, at: datetime) -> Change:
    """The change that a saving is part of: of the same cause and hand since the last version, or a new one."""
    group = rules.writing_group(by, element)
    same = {
        "element": element, "version": None, "kind": cause.kind, "cause": cause.reference, "because": cause.words[:300],
        "by": by, "group": group,
    }  # fmt: skip
    if found := Change.objects.filter(**same).last():
        return found
    Product.objects.filter(pk=element.product_id).update(last_change=F("last_change") + 1)
    number = Product.objects.values_list("last_change", flat=True).get(pk=element.product_id)
    return Change.objects.create(product_id=element.product_id, number=number, at=at, **same)


def _depth(element: Element) -> int:
    depth, above = 0, element.parent
    while above is not None:
        depth, above = depth + 1, above.parent
    return depth


def _height(product: Product, element: Element) -> int:
    """How many levels the element and all below it have."""
    levels, depth = 1, None
    for node in composing.tree(product):
        if node.identity == element.pk:
            depth = node.depth
        elif depth is not None and node.depth <= depth:
            break
        elif depth is not None:
            levels = max(levels, node.depth - depth + 1)
    return levels


def _place(product: Product, parent: Element | None, after: Element | None, by: Any, at: datetime,
           moving: Element | None = None) -> int:  # fmt: skip
    """A number between the neighbours: after one of them, or for one that is `moving` without such, before them all.

    Where there is no room left, the siblings move apart, which changes no order.
    """
    siblings = [
        one for one in product.elements.filter(parent=parent).order_by("order", "pk")
        if moving is None or one.pk != moving.pk
    ]  # fmt: skip
    if after is None and moving is None:
        return (siblings[-1].order if siblings else 0) + _ROOM
    low = after.order if after else 0
    high = next((one.order for one in siblings if one.order > low), low + 2 * _ROOM)
    if high - low > 1:
        return (low + high) // 2
    for number, one in enumerate(siblings, 1):
        one.product, one.order = product, number * _ROOM
        _kept(one, None, by, at)
    return _place(
        product, parent, next((one for one in siblings if after and one.pk == after.pk), None), by, at, moving
    )
