"""The paper held against itself: what a person should look at. Warned, never changed."""

from __future__ import annotations

from raadslag.core.readers.grammar.dates import iso_date, weekday
from raadslag.core.readers.grammar.head import Head
from raadslag.core.readers.grammar.rows import Row
from raadslag.core.readers.grammar.vocabulary import Vocabulary
from raadslag.core.record import Item, Meeting, Warning

Span = tuple[int, int]


def check(meeting: Meeting, head: Head, rows: list[Row], spans: dict[str, Span], words: Vocabulary) -> list[Warning]:
    """Every warning that the values of a meeting give, in the order of the paper's parts."""
    written = [row for row in rows if row.text]
    found = _day(head, words) + _mentions(head, written, words)
    for n, item in enumerate(meeting.items):
        found += _item(item, n, spans)
    if meeting.items and all(item.access == "unknown" for item in meeting.items):
        found.append(Warning(code="unknown_access", message="The paper does not say which items are open."))
    lost = words.pattern("decided.lost")
    for row in written:
        if row.text[-1] == ":" and lost.match(row.text):
            message = "A day belongs here; its digits are lost."
            found.append(Warning(code="lost_digits", message=message, lines=(row.n, row.n)))
    if head.date is None:
        found.append(Warning(code="missing_date", message="No day of the meeting was found."))
    return found


def _day(head: Head, words: Vocabulary) -> list[Warning]:
    """Weekday against day, week-end, order of times."""
    found: list[Warning] = []
    if head.date:
        day, names = weekday(head.date), words.weekdays
        if head.weekday and head.weekday[0] != day:
            message = f"{head.date} is {names[day]}; the paper says {names[head.weekday[0]]}."
            found.append(Warning(code="weekday_mismatch", message=message, lines=(head.weekday[1], head.weekday[1])))
        if day > 4:
            found.append(
                Warning(code="weekend_meeting", message=f"{head.date} is {names[day]}.", lines=head.spans.get("date"))
            )
    if head.start and head.adjourned and head.adjourned < head.start:
        message = f"Adjourned at {head.adjourned}, before the start at {head.start}."
        found.append(Warning(code="adjourned_before_start", message=message, lines=head.spans.get("adjourned")))
    return found


def _mentions(head: Head, rows: list[Row], words: Vocabulary) -> list[Warning]:
    """Other meetings that the text puts on a Saturday or Sunday."""
    found: list[Warning] = []
    pattern = words.pattern("head.mention")
    for row in rows:
        if row.rule is not None or not words.hints_at("meeting", row.small):
            continue
        for m in pattern.finditer(row.text):
            iso = iso_date(m["date"], words)
            if iso and iso != head.date and weekday(iso) > 4:
                message = f"The text speaks of a meeting on {iso}, a {words.weekdays[weekday(iso)]}."
                found.append(Warning(code="weekend_meeting", message=message, lines=(row.n, row.n)))
    return found


def _item(item: Item, n: int, spans: dict[str, Span]) -> list[Warning]:
    found: list[Warning] = []
    lines, name = spans.get(f"items.{n}.decision"), f"Item {item.number or item.order}"
    for vote in item.votes:
        for side in (vote.for_, vote.against, vote.abstained):
            persons = side.who if side and all(len(w) > 4 for w in side.who) else ()
            if side and side.count is not None and persons and len(persons) != side.count and " " in persons[0]:
                message = f"{name}: {side.count} votes are counted, {len(persons)} names are given."
                found.append(Warning(code="count_mismatch", message=message, lines=lines))
    points = item.recommendation.points if item.recommendation else ()
    if points and item.decision and item.outcome is None and not any(p.outcome for p in points):
        message = f"{name}: the decision does not say what became of the recommendation."
        found.append(Warning(code="unanswered_recommendation", message=message, lines=lines))
    return found
