"""The trace of a product in public: each contribution that was answered, by which change it came in, in which version
that stands, and what was promised on it. Made of what public versions and commitments say, and of nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from raadslag.archive import models
from raadslag.archive.pages import products, standings, views, words
from raadslag.core import record

CONTEXT: dict[str, Any] = {
    "prov": "http://www.w3.org/ns/prov#",
    "id": "@id",
    "type": "@type",
    "label": "http://www.w3.org/2000/01/rdf-schema#label",
    "wasDerivedFrom": {"@id": "prov:wasDerivedFrom", "@type": "@id"},
    "wasGeneratedBy": {"@id": "prov:wasGeneratedBy", "@type": "@id"},
    "wasInformedBy": {"@id": "prov:wasInformedBy", "@type": "@id"},
    "value": "prov:value",
}


@dataclass(frozen=True)
class Step:
    """A version that is shown, with the places of its page where a change and an answer stand."""

    edition: models.Edition
    value: record.Product
    changes: dict[str, str]

    def address(self, anchor: str = "") -> str:
        """Of its page, or of a place there."""
        product = self.edition.product
        path = reverse("pages:product-version", args=[product.body.slug, product.slug, self.edition.slug])
        return f"{path}#{anchor}" if anchor else path


@dataclass(frozen=True)
class Thread:
    """A contribution by its number, and what became of it: the last answer that a version told."""

    said: str
    outcome: str
    text: str
    answered: str
    told: Step
    change: record.Change | None
    made: Step | None

    @property
    def change_address(self) -> str:
        """Where its change stands."""
        return self.made.address(self.made.changes[self.change.id]) if self.made and self.change else ""


def trace(request: HttpRequest, body: str, product: str) -> HttpResponse:
    """From what was said to what became of it, on one page."""
    found = products.get_product(body, product)
    steps, threads = _threads(found)
    return views.page(
        request, "trace.html", "organizations", found.body, product=found, threads=threads, steps=steps,
        standings=standings.of_product(found, timezone.localdate()), labels=words.in_language(),
    )  # fmt: skip


def data(request: HttpRequest, body: str, product: str) -> HttpResponse:
    """The same as linked data, in the terms of PROV (W3C PROV-O)."""
    found = products.get_product(body, product)
    steps, threads = _threads(found)
    graph: list[dict[str, Any]] = []
    for thread in threads:
        node = {"id": thread.answered, "type": "prov:Entity", "label": thread.said, "value": thread.outcome}
        graph.append(node)
    causes: dict[str, list[str]] = {}
    for thread in threads:
        if thread.change_address:
            causes.setdefault(thread.change_address, []).append(thread.answered)
    for step in steps:
        changes = [step.address(anchor) for anchor in step.changes.values()]
        graph.append(
            {"id": step.address(), "type": "prov:Entity", "label": step.edition.version, "wasGeneratedBy": changes}
        )
        for change, address in zip(step.value.changes, changes, strict=True):
            node = {"id": address, "type": "prov:Activity", "label": change.id}
            graph.append({**node, "prov:used": [{"id": one} for one in causes.get(address, [])]})
    for standing in standings.of_product(found, timezone.localdate()).defer("record"):
        own = reverse("pages:commitment", args=[standing.commitment.body.slug, standing.commitment.slug])
        graph.append(
            {"id": own, "type": "prov:Entity", "value": standing.state, "wasDerivedFrom": [steps[-1].address()]}
        )
    answer = JsonResponse({"@context": CONTEXT, "@graph": graph}, json_dumps_params={"ensure_ascii": False})
    answer.headers["Content-Type"] = "application/ld+json"
    return answer


def _threads(found: models.Product) -> tuple[list[Step], list[Thread]]:
    """The versions, the first first, and the contributions by their numbers. Two queries, however many there are."""
    editions = products.editions_of(found)[::-1]
    steps = []
    for edition, value in zip(editions, products.values_of(editions), strict=True):
        edition.product = found
        steps.append(Step(edition, value, {one.id: f"aendring-{n}" for n, one in enumerate(value.changes, 1)}))
    made = {change.id: (change, step) for step in steps for change in step.value.changes}
    say = words.in_language().product.outcome
    threads: dict[str, Thread] = {}
    for step in steps:
        for number, one in enumerate(step.value.answers, 1):
            change, at = made.get(one.change or "", (None, None))
            told = say.get(one.outcome, one.outcome)
            place = step.address(f"svar-{number}")
            threads[one.contribution] = Thread(one.contribution, told, one.text or "", place, step, change, at)
    return steps, [threads[name] for name in sorted(threads, key=_by_number)]


def _by_number(name: str) -> tuple[int, str]:
    digits = "".join(one for one in name if one.isdecimal())
    return (int(digits[:9]) if digits else 0, name)
