"""Two texts side by side: nothing is lost, and what a reader sees is what was changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raadslag.core.comparing import Piece, passages, words
from raadslag.core.comparing.texts import split

WORDS = st.sampled_from(["bænk", "sø", "og", "i", "de", "nabo", "ensom", "bor", ",", ".", "Æ-01", "2018"])
LINES = st.lists(WORDS, max_size=8).map(" ".join)
TEXTS = st.lists(LINES, max_size=8).map("\n\n".join) | st.text(max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_are_the_two_texts_to_the_letter(old: str, new: str) -> None:
    told = passages(old, new)
    assert "".join(one.old for one in told) == old
    assert "".join(one.new for one in told) == new
    for one in told:
        assert "".join(piece.text for piece in one.pieces if piece.kind != "new") == one.old
        assert "".join(piece.text for piece in one.pieces if piece.kind != "gone") == one.new
        assert one.old or one.new
    assert all(piece.text for one in told for piece in one.pieces)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert not any(one.is_changed for one in passages(text, text))
    assert "".join(split(text)) == text


def test_a_rewritten_sentence_reads_as_one() -> None:
    old = "Mange beboere kender ikke deres naboer."
    assert words(old, "Mange ældre beboere kender ikke deres naboer.") == (
        Piece("same", "Mange "), Piece("new", "ældre "), Piece("same", "beboere kender ikke deres naboer."),
    )  # fmt: skip


def test_words_that_stayed_by_chance_go_with_the_change_around_them() -> None:
    old = "Ensomhed er et problem i alle aldre i området."
    new = "Der er forskel på at være alene og at være ensom i området."
    told = words(old, new)
    assert [piece.kind for piece in told] == ["gone", "new", "same"]
    assert told[-1].text == " i området."


def test_a_new_paragraph_between_two_leaves_both_in_peace() -> None:
    told = passages("Først.\n\nSidst.\n", "Først.\n\nMidt imellem.\n\nSidst.\n")
    assert [(one.old, one.new) for one in told] == [
        ("Først.\n\n", "Først.\n\n"), ("", "Midt imellem.\n\n"), ("Sidst.\n", "Sidst.\n"),
    ]  # fmt: skip


def test_of_paragraphs_that_were_exchanged_the_alike_are_laid_beside_each_other() -> None:
    old = "Der mangler bænke ved søen.\n\nLyset på stierne er for svagt om vinteren.\n"
    new = "Vi foreslår en café.\n\nLyset på stierne er alt for svagt om vinteren.\n"
    told = passages(old, new)
    assert [(bool(one.old), bool(one.new)) for one in told] == [(True, False), (False, True), (True, True)]
    assert [piece.text for piece in told[2].pieces if piece.kind == "new"] == ["alt "]


def test_texts_beyond_all_reason_are_told_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raadslag.core.comparing.texts._MOST_STEPS", 20)
    old, new = "\n".join("abcdef"), "\n".join("abcxef")
    told = passages(old, new)
    assert "".join(one.old for one in told) == old
    assert "".join(one.new for one in told) == new
    assert words("en to tre fire", "en to tre fem") == (Piece("gone", "en to tre fire"), Piece("new", "en to tre fem"))
