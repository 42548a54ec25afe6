"""What every app's rows are made of, and the journal's own rows."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models


class Row(models.Model):
    """A row whose id cannot be guessed: 122 random bits (I7)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class JournalHead(models.Model):
    """The one row that a writer of the journal locks; it tells the last entry."""

    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)


class JournalEntry(models.Model):
    """One change of state, or one reading of what is closed: who, what, about which object. Never a text (I26)."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    by = models.CharField(max_length=60)  # the id of a user, or a word such as "system"
    about = models.CharField(max_length=100)  # "meetings.meeting:<id>"
    values = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["about", "number"], name="journal_about")]


class Cursor(models.Model):
    """How far one follower of the journal has come."""

    follower = models.CharField(max_length=60, primary_key=True)
    number = models.BigIntegerField(default=0)


class Answered(models.Model):
    """A write that a client named with a key of its own, and where its answer led: a retry gets the same (I36)."""

    who = models.CharField(max_length=36)  # the user, empty for who has not logged in
    key = models.CharField(max_length=64)
    location = models.CharField(max_length=500, default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "key"], name="one_answer_to_a_key")]


class Mark(models.Model):
    """Something that holds of this installation alone, by its name: the last round of the background work, say.

    It is in no backup.
    """

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    value: Any = models.JSONField(default=dict)
