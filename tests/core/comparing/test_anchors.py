"""A quoted passage is found again where it stands now, or is said to have no place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raadslag.core.comparing import Anchor, anchor_at, anchor_of, find
from tests.core.comparing.test_texts import TEXTS

TEXT = "Mange beboere kender ikke deres naboer. Mange ved ikke, hvem de kan spørge. Lyset på stierne er for svagt."
QUOTE = "Mange ved ikke, hvem de kan spørge."


def anchor() -> Anchor:
    start = TEXT.index(QUOTE)
    return anchor_at(TEXT, start, start + len(QUOTE))


def found(text: str, one: Anchor | None = None) -> str | None:
    place = find(one or anchor(), text)
    return text[place.start : place.end] if place else None


@given(TEXTS, st.integers(0, 60), st.integers(1, 30), TEXTS, TEXTS)
def test_what_stands_word_for_word_is_found(text: str, start: int, length: int, before: str, following: str) -> None:
    if not text[start : start + length].strip():
        with pytest.raises(ValueError, match="nothing"):
            anchor_at(text, start, start + length)
        return
    one = anchor_at(text, start, start + length)
    place = find(one, text)
    assert place
    assert (place.is_exact, text[place.start : place.end]) == (True, one.quote)
    moved = f"{before}{text}{following}"
    again = find(one, moved)
    assert again
    assert again.is_exact
    assert moved[again.start : again.end] == one.quote


@given(TEXTS, TEXTS)
def test_what_is_found_lies_in_the_text(quote: str, text: str) -> None:
    place = find(Anchor(quote), text)
    assert place is None or (0 <= place.start < place.end <= len(text) and text[place.start : place.end].strip())


@given(TEXTS, TEXTS)
def test_a_quotation_is_of_the_text_or_of_none(quote: str, text: str) -> None:
    one = anchor_of(quote, text)
    assert one is None or text[one.start : one.start + len(one.quote)] == one.quote


@pytest.mark.parametrize(("quote", "told"), [(f"  {QUOTE}\r\n", QUOTE), ("mange  ved\nikke", "Mange ved ikke")])
def test_a_quotation_is_taken_as_the_text_has_it(quote: str, told: str) -> None:
    one = anchor_of(quote, TEXT)
    assert one
    assert (one.quote, one.before[-8:]) == (told, "naboer. ")


@pytest.mark.parametrize("quote", ["", "  ", "Mange ved godt, hvem de kan spørge."])
def test_what_is_not_there_word_for_word_is_not_quoted(quote: str) -> None:
    assert anchor_of(quote, TEXT) is None


def test_of_two_the_one_among_the_old_neighbours_is_meant() -> None:
    text = "Om vinteren er lyset for svagt. Om sommeren er lyset for svagt."
    one = anchor_at(text, text.rindex("lyset"), len(text))
    grown = f"Nyt afsnit. {text}"
    place = find(one, grown)
    assert place
    assert place.start == grown.rindex("lyset")


def test_other_line_ends_and_marks_are_no_matter() -> None:
    assert found("Indledning\n\nMange ved ikke — hvem de\nkan spørge!") == "Mange ved ikke — hvem de\nkan spørge"


def test_rewritten_words_are_found_and_said_to_be_so() -> None:
    text = "Lyset er svagt. Mange ved slet ikke, hvem de kan spørge. Der er få bænke."
    place = find(anchor(), text)
    assert place
    assert not place.is_exact
    assert "ved slet ikke, hvem de kan spørge" in text[place.start : place.end]


@pytest.mark.parametrize("text", ["", "Noget helt andet om parkering og cykler ved stationen.", "Mange."])
def test_what_went_has_no_place(text: str) -> None:
    assert found(text) is None


def test_a_short_word_is_not_guessed_at() -> None:
    one = Anchor("lyset")
    assert found("lysene tændes", one) is None
    assert found("Her er Lyset.", one) == "Lyset"
