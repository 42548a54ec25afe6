"""Stopping mails, and wanting them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from raadslag.workspace.common import journal
from raadslag.workspace.messages.models import MailStop
from raadslag.workspace.people.models import Person


@dataclass(frozen=True)
class MailsStopped(journal.Event):
    """A person wants urgent mails alone, or all of them again."""

    is_stopped: bool


@journal.action
def stop(person: Person, is_stopped: bool, *, by: Any, at: datetime) -> None:
    """Send urgent mails alone, or all again."""
    if is_stopped:
        MailStop.objects.get_or_create(person=person, defaults={"at": at})
    else:
        MailStop.objects.filter(person=person).delete()
    journal.write(MailsStopped(is_stopped), by=by, at=at, about=person)
