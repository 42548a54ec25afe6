"""A deliberation that is held at a meeting: its rounds and stations, who sits where, and the board it ends at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from raadslag.workspace.bodies.models import Body
from raadslag.workspace.common.models import Row
from raadslag.workspace.deliberation.models.known import EvidenceGap
from raadslag.workspace.deliberation.models.said import Contribution
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.minutes.models import Entry
from raadslag.workspace.people.models import Person
from raadslag.workspace.products.models import Element, Product


class Method(Row):
    """A way to deliberate, as a municipality has made it its own; `plan` is what `sessions.methods.Plan` says."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="methods")
    name = models.CharField(_("Name"), max_length=200)
    plan: Any = models.JSONField()
    saved_at = models.DateTimeField()
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "pk"]


class Session(Row):
    """A deliberation at a meeting. It is over once it is closed, and its codes with it."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="deliberation")
    item = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, related_name="+")  # where its summing-up goes
    product = models.ForeignKey(Product, models.PROTECT, related_name="sessions")
    method = models.CharField(max_length=200)  # what its method was called
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    def get_absolute_url(self) -> str:
        """The page on which it is run."""
        return reverse("sessions:run", args=[self.pk])


class Round(Row):
    """A stretch of time in which everyone does the same. Opened and closed by hand; the clock only tells."""

    class Kind(models.TextChoices):
        """What is done in it."""

        TALK = "talk", pgettext_lazy("round", "Talk in small groups")
        STATIONS = "stations", pgettext_lazy("round", "At stations")
        PLENARY = "plenary", pgettext_lazy("round", "All together")

    class Writers(models.TextChoices):
        """Who writes."""

        HOST = "host", pgettext_lazy("writers", "The host, for the group")
        ALL = "all", pgettext_lazy("writers", "The host, and whoever wants to")
        EACH = "each", pgettext_lazy("writers", "Everyone for themselves")
        CALLER = "caller", pgettext_lazy("writers", "Who called the topic")

    class State(models.TextChoices):
        """One way, but for a round that is opened again."""

        PLANNED = "planned", pgettext_lazy("round", "Not begun")
        OPEN = "open", pgettext_lazy("round", "Going on")
        CLOSED = "closed", pgettext_lazy("round", "Over")

    session = models.ForeignKey(Session, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()  # its place in the evening
    label = models.PositiveSmallIntegerField(null=True)  # "round 1" counts those at stations alone
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(_("Name"), max_length=200)
    minutes = models.PositiveSmallIntegerField(pgettext_lazy("length", "Minutes"))
    added = models.PositiveSmallIntegerField(default=0)  # minutes that it was prolonged by
    writers = models.CharField(_("Who writes"), max_length=10, choices=Writers.choices, default=Writers.ALL)
    asks_agreement = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="one_round_to_a_number"),
            models.UniqueConstraint(fields=["session"], condition=Q(state="open"), name="one_round_at_a_time"),
        ]

    @property
    def who_writes(self) -> str:
        """Who writes by the method, for those who sit there. It limits nobody: all that is written counts as much."""
        told = {
            self.Writers.HOST: _("The host writes here for the group, and you may all write yourselves."),
            self.Writers.ALL: _("The host writes here, and everyone who would like to."),
            self.Writers.EACH: _("Everyone writes here for themselves."),
            self.Writers.CALLER: _("Who called the topic writes here, and you may all write, too."),
        }
        return str(told[self.Writers(self.writers)])

    @property
    def ends_at(self) -> datetime | None:
        """When its time is up; None before it has begun."""
        return self.opened_at and self.opened_at + timedelta(minutes=self.minutes + self.added)


class Station(Row):
    """A table with a question. `code` is what one says, types or photographs to come to it; no two share one."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="stations")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("Name"), max_length=200)
    question = models.CharField(_("Question"), max_length=500, blank=True)
    element = models.ForeignKey(Element, models.PROTECT, null=True, blank=True, related_name="+")
    seats = models.PositiveSmallIntegerField(_("Seats"), default=6)
    host = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=4, null=True, unique=True)  # noqa: DJ001  # NULL once it is given back: many have none

    class Meta:
        ordering = ["round__number", "number"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="one_station_to_a_number")]

    @property
    def sheet(self) -> str:
        """How its sheets of paper begin: "S3-R1"."""
        return f"S{self.number}-R{self.round.label or self.round.number}"


class Guest(Row):
    """A device that came by a code: it says where it is. Its id is a secret between it and the server.

    Whose it is, it does not say; but a thought that somebody signs on it tells who else's thoughts came from it.
    """

    session = models.ForeignKey(Session, models.PROTECT, related_name="guests")
    station = models.ForeignKey(Station, models.PROTECT, related_name="guests")
    seen_at = models.DateTimeField()


class Wish(models.Model):
    """Where somebody would like to sit in a round: the stations, the dearest first."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="wishes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    stations: Any = models.JSONField()  # ids
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="one_wish_to_a_round")]


class Seat(models.Model):
    """Where somebody sits in a round. `is_chosen`: by the facilitator or the person; balancing leaves it alone."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="seated")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    station = models.ForeignKey(Station, models.PROTECT, related_name="seated")
    is_chosen = models.BooleanField(default=False)

    class Meta:
        ordering = ["person__name"]
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="one_seat_to_a_round")]


class Card(Row):
    """What the room words on the board, numbered by its kind. Its words are kept in `texts`; `sources` it was made of.

    A dilemma has two goods, `text` and `other`; a question has its answer in `other`.
    """

    class Kind(models.TextChoices):
        """What it is; as entries of the minutes it bears the same names."""

        DILEMMA = "dilemma", _("Dilemma")
        EVIDENCE_GAP = "evidence_gap", _("Evidence gap")
        DATA_REMARK = "data_remark", _("Data remark")
        QUESTION = "question", _("Question")
        AGREEMENT = "agreement", _("Agreement")
        TASK = "task", _("Task")

    session = models.ForeignKey(Session, models.PROTECT, related_name="cards")
    number = models.PositiveIntegerField()
    place = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.TextField()
    other = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    sources = models.ManyToManyField(Contribution, related_name="cards", blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    removed_at = models.DateTimeField(null=True)
    entry = models.OneToOneField(Entry, models.PROTECT, null=True, related_name="card")  # in the minutes
    reply = models.OneToOneField(Entry, models.PROTECT, null=True, related_name="+")  # to a question, in the minutes
    lead = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+")  # the sentence that introduces it
    entry_version = models.PositiveIntegerField(default=0)  # as the card wrote it last: a later one is the secretary's
    reply_version = models.PositiveIntegerField(default=0)
    gap = models.OneToOneField(EvidenceGap, models.PROTECT, null=True, related_name="card")

    class Meta:
        ordering = ["place", "number"]
        constraints = [models.UniqueConstraint(fields=["session", "kind", "number"], name="one_card_to_a_number")]

    @property
    def name(self) -> str:
        """ "D1", by its kind and its number."""
        return f"{_LETTERS[self.kind]}{self.number}"


class CardText(models.Model):
    """What a card said at one time, and who worded it so."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="texts")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Card.Kind.choices)
    text = models.TextField()
    other = models.TextField(blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["card", "number"], name="one_wording_to_a_number")]


_LETTERS = {
    Card.Kind.DILEMMA: "D", Card.Kind.EVIDENCE_GAP: "V", Card.Kind.DATA_REMARK: "B", Card.Kind.QUESTION: "S",
    Card.Kind.AGREEMENT: "E", Card.Kind.TASK: "O",
}  # fmt: skip
