"""The background work that reads what was brought, a few papers a round, so that mails are not kept waiting."""

from __future__ import annotations

import logging
import time
from datetime import datetime

from raadslag.core import record
from raadslag.core.errors import LimitExceeded, RaadslagError
from raadslag.workspace.publishing.importing import actions
from raadslag.workspace.publishing.importing.actions import Problem, State
from raadslag.workspace.publishing.models import ImportedPaper

_MOST_AT_ONCE = 100
_SECONDS = 5.0  # after which a round begins no other paper
log = logging.getLogger(__name__)


def read_due(at: datetime) -> int:
    """Read what waits, the first brought first; how many. One that cannot be read does not stop the others."""
    waiting = ImportedPaper.objects.filter(state=State.WAITING).order_by("brought_at", "pk")[:_MOST_AT_ONCE]
    begun, read = time.monotonic(), 0
    for paper in waiting:
        if read and time.monotonic() - begun > _SECONDS:
            break
        _read(paper, at)
        read += 1
    return read


def _read(paper: ImportedPaper, at: datetime) -> None:
    problem = ""
    try:
        found, text = actions.reread(paper)
    except LimitExceeded:
        problem = Problem.LIMIT
    except RaadslagError:
        problem = Problem.UNREADABLE
    except Exception:
        log.exception("A paper could not be read")
        problem = Problem.FAULT
    else:
        if not isinstance(found, record.Meeting):
            problem = Problem.OTHER
        elif not text.strip():
            problem = Problem.EMPTY
    if problem:
        actions.note_read(paper, problem=problem, at=at)
    else:
        actions.note_read(paper, found=found, text=text.replace("\x00", ""), at=at)
