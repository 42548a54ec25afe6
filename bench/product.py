"""A product of a hundred pages: what differs between two versions of it, and its page.

Two hundred parts of half a page each. In the later version every third part has other words here and there, ten have
moved, five are gone and five are new. Beside the difference stands Python's own, of the two texts line by line, which
finds no word and no move; beside the page the smallest page of the same server.
"""

from __future__ import annotations

import difflib
import gc
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from bench.measure import Line
from raadslag.core.comparing import compare
from raadslag.core.record import Element

PARTS, WORDS_OF_A_PART, TIMES, PAGES = 200, 220, 5, 60
DIFFERENCE_SECONDS, PAGE_SECONDS = 1.0, 0.15
SEED = 2018
WORDS = (
    "kommunen", "sætter", "lys", "op", "på", "stierne", "ved", "boligområderne", "beboerne", "har", "peget", "utryghed",
    "om", "aftenen", "og", "ønsker", "flere", "bænke", "træer", "møder", "ikke", "naboer", "ensomhed", "fællesskab",
)  # fmt: skip


def lines() -> Iterator[Line]:
    """The difference, and the page."""
    old, new = versions()
    ours, beside = [], []
    for _ in range(TIMES):
        began = time.perf_counter()
        found = compare(old, new)
        ours.append(time.perf_counter() - began)
        texts = [[line for one in some for line in (one.text or "").splitlines()] for some in (old, new)]
        began = time.perf_counter()
        list(difflib.unified_diff(*texts, n=0))
        beside.append(time.perf_counter() - began)
    assert sum(one.is_changed for one in found) > PARTS / 3
    took = statistics.median(ours)
    bar = f"≤ {DIFFERENCE_SECONDS:.0f} s"
    yield Line("100 pages compared with 100", took, "difflib by lines", statistics.median(beside), bar,
               max(ours) <= DIFFERENCE_SECONDS)  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="raadslag-bench-") as folder:
        environment = os.environ | {
            "RAADSLAG_WORKSPACE": folder, "RAADSLAG_WORKSPACE_DATABASE": "",
            "RAADSLAG_WORKSPACE_ADDRESS": "http://testserver", "DJANGO_SETTINGS_MODULE": "raadslag.workspace.settings",
        }  # fmt: skip
        command = [sys.executable, "-m", "bench.product"]
        told = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout.split()
    p50, p95, smallest = map(float, told)
    bar = f"p95 ≤ {PAGE_SECONDS * 1000:.0f} ms ({p95 * 1000:.1f})"
    yield Line("the page of a product, 100 pages", p50, "its smallest page", smallest, bar, p95 <= PAGE_SECONDS)


def versions() -> tuple[tuple[Element, ...], tuple[Element, ...]]:
    """The two versions; the same each time."""
    chance = random.Random(SEED)
    old = [
        Element(id=str(UUID(int=number)), kind="text", number=str(number), title=_text(chance, 4), text=_part(chance))
        for number in range(1, PARTS + 1)
    ]
    new = [_rewritten(one, chance) if number % 3 == 0 else one for number, one in enumerate(old)]
    for _ in range(5):
        new.pop(chance.randrange(len(new)))
    for _ in range(10):
        new.insert(chance.randrange(len(new)), new.pop(chance.randrange(len(new))))
    for number in range(5):
        made = Element(id=str(UUID(int=1000 + number)), kind="text", title=_text(chance, 4), text=_part(chance))
        new.insert(chance.randrange(len(new)), made)
    return tuple(old), tuple(new)


def _text(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count)).capitalize()


def _part(chance: random.Random) -> str:
    return "\n\n".join(f"{_text(chance, WORDS_OF_A_PART // 4)}." for _ in range(4))


def _rewritten(one: Element, chance: random.Random) -> Element:
    words = (one.text or "").split(" ")
    for _ in range(6):
        words[chance.randrange(len(words))] = "anderledes"
    return Element(id=one.id, kind=one.kind, number=one.number, title=one.title, text=" ".join(words))


# --- the process that serves ---


def _page() -> None:
    from django.core.management import call_command
    from django.urls import reverse
    from django.utils import timezone

    from bench.workspace import _client, _timed
    from raadslag.workspace.products import actions
    from tests.workspace.conftest import World

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    now = timezone.now()
    world = World(now)
    told: dict[str, Any] = {"by": world["secretary"], "at": now}
    product = actions.begin(world.committee, "Trygge boligområder", **told)
    for one in versions()[0]:
        actions.add(product, kind="text", title=one.title or "", text=one.text or "", **told)
    actions.freeze(product, "v0.3", **told)
    member, address = _client(world["member"]), reverse("products:product", args=[product.pk])
    took, beside = [], []
    for number in range(PAGES + 1):
        if number == 1:  # as the server does once it has loaded
            gc.collect()
            gc.freeze()
        seconds, status = _timed(member, address)
        if status != 200:
            raise RuntimeError(f"{address} answered {status}")
        if number:  # the first warms what a server that runs has warm
            took.append(seconds)
            beside.append(_timed(member, "/health")[0])
    took.sort()
    print(statistics.median(took), took[int(len(took) * 0.95)], statistics.median(beside))


if __name__ == "__main__":
    import django

    django.setup()
    _page()
