"""Minutes of a meeting that was held elsewhere, as its paper has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from raadslag.core import record
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Case
from raadslag.workspace.common import journal
from raadslag.workspace.files import keeping
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import composing
from raadslag.workspace.minutes.events import MinutesTakenIn
from raadslag.workspace.minutes.models import LEFT_OVER, ItemMinutes, Minutes


@journal.action
def take_in(meeting: Meeting, paper: record.Meeting, *, by: Any, at: datetime) -> Minutes:
    """Freeze what the paper says as the minutes of the meeting, whose items are the paper's.

    An outcome that the paper does not tell stays empty. Who sat there signed the paper itself: nobody is asked here. A
    case that stood on the agenda of the meeting is told what was decided.
    """
    whole = replace(paper, id=str(meeting.pk))
    minutes = Minutes.objects.create(
        meeting=meeting, number=1, **keeping.freeze(whole)._asdict(), made_at=at, made_by=by
    )  # fmt: skip
    for row, item in zip(composing.items_of(meeting), whole.items, strict=True):
        points = item.recommendation.points if item.recommendation else ()
        ItemMinutes.objects.update_or_create(
            item=row, defaults={"outcome": item.outcome or "", "points": [point.outcome or "" for point in points]}
        )
        if row.case and row.case.state == Case.State.ON_AGENDA:
            left = item.outcome in LEFT_OVER
            cases.note_treated(
                row.case, item=row.pk, decision=item.decision or "", is_closed=row.is_closed, is_left_over=left, by=by,
                at=at,
            )  # fmt: skip
    journal.write(MinutesTakenIn(minutes.sha256, minutes.pdf_sha256), by=by, at=at, about=meeting)
    return minutes
