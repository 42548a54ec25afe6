"""Charts: one drawing is one sequence of bytes, stands alone, says what it is, and draws what it is told."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from raadslag.web import charts

MAIN = "#114b5f"


def _drawn(svg: bytes) -> etree._Element:
    return etree.fromstring(svg)


def _all(root: etree._Element, name: str) -> list[etree._Element]:
    return [one for one in root.iter() if etree.QName(one).localname == name]


def _words(root: etree._Element) -> list[str]:
    return [one.text or "" for one in _all(root, "text")]


@pytest.fixture
def bars() -> bytes:
    """Three years of three outcomes."""
    series = [("Godkendt", [3, 0, 5]), ("Udsat <b>", [1, 2, 0]), ("Andre", [0, 0, 1])]
    return charts.bars("Udfald & år", "2016: 4, 2017: 2", ["2016", "2017", "2018"], series, MAIN)


def test_a_chart_says_what_it_is_and_brings_nothing_that_acts(bars: bytes) -> None:
    root = _drawn(bars)
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title desc")
    assert [(one.get("id"), one.text) for one in _all(root, "title")] == [("title", "Udfald & år")]
    assert [(one.get("id"), one.text) for one in _all(root, "desc")] == [("desc", "2016: 4, 2017: 2")]
    assert len(_all(root, "style")) == 1
    for name in ("script", "foreignObject", "image", "use", "a", "defs"):
        assert not _all(root, name)
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name != "style"
            assert "href" not in name
            assert "url(" not in value
    assert b"http" not in bars.replace(b"http://www.w3.org/2000/svg", b"").replace(b"http://www.w3.org/1999/xlink", b"")
    assert b"pygal" not in bars.lower()


def test_the_same_figures_are_the_same_bytes(bars: bytes) -> None:
    series = [("Godkendt", [3, 0, 5]), ("Udsat <b>", [1, 2, 0]), ("Andre", [0, 0, 1])]
    assert charts.bars("Udfald & år", "2016: 4, 2017: 2", ["2016", "2017", "2018"], series, MAIN) == bars


def test_bars_are_as_high_as_their_counts(bars: bytes) -> None:
    root = _drawn(bars)
    heights = [float(one.get("height")) for bar in _all(root, "g") if bar.get("class") == "bar" for one in bar]
    unit = heights[0] / 3
    assert [round(height / unit) for height in heights] == [3, 0, 5, 1, 2, 0, 0, 0, 1]
    assert {"2016", "2017", "2018", "Godkendt", "Udsat <b>", "Andre"} <= set(_words(root))


@pytest.mark.parametrize("number", range(2, 7))
def test_every_name_lies_within_the_picture(number: int) -> None:
    series = [(f"Udfald {at}", [at]) for at in range(number)]
    root = _drawn(charts.bars("t", "d", ["2018"], series, MAIN))
    height = float(root.get("height"))
    for legends in (one for one in _all(root, "g") if one.get("class") == "legends"):
        top = float(legends.get("transform").rstrip(")").split(",")[1])
        assert all(top + float(one.get("y")) <= height for one in _all(legends, "text"))


@pytest.mark.parametrize(
    ("most", "ticks"),
    [(0, [0, 1]), (1, [0, 1]), (4, [0, 1, 2, 3, 4]), (52, [0, 20, 40, 60]), (300, [0, 100, 200, 300])],
)
def test_ticks_are_few_whole_numbers(most: int, ticks: list[int]) -> None:
    series = [("Møder", [most])]
    said = [word for word in _words(_drawn(charts.bars("t", "d", ["jan"], series, MAIN))) if word.isdigit()]
    assert [int(word) for word in said[: len(ticks)]] == ticks


def test_a_course_has_a_dot_for_each_day_in_the_row_of_who_met() -> None:
    rows = [
        ("Byrådet", [date(2016, 5, 1), date(2018, 2, 1)]),
        ("Et udvalg med et meget langt navn", [date(2017, 1, 9)]),
    ]
    root = _drawn(charts.course("Forløb", "d", rows, MAIN))
    dots = [(float(one.get("cx")), float(one.get("cy"))) for one in _all(root, "circle")]
    assert len(dots) == 3
    assert dots[0][1] == dots[1][1] < dots[2][1]
    assert dots[0][0] < dots[2][0] < dots[1][0]
    words = _words(root)
    assert "Byrådet" in words
    assert "Et udvalg med et meget…" in words
    assert {"2017", "2018"} <= set(words)


def test_a_course_within_a_year_tells_its_first_and_last_day() -> None:
    root = _drawn(charts.course("Forløb", "d", [("Byrådet", [date(2018, 4, 9), date(2018, 6, 1)])], MAIN))
    assert {"9.4.2018", "1.6.2018"} <= set(_words(root))
    same = _drawn(charts.course("Forløb", "d", [("A", [date(2018, 4, 9)]), ("B", [date(2018, 4, 9)])], MAIN))
    assert _words(same).count("9.4.2018") == 1


LONG = ["Ugleparken ved søen", "Søkvarteret", "Møllevang", "Et område med et langt navn", "Havnen"]


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("labels", [["2012", "2017"], LONG])
def test_bars_beside_each_other_stand_below_no_edge(number: int, labels: list[str]) -> None:
    """All that is drawn lies in the picture: names of series, long labels, values above the highest bar."""
    series = [(f"Række {at}", [12.5 * (at + 1)] * len(labels)) for at in range(number)]
    drawn = charts.beside("t", "d", labels, series, MAIN)
    assert charts.beside("t", "d", labels, series, MAIN) == drawn
    root = _drawn(drawn)
    height, width = float(root.get("height")), float(root.get("width"))
    along = "width" if labels == LONG else "height"
    lengths = [float(one.get(along)) for bar in _all(root, "g") if bar.get("class") == "bar" for one in bar]
    assert len(lengths) == number * len(labels)
    assert sorted({round(one / min(lengths)) for one in lengths}) == list(range(1, number + 1))
    for group in _all(root, "g"):
        if "legends" in (group.get("class") or ""):
            top = float(group.get("transform").rstrip(")").split(",")[1])
            assert all(top + float(one.get("y")) <= height for one in _all(group, "text"))
    assert width == charts.WIDTH


def test_nothing_known_is_no_bar_and_values_are_written_as_danes_do() -> None:
    root = _drawn(charts.beside("t", "d", ["a", "b"], [("x", [None, 1234.5])], MAIN))
    bars = [one for bar in _all(root, "g") if bar.get("class") == "bar" for one in bar]
    assert len(bars) == 1
    assert "1.234,5" in _words(root)
    told = [(None, ""), (0, "0"), (12.5, "12,5"), (1200, "1.200"), (-3.25, "-3,25")]
    assert [charts.written(value) for value, _ in told] == [words for _, words in told]
