"""Where words stand, however they are written."""

from __future__ import annotations

import pytest

from raadslag.core.errors import CannotRedact
from raadslag.core.redacting.words import MARK, Words


def gone(text: str, *words: str, numbers: bool = False) -> str:
    return Words(words, numbers=numbers).without(text, "#")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Sagen om Dybvad er slut.", "Sagen om # er slut."),
        ("DYBVAD og dybvad", "# og #"),
        ("Dybvads hus, Dybvadsagen", "# hus, #"),
        ("Dyb-\nvad, Dyb\u00advad, Dyb\u200bvad", "#, #, #"),
        ("D y b v a d, Dyb vad", "#, #"),
        ("Dybt vand er ad", "Dybt vand er ad"),
        ("midybvadet", "#"),
        ("ＤＹＢＶＡＤ", "#"),
    ],
)
def test_a_word_is_found_in_any_case_broken_spaced_out_and_in_longer_words(text, left):
    assert gone(text, "Dybvad") == left


def test_a_short_word_is_found_only_alone_or_in_the_genitive():
    assert gone("Ib og Ibs bror i biblioteket", "Ib") == "# og # bror i biblioteket"


def test_a_phrase_is_found_over_signs_and_ends_of_lines():
    assert gone("for Ole-\nBirk, Ole\nBirks og Ole  Birk; ikke Birk", "Ole Birk") == "for #, # og #; ikke Birk"


def test_letters_of_other_words_do_not_make_a_word():
    assert gone("vejen solgtes for en nation", "Jens", "Anna") == "vejen solgtes for en nation"


def test_letters_put_together_of_two_are_found_as_one():
    assert gone("Møde med A\u030asa Lund", "Åsa") == "Møde med # Lund"


def test_numbers_are_found_by_their_shape():
    assert gone("Om 010203-0000 og 010203 0000, ikke 991399-0000.", numbers=True) == "Om # og #, ikke 991399-0000."


def test_neighbours_become_one_and_the_mark_is_always_the_same():
    words = Words(["Dybvad", "Ditmar Dybvad"])
    assert words.without("Ditmar Dybvad kom") == f"{MARK} kom"
    assert words.words == ("Dybvad", "Ditmar Dybvad")


def test_what_stands_nowhere_is_told():
    assert Words(["Dybvad", "Enghave"]).missing(["Om Dybvad", "og andet"]) == ["Enghave"]


def test_signs_alone_are_no_word():
    with pytest.raises(CannotRedact, match="letters or digits"):
        Words(["--"])


def test_nothing_asked_is_nothing():
    assert not Words(["  "])
