"""The search finds what a Danish reader expects: a list of words asked and words found, judged by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from raadslag.archive.search import open_index, search
from raadslag.core.record import Item

pytestmark = pytest.mark.django_db

LISTED = tomllib.loads(Path(__file__).with_name("danish_pairs.toml").read_text("utf-8"))
EXPECTED = {asked["word"]: frozenset(asked["finds"]) for asked in LISTED["asked"]}
WORDS = sorted(set(LISTED["apart"]).union(*EXPECTED.values()))


def test_the_list_is_long_and_says_each_thing_once():
    assert sum(map(len, EXPECTED.values())) >= 300
    assert len(EXPECTED) == len(LISTED["asked"])
    assert all(len(set(asked["finds"])) == len(asked["finds"]) for asked in LISTED["asked"])


def test_recall_and_precision_on_the_list(make_meeting, add):
    rows = tuple(Item(order=n, number=str(n), access="open", title=word) for n, word in enumerate(WORDS, 1))
    add(make_meeting(items=rows, organization="Kredsen", title="Uden ord"))
    open_index().catch_up()

    found = {}
    for word in EXPECTED:
        hits = search(word, kind="item", per_page=len(WORDS)).hits
        found[word] = {hit.title.text for hit in hits}
    right = sum(len(found[word] & EXPECTED[word]) for word in EXPECTED)
    missed = {word: sorted(EXPECTED[word] - found[word]) for word in EXPECTED if EXPECTED[word] - found[word]}
    wrong = {word: sorted(found[word] - EXPECTED[word]) for word in EXPECTED if found[word] - EXPECTED[word]}
    assert right / sum(map(len, EXPECTED.values())) >= 0.95, missed
    assert right / sum(map(len, found.values())) >= 0.9, wrong
