"""ReadMark: how far a person has read."""

from __future__ import annotations

from django.db import models

from raadslag.workspace.common.models import Row
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.people.models import Person


class ReadMark(Row):
    """The edition of an item that a person has opened, and the files that stood there then. Seen by nobody else."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="read_marks")
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="read_marks")
    sha256 = models.CharField(max_length=64)  # of the item as it was read
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "item"], name="one_mark_to_an_item")]
