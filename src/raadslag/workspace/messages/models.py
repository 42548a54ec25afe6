"""Message: what a person is told. Mail: what goes to his address. Unmatched: what came back and fits nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from raadslag.workspace.common.models import Row
from raadslag.workspace.people.models import Person


class MailQuerySet(models.QuerySet["Mail"]):
    """Questions to the mails."""

    def due(self, at: datetime) -> Self:
        """Those whose turn it is."""
        return self.filter(state=Mail.State.WAITING, next_try_at__lte=at)

    def undelivered(self) -> Self:
        """Those that a server refused for good, or that were given up."""
        return self.filter(state=Mail.State.FAILED)


class Mail(Row):
    """One mail. Its Message-ID is made once: however often it is sent again, it is one mail to its reader."""

    class State(models.TextChoices):
        """Where it is."""

        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="mails")
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    calendar = models.TextField(blank=True)
    method = models.CharField(max_length=10, blank=True)  # of the calendar: REQUEST or CANCEL
    reply_to = models.EmailField(max_length=254, blank=True)
    is_forgotten_once_sent = models.BooleanField(default=False)  # a code to log in with is kept by nobody
    about = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    reply_code = models.PositiveSmallIntegerField(null=True)  # of the mail server; its words may name people

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="mails_due"),
            models.Index(fields=["about"], name="mails_about"),
        ]


class Message(Row):
    """What a person is told: a line for a digest, or a whole mail where it is urgent."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="messages")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    path = models.CharField(max_length=300, blank=True)
    about = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="messages")

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["person", "at"], condition=Q(mail__isnull=True), name="messages_to_gather")]


class Digest(models.Model):
    """When a person was last sent what had gathered."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="last_digest")
    at = models.DateTimeField()


class MailStop(models.Model):
    """Who wants no mails but urgent ones, said with one tap in a mail."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="mail_stop")
    at = models.DateTimeField()


class Unmatched(Row):
    """A reply by mail that fits no call: a person looks at it. The text is stored as text."""

    at = models.DateTimeField()
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    why = models.CharField(max_length=40)
    seen_at = models.DateTimeField(null=True)
