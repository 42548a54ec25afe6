"""The passage that answers best, of short texts and of books, in whatever form the words stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raadslag.archive.search.passages import passage, wanted
from raadslag.archive.search.question import read


def told(texts, words: str):
    return passage(texts, wanted(read(words).wanted))


def marked(found) -> list[str]:
    return [part for part, is_marked in found.parts if is_marked]


def test_the_first_text_that_holds_a_word_is_taken():
    found = told(["Om skoler.", "Om bænke og træer."], "bænk")
    assert (found.text, marked(found)) == ("Om bænke og træer.", ["bænke"])
    assert (found.cut_before, found.cut_after) == (False, False)


def test_without_any_the_beginning_is_taken():
    found = told(["", "Om skoler. " * 50], "bænk")
    assert found.text.startswith("Om skoler.")
    assert (marked(found), found.cut_before, found.cut_after) == ([], False, True)


@pytest.mark.parametrize("before", [0, 3_000, 30_000])
def test_of_a_book_the_page_with_the_word_is_taken(before):
    found = told(["Fyld og mere fyld. " * before + "Her er bænken. " + "Så fyld. " * 3_000], "bænk")
    assert marked(found) == ["bænken"] if before < 10_000 else marked(found) == []
    assert found.cut_after
    assert found.cut_before is (0 < before < 10_000)
    assert len(found.text) <= 260


def test_where_most_different_words_stand_is_taken():
    text = "Bænke. " + "Fyld og fyld. " * 40 + "Bænke ved skolen. " + "Fyld og fyld. " * 40
    assert marked(told([text], "bænk skole")) == ["Bænke", "skolen"]


def test_parts_of_compounds_are_marked_whole():
    assert marked(told(["Boligområdet og børneboliger"], "bolig")) == ["Boligområdet", "børneboliger"]


@given(st.lists(st.text(alphabet="ab æø\n.-", max_size=400), max_size=3), st.text(alphabet='ab æø"-', max_size=12))
def test_a_passage_is_always_a_piece_of_its_text(texts, words):
    found = told(texts, words)
    assert "".join(part for part, _ in found.parts) == found.text
    assert any(found.text in " ".join(text.split()) for text in [*texts, ""])
