"""Who recommends what to which body, read from the lines of a recommendation."""

from __future__ import annotations

from dataclasses import dataclass, field

from raadslag.core.readers.grammar.rows import Row
from raadslag.core.readers.grammar.vocabulary import Vocabulary, fold
from raadslag.core.record import Point, Recommendation


@dataclass(slots=True)
class _Found:
    by: str | None = None
    to: str | None = None
    points: list[str] = field(default_factory=list)


def recommendation(rows: list[Row], heading: str | None, by: str | None, words: Vocabulary) -> Recommendation | None:
    """The recommendation in a section's rows; `heading` and `by` may tell who makes it. None if there is none."""
    found = _Found()
    if heading and (m := words.pattern("recommendation.heading_by").match(heading.strip())):
        found.by, found.to = _body(m["by"] or m["from"], words), _clean(m["to"])
    listed = gap = opened = False
    numbered = [row.n for row in rows if words.pattern("recommendation.numbered_point").match(row.bare)]
    for row in rows:
        text = row.bare
        if not text:
            gap = True
            continue
        numbered_already = found.by is not None and text[0].isdigit()
        if not found.points and not numbered_already and _introduces(text, found, words):
            gap = False
            continue
        if opened and found.points and (row.text != text or text[0] in "-–*"):
            found.points[-1] += f"\n{text}"  # a list within a point
            continue
        opened = text[-1] == ":" and words.pattern("recommendation.that").match(text) is not None
        inner = len(numbered) > 1 and found.points and row.n < numbered[-1] and row.n not in numbered
        m = (
            None
            if inner
            else words.pattern("recommendation.point_mark").match(text)
            or (words.pattern("recommendation.point_mark").match(row.text) if row.text != row.bare else None)
        )
        if not inner and (row.text != row.bare or (m and m.end())):
            listed = True
            found.points.append(text[m.end() :] if m and text == m.string else text)
        elif found.points and listed and gap and not (len(numbered) > 1 and row.n < numbered[-1]):
            break
        elif found.points and (not gap or listed):
            found.points[-1] += "\n" + text
        else:
            found.points.append(text)
        gap = False
    points = [p for p in (_point(text, words) for text in _parted(found.points, listed, words)) if p]
    by_whom = found.by or by
    if not points:
        return None
    return Recommendation(by=by_whom, to=found.to, points=tuple(Point(text=p) for p in points))


def _introduces(text: str, found: _Found, words: Vocabulary) -> bool:
    """Takes in a line that says who recommends and to whom; True where it says no more than that."""
    if m := words.pattern("recommendation.addressee").match(text):
        if text.endswith("."):
            return False
        found.to = _clean(m["to"])
        return True
    if not words.hints_at("recommends", fold(text)):
        return False
    if m := words.pattern("recommendation.intro").match(text):
        found.by, found.to = _body(m["by"], words) or found.by, _clean(m["to"] or m["to2"]) or found.to
        return True
    if m := words.pattern("recommendation.inline").match(text):
        found.by, found.to = _body(m["by"], words) or found.by, _clean(m["to"]) or found.to
        if not words.pattern("recommendation.formula").match(m["that"]):
            found.points.append(m["that"])
        return True
    return False


def _parted(points: list[str], listed: bool, words: Vocabulary) -> list[str]:
    """Running sentences that recommend several things, cut where each "that" begins."""
    if listed and len(points) > 1:
        return points
    return [part for point in points for part in words.pattern("recommendation.point_split").split(point)]


def _point(text: str, words: Vocabulary) -> str:
    text = text.strip()
    if m := words.pattern("recommendation.point_mark").match(text):
        text = text[m.end() :]
    stripped = words.pattern("recommendation.trailing").sub("", text)
    return stripped + "." if words.pattern("recommendation.abbreviated").search(stripped[-5:]) else stripped


def _body(text: str | None, words: Vocabulary) -> str | None:
    name = _clean(text)
    return None if name is None or words.pattern("recommendation.impersonal").match(name) else name


def _clean(text: str | None) -> str | None:
    text = " ".join((text or "").split()).strip(" ,:;.")
    return text or None
