"""Numbers in tables of words are told from words, also with their units."""

from __future__ import annotations

import pytest

from raadslag.web.numbers import Series, number, series_of


@pytest.mark.parametrize(("cell", "told"), [
    ("312", 312), ("1.200 kr.", 1200), ("12,5 %", 12.5), ("−3", -3), ("-3", -3), ("1 200", 1200), ("", None),
    ("Åparken", None), ("2018-01-01", None), ("12 af 40 boliger", None),
])  # fmt: skip
def test_a_cell_is_a_number_or_words(cell: str, told: float | None) -> None:
    assert number(cell) == told


def test_columns_of_numbers_alone_are_drawn() -> None:
    rows = (("Åparken", "312", "mange", "–"), ("Kildevangen", "208"), ("Engen", "", "få", "3"))
    assert series_of(("Område", "Boliger", "Ord", "Andre"), rows) == [
        Series("Boliger", [312, 208, None]), Series("Andre", [None, None, 3]),
    ]  # fmt: skip
    assert series_of(("Alene",), (("1",),)) == []
