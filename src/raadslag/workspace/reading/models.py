"""ReadMark: how far a person has read; PrivateNote and NoteShare: what he notes for himself, and lets others read."""

from __future__ import annotations

from django.db import models

from raadslag.workspace.common.models import Row
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.people.models import Person
from raadslag.workspace.products.models import Element


class ReadMark(Row):
    """The edition of an item that a person has opened, and the files that stood there then. Seen by nobody else."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="read_marks")
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="read_marks")
    sha256 = models.CharField(max_length=64)  # of the item as it was read
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "item"], name="one_mark_to_an_item")]


class PrivateNote(Row):
    """What a person notes for himself at an item, or at a part of a product: its words, sealed (see `sealing`), and
    those that it is about. Nobody else is told of it, and no journal (R4)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="private_notes")
    item = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, related_name="private_notes")
    element = models.ForeignKey(Element, models.SET_NULL, null=True, related_name="private_notes")
    sealed = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)  # it can be put back for a day

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(item=None) | models.Q(element=None), name="a_note_stands_at_one_place"
            )
        ]


class NoteShare(Row):
    """That the owner of a note lets one named person read it, who sees no other."""

    note = models.ForeignKey(PrivateNote, models.CASCADE, related_name="shares")
    person = models.ForeignKey(Person, models.CASCADE, related_name="shared_notes")
    shared_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "person"], name="a_note_is_shared_once_with_a_person")]
