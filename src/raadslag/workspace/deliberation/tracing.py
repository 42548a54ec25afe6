"""The trace of a product: what was said → the card → the change → the version → the decision, and what became of it.

Forwards from each thought, backwards from each change; as a page, and as linked data: a thought is an annotation of the
words that it is about (W3C Web Annotation), and what came of it is told in the terms of PROV (W3C PROV-O).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from raadslag.workspace.deliberation.models import Card, Contribution, ContributionAnswer, EvidenceGap
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.products.models import Approval, Change, Product, Version

CONTEXT: list[Any] = [
    "http://www.w3.org/ns/anno.jsonld",
    {
        "prov": "http://www.w3.org/ns/prov#",
        "wasDerivedFrom": {"@id": "prov:wasDerivedFrom", "@type": "@id"},
        "wasGeneratedBy": {"@id": "prov:wasGeneratedBy", "@type": "@id"},
        "wasInfluencedBy": {"@id": "prov:wasInfluencedBy", "@type": "@id"},
        "used": {"@id": "prov:used", "@type": "@id"},
        "endedAtTime": {"@id": "prov:endedAtTime", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
    },
]
_MOTIVATIONS = {
    Contribution.Kind.CHANGE: "editing", Contribution.Kind.QUESTION: "questioning",
    Contribution.Kind.SUPPORT: "assessing", Contribution.Kind.UNCLEAR: "questioning",
}  # fmt: skip


class Later(NamedTuple):
    """What became of a version after the committee: a decision of the council, a promise. `id` names it for good."""

    id: str
    title: str
    state: str
    on: str
    address: str


Afterwards: TypeAlias = Callable[[Product], dict[UUID, list[Later]]]
_afterwards: list[Afterwards] = []


def comes_after(found: Afterwards) -> Afterwards:
    """Register what gives, by version, what became of it afterwards."""
    _afterwards.append(found)
    return found


class Thread(NamedTuple):
    """One thought, and what came of it. Where it was merged, `through` is the one whose answer counts for it, too;
    `answer` is None where that one is shown no more."""

    said: Contribution
    cards: list[Card]
    answer: ContributionAnswer | None
    through: Contribution | None
    change: Change | None
    version: Version | None
    approval: Approval | None
    later: list[Later]


class Trace(NamedTuple):
    """All threads of a product, forwards by thought; `back` are its changes, each with the thoughts that caused it."""

    threads: list[Thread]
    back: list[tuple[Change, list[Contribution]]]
    gaps: list[EvidenceGap]


def of(product: Product) -> Trace:
    """The whole trace. As many queries however much was said."""
    said = list(
        product.contributions.filter(hidden_because="").exclude(state=Contribution.State.TAKEN_BACK)
        .select_related("by__person", "element", "station__round__session__meeting")
        .prefetch_related("answers__change__version", "answers__merged_into", "answers__by__person")
    )  # fmt: skip
    cards: dict[UUID, list[Card]] = {}
    rows = Card.objects.filter(session__product=product, removed_at=None).select_related(
        "session__meeting", "entry__item__case", "gap"
    )  # fmt: skip
    for card in rows.prefetch_related("sources"):
        for source in card.sources.all():
            cards.setdefault(source.pk, []).append(card)
    approvals = {row.version_id: row for row in _approvals(product)}
    later: dict[UUID, list[Later]] = {}
    for found in _afterwards:
        for version, some in found(product).items():
            later.setdefault(version, []).extend(some)
    by_pk = {one.pk: one for one in said}
    threads = [_thread(one, by_pk, cards.get(one.pk, []), approvals, later) for one in said]
    causes: dict[UUID, list[Contribution]] = {}
    for thread in threads:
        if thread.change:
            causes.setdefault(thread.change.pk, []).append(thread.said)
    changes = product.changes.filter(pk__in=causes).select_related("element", "version")
    gaps = product.evidence_gaps.prefetch_related("answers__note")
    return Trace(threads, [(change, causes[change.pk]) for change in changes], list(gaps))


def _approvals(product: Product) -> Iterable[Approval]:
    rows = Approval.objects.filter(version__product=product, undone_at=None)
    return rows.select_related("version", "item__meeting", "item__case")


def _thread(one: Contribution, known: dict[UUID, Contribution], cards: list[Card], approvals: dict[UUID, Approval],
            later: dict[UUID, list[Later]]) -> Thread:  # fmt: skip
    own, through, seen = one.answer, None, {one.pk}
    answer = own
    while answer and answer.merged_into_id and answer.merged_into_id not in seen:  # a chain is followed to its end
        seen.add(answer.merged_into_id)
        through = known.get(answer.merged_into_id)
        if through is None:  # hidden or taken back: nobody reads an answer there, so it waits for one of its own
            own = answer = None
        else:
            answer = through.answer
    change = answer.change if answer else None
    version = change.version if change else None
    approval = approvals.get(version.pk) if version else None
    if version and not approval:  # what was approved later than the first version with the change has it, too
        approval = next((row for row in approvals.values() if row.version.number > version.number), None)
    became = later.get(approval.version_id, []) if approval else []
    return Thread(one, cards, own, through, change, version, approval, became)


# --- as linked data ---


def linked(product: Product, trace: Trace) -> dict[str, Any]:
    """The trace as one JSON-LD document. Names of persons are not in it, but of who signed with his own."""
    graph: list[dict[str, Any]] = [
        {"id": _urn(product.pk), "type": "prov:Entity", "label": product.title},
    ]
    cards: dict[UUID, Card] = {}
    changes: dict[UUID, Change] = {}
    versions: dict[UUID, Version] = {}
    approvals: dict[UUID, Approval] = {}
    items: dict[UUID, AgendaItem] = {}
    later: dict[str, tuple[Later, Version]] = {}
    for thread in trace.threads:
        graph.append(_annotation(product, thread))
        cards |= {card.pk: card for card in thread.cards}
        if thread.change:
            changes[thread.change.pk] = thread.change
        if thread.version:
            versions[thread.version.pk] = thread.version
        if thread.approval:
            approvals[thread.approval.pk] = thread.approval
            versions[thread.approval.version_id] = thread.approval.version
            items[thread.approval.item_id] = thread.approval.item
            later |= {one.id: (one, thread.approval.version) for one in thread.later}
    graph += [_card(card) for card in cards.values()]
    causes = {change.pk: some for change, some in trace.back}
    graph += [_change(change, causes.get(change.pk, [])) for change in changes.values()]
    graph += [_version(one, [c for c in changes.values() if c.version_id == one.pk]) for one in versions.values()]
    graph += [_approval(one) for one in approvals.values()]
    graph += [_later(one, version) for one, version in later.values()]
    return {"@context": CONTEXT, "@graph": graph}


def _annotation(product: Product, thread: Thread) -> dict[str, Any]:
    one = thread.said
    target: dict[str, Any] = {"source": _urn(one.element_id or product.pk)}
    if one.quote:
        target["selector"] = {
            "type": "TextQuoteSelector", "exact": one.quote, "prefix": one.before, "suffix": one.after
        }  # fmt: skip
    told: dict[str, Any] = {
        "id": _urn(one.pk), "type": "Annotation", "label": one.name, "created": _moment(one.made_at),
        "motivation": _MOTIVATIONS.get(Contribution.Kind(one.kind), "commenting"),
        "body": {"type": "TextualBody", "value": one.text, "format": "text/plain", "language": "da"},
        "target": target,
    }  # fmt: skip
    if one.speaker:  # a group, or a name from a sheet of paper: which of them nobody said, so no type is told
        told["creator"] = {"name": one.speaker}
    elif one.by:
        told["creator"] = {"type": "Person", "name": one.who}
    if thread.answer:
        told["prov:value"] = thread.answer.outcome
    if thread.through:
        told["wasInfluencedBy"] = _urn(thread.through.pk)
    return told


def _card(card: Card) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": _urn(card.pk), "type": "prov:Entity", "label": f"{card.name} {card.text}",
        "wasDerivedFrom": [_urn(source.pk) for source in card.sources.all()],
    }  # fmt: skip
    if card.entry and not card.entry.removed_at:
        told["prov:hadMember"] = _urn(card.entry_id)
    return told


def _change(change: Change, causes: list[Contribution]) -> dict[str, Any]:
    return {
        "id": _urn(change.pk), "type": "prov:Activity", "label": change.name, "endedAtTime": _moment(change.at),
        "used": [_urn(one.pk) for one in causes], "wasInfluencedBy": _urn(change.element_id),
    }  # fmt: skip


def _version(version: Version, changes: list[Change]) -> dict[str, Any]:
    return {
        "id": _urn(version.pk), "type": "prov:Entity", "label": version.label,
        "prov:generatedAtTime": _moment(version.frozen_at),
        "wasGeneratedBy": [_urn(change.pk) for change in changes], "prov:identifier": f"sha256:{version.sha256}",
    }  # fmt: skip


def _approval(approval: Approval) -> dict[str, Any]:
    return {
        "id": _urn(approval.pk), "type": "prov:Activity", "label": approval.item.meeting.title,
        "endedAtTime": _moment(approval.at), "used": [_urn(approval.version_id)],
    }  # fmt: skip


def _later(one: Later, version: Version) -> dict[str, Any]:
    return {"id": one.id, "type": "prov:Entity", "label": one.title, "prov:value": one.state,
            "wasDerivedFrom": [_urn(version.pk)]}  # fmt: skip


def _urn(pk: Any) -> str:
    return f"urn:uuid:{pk}"


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
