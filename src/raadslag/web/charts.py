"""Charts as SVG that stand alone: no script, nothing fetched, a title and a description for who does not see them.

pygal draws; what it adds for the mouse is taken out, and one small style sheet of ours is put in, so that one drawing
is one sequence of bytes. Every chart stands beside a table with the same figures.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence
from datetime import date
from itertools import cycle
from typing import Any

import pygal
from lxml import etree

# pygal's finder of maps speaks a language that Python has dropped: every later import would be warned of.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

WIDTH = 480
_SVG = "http://www.w3.org/2000/svg"
_HEIGHT, _ROW, _NAMES, _MARGIN = 300, 44, 28, 4
_INK, _QUIET, _LINE, _FONT = "#16212b", "#47545f", "#d6dde2", "IBM Plex Sans, sans-serif"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MOST_WRITTEN = 16  # values, before they lie over each other
_ROOM_BELOW = 44  # characters of labels below standing bars
_FEW = 4  # below it an axis has parts of one
_LYING = 18  # the height of a bar that lies
# Shares of the municipality's colour in white; the line around each piece is what parts it from the next.
_SHADES = (1.0, 0.55, 0.25, 0.0, 0.75)


def bars(
    title: str, description: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], main: str
) -> bytes:
    """A bar for each label, of a piece from each series; the pieces of one series stand at the bottom or on the former.

    Series are named below the bars where there is more than one. `main` is a colour such as `#114b5f`.
    """
    sums = [sum(values) for values in zip(*(values for _, values in series), strict=True)]
    is_one = len(series) == 1
    rows = math.ceil(len(series) / 2)
    chart = pygal.StackedBar(
        **_common(main, len(series)),
        height=_HEIGHT if is_one else _HEIGHT + _NAMES * rows,
        show_legend=not is_one,
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        legend_box_size=16,
        # pygal leaves no room for a last row of names that is half full.
        margin_bottom=_MARGIN + (0 if is_one else _NAMES * (len(series) % 2)),
        truncate_legend=-1,
        print_values=is_one,
        print_values_position="top",
        print_zeroes=False,
        y_labels=_ticks(max(sums, default=0)),
    )
    chart.x_labels = list(labels)
    for name, values in series:
        chart.add(name, list(values))
    return _standing_alone(chart, title, description, main, len(series))


def beside(
    title: str, description: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]], main: str
) -> bytes:
    """For each label the bars of all series beside each other; None is no bar. Values are written at their bars.

    Bars lie, with their labels to the left, where the labels have no room below them. Series are named below where
    there is more than one.
    """
    is_one = len(series) == 1
    is_lying = max(map(len, labels), default=0) * len(labels) > _ROOM_BELOW
    columns = 1 if is_lying else 2
    names = 0 if is_one else _NAMES * math.ceil(len(series) / columns)
    known = [value for _, values in series for value in values if value is not None] or [0.0]
    if is_lying:  # the first one on top
        labels, series = labels[::-1], [(name, values[::-1]) for name, values in series]
    chart = (pygal.HorizontalBar if is_lying else pygal.Bar)(
        **_common(main, len(series)),
        height=names + (60 + _LYING * len(labels) * max(len(series), 2) if is_lying else _HEIGHT),
        show_legend=not is_one,
        legend_at_bottom=True,
        legend_at_bottom_columns=columns,
        legend_box_size=16,
        margin_bottom=_MARGIN + (0 if is_one or is_lying else _NAMES * (len(series) % 2)),
        margin_right=40 if is_lying else _MARGIN,
        truncate_legend=-1,
        truncate_label=24,
        y_labels=_ticks(math.ceil(max(known))) if max(known) >= _FEW and min(known) >= 0 else None,
        print_values=len(labels) * len(series) <= _MOST_WRITTEN,
        print_values_position="top",
        value_formatter=written,
    )
    chart.x_labels = [_clean(label) for label in labels]
    for name, values in series:
        chart.add(_clean(name), list(values))
    return _standing_alone(chart, _clean(title), _clean(description), main, len(series))


def _clean(words: str) -> str:
    """Without what XML cannot hold."""
    return _NO_XML.sub("", words)


def written(value: float | None) -> str:
    """A number as Danish writes it: "12,5", "1.200"."""
    if value is None:
        return ""
    told = f"{value:,.10g}" if value != int(value) else f"{int(value):,}"
    return told.replace(",", " ").replace(".", ",").replace(" ", ".")


def course(title: str, description: str, rows: Sequence[tuple[str, Sequence[date]]], main: str) -> bytes:
    """A line for each row with a dot on each of its days, over one axis of time; the first row stands on top."""
    days = [day for _, on in rows for day in on]
    first, last = min(days), max(days)
    room = max(30, (last - first).days // 20)
    chart = pygal.XY(
        **_common(main, 1),
        height=90 + _ROW * len(rows),
        show_legend=False,
        stroke=False,
        dots_size=6,
        truncate_label=-1,
        y_labels=[{"label": _short(name), "value": -place} for place, (name, _) in enumerate(rows)],
        range=(0.6 - len(rows), 0.4),
        xrange=(first.toordinal() - room, last.toordinal() + room),
    )
    chart.x_labels = [{"label": label, "value": day.toordinal()} for label, day in _years(first, last, room)]
    chart.add(title, [(day.toordinal(), -place) for place, (_, on) in enumerate(rows) for day in on])
    return _standing_alone(chart, title, description, main, 1)


def _common(main: str, number: int) -> dict[str, Any]:
    style = pygal.style.Style(
        background="transparent",
        plot_background="transparent",
        font_family=_FONT,
        label_font_size=15,
        major_label_font_size=15,
        legend_font_size=16,
        value_font_size=15,
        colors=_colours(main, number),
    )
    return {
        "style": style,
        "width": WIDTH,
        "js": (),
        "margin": _MARGIN,
        "spacing": 12,
        "show_x_guides": False,
        "pretty_print": False,
        "disable_xml_declaration": True,
        "explicit_size": True,
    }


def _colours(main: str, number: int) -> tuple[str, ...]:
    channels = [int(main[at : at + 2], 16) for at in (1, 3, 5)]
    mixed = (
        "#" + "".join(f"{round(255 + (one - 255) * share):02x}" for one in channels)
        for share, _ in zip(cycle(_SHADES), range(number), strict=False)
    )
    return tuple(mixed)


def _ticks(most: int) -> list[int]:
    """Four or five whole numbers from 0 to `most` or a little above it."""
    step = max(1, math.ceil(most / 4))
    power = 10 ** (len(str(step)) - 1)
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= step)
    return list(range(0, max(most, 1) + step, step))


def _years(first: date, last: date, room: int) -> list[tuple[str, date]]:
    """Ticks of an axis of days: up to six new years, or the first and the last day where none lies between them."""
    years = [year for year in range(first.year, last.year + 2) if -room <= (date(year, 1, 1) - first).days]
    years = [year for year in years if (date(year, 1, 1) - last).days <= room]
    if len(years) < 2:
        return [(f"{day.day}.{day.month}.{day.year}", day) for day in dict.fromkeys((first, last))]
    return [(str(year), date(year, 1, 1)) for year in years[:: math.ceil(len(years) / 6)]]


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23].rstrip()}…"


def _standing_alone(chart: Any, title: str, description: str, main: str, number: int) -> bytes:
    """The drawing without what is for the mouse or tells its program's settings, with our words and our style."""
    drawn = etree.fromstring(chart.render().encode())
    etree.strip_tags(drawn, etree.Comment)
    for element in list(drawn.iter()):
        is_of_the_mouse = "tooltip-overlay" in element.get("class", "")
        if etree.QName(element).localname in ("title", "desc", "defs") or is_of_the_mouse:
            element.getparent().remove(element)
        element.attrib.pop("style", None)
    for name in ("class", "id"):
        drawn.attrib.pop(name, None)
    drawn.set("role", "img")
    drawn.set("aria-labelledby", "title desc")
    for place, (name, words) in enumerate((("title", title), ("desc", description), ("style", _style(main, number)))):
        element = etree.Element(f"{{{_SVG}}}{name}", nsmap={None: _SVG})
        element.text = words
        if name != "style":
            element.set("id", name)
        drawn.insert(place, element)
    return bytes(etree.tostring(drawn))


def _style(main: str, number: int) -> str:
    pieces = "".join(f".color-{at}{{fill:{colour}}}" for at, colour in enumerate(_colours(main, number)))
    return (
        f"text{{fill:{_INK};font:15px {_FONT}}}.legends text{{font-size:16px}}.axis.y text{{text-anchor:end}}"
        f".axis.x text,.text-overlay text{{text-anchor:middle}}.background{{fill:none}}"
        f".horizontalbar-graph .text-overlay text{{text-anchor:start}}"
        f".line{{fill:none;stroke:{_LINE}}}.stackedbar-graph .axis.x .line{{stroke:none}}"
        f".bar rect,.legend rect,.dot{{stroke:{_QUIET}}}{pieces}"
    )
