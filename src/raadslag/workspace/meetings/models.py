"""Meeting, AgendaItem, Agenda, Invitation and Question."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from raadslag.core import record
from raadslag.workspace.bodies.models import Membership, Organization, Role
from raadslag.workspace.bodies.standing import memberships_of
from raadslag.workspace.cases.models import Access, Case
from raadslag.workspace.common.models import Row
from raadslag.workspace.people.models import Person


def _goes_on(at: datetime) -> Q:
    """Opened within a day, and not adjourned: what somebody forgot to adjourn does not go on for ever."""
    return Q(
        start__gte=at - timedelta(days=1), opened_at__isnull=False, adjourned_at=None, cancelled_at=None,
        imported_at=None,
    )  # fmt: skip


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Questions to the meetings."""

    def mine(self, user: Any) -> Self:
        """Those of an organization in which `user` has a role today, and those to which he is called in."""
        own = [one.organization_id for one in memberships_of(user)]
        called = Invitation.objects.substitutes().filter(person=user.person_id).values("meeting")
        return self.filter(Q(organization__in=own) | Q(pk__in=called))

    def upcoming(self, at: datetime) -> Self:
        """Those that have not ended and are not cancelled, the next first."""
        return self.ahead(at).filter(cancelled_at=None)

    def ahead(self, at: datetime) -> Self:
        """Those that have not ended, the next first; one that goes on beyond its time has not."""
        return self.filter(Q(end__gte=at) | _goes_on(at)).order_by("start")

    def over(self, at: datetime) -> Self:
        """Those that have ended, the last first."""
        return self.filter(end__lt=at).exclude(_goes_on(at)).order_by("-start")

    def next_of(self, organization: Any, at: datetime) -> Meeting | None:
        """The next one of an organization, by its id, that has not begun."""
        return self.upcoming(at).filter(organization=organization, opened_at=None, imported_at=None).first()


class Meeting(Row):
    """A session of an organization (OParl: Meeting). Changes state through `meetings.actions`."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="meetings")
    title = models.CharField(_("name"), max_length=200)
    start = models.DateTimeField()
    end = models.DateTimeField()
    place = models.CharField(_("place"), max_length=300, blank=True)
    because = models.CharField(max_length=300, blank=True)  # of an extra meeting
    decided_by = models.CharField(max_length=200, blank=True)
    sequence = models.PositiveIntegerField(default=0)  # RFC 5545: rises with each change that people are told of
    called_at = models.DateTimeField(null=True, blank=True)
    agenda_sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    reading_at = models.DateTimeField(null=True, blank=True)
    adjourned_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=300, blank=True)
    imported_at = models.DateTimeField(null=True, blank=True)  # it was held elsewhere; its paper was taken in then

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["start"]
        indexes = [models.Index(fields=["organization", "start"], name="meetings_by_start")]
        constraints = [models.CheckConstraint(name="meeting_ends_after_it_starts", condition=Q(end__gt=F("start")))]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where its members read it."""
        return reverse("reading:meeting", args=[self.pk])

    def previous(self) -> Meeting | None:
        """The meeting of the same organization before this one."""
        before = Meeting.objects.filter(organization=self.organization_id, start__lt=self.start, cancelled_at=None)
        return before.order_by("-start").first()

    @property
    def state(self) -> str:
        """ "planned", "called", "sent", "in_progress", "reading", "adjourned", or "cancelled"."""
        if self.cancelled_at:
            return "cancelled"
        course = (
            (self.adjourned_at, "adjourned"), (self.reading_at, "reading"), (self.opened_at, "in_progress"),
            (self.agenda_sent_at, "sent"), (self.called_at, "called"),
        )  # fmt: skip
        return next((name for moment, name in course if moment), "planned")

    @property
    def local_start(self) -> datetime:
        """When it starts, by the clock on the wall."""
        return timezone.localtime(self.start)

    @property
    def is_clock_known(self) -> bool:
        """Whether it is known at what time it began: of an imported paper that tells the day alone it is not."""
        return self.local_start.time() != time.min

    @property
    def minutes(self) -> int:
        """How long it is planned to last."""
        return int((self.end - self.start).total_seconds() // 60)


class AgendaItem(Row):
    """An item of an agenda, or a point of the programme below one (OParl: AgendaItem)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="points")
    order = models.PositiveSmallIntegerField()
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="items")
    title = models.CharField(_("heading"), max_length=300)
    text = models.TextField(blank=True)
    access = models.CharField(max_length=6, choices=Access.choices, default=Access.CLOSED)  # as it is treated
    planned_access = models.CharField(max_length=6, choices=Access.choices, blank=True)  # as it was first sent
    legal_ground = models.CharField(max_length=300, blank=True)
    public_title = models.CharField(max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    late_because = models.CharField(max_length=300, blank=True)
    number = models.CharField(max_length=20, blank=True)  # as sent
    words = models.TextField(blank=True)  # what was sent, for the search: its text and nothing that came later
    is_sent = models.BooleanField(default=False)

    class Meta:
        ordering = ["order"]

    @property
    def is_closed(self) -> bool:
        """Whether the public hears only of its public face. What is not surely open is closed (I3), and so is an item
        whose case has been closed since (I11)."""
        return self.access != Access.OPEN or (self.case is not None and self.case.is_closed)

    @property
    def face(self) -> str:
        """The heading that everyone may read, of a closed item."""
        return self.public_title or (self.case.public_title if self.case else "")

    @property
    def state(self) -> str:
        """ "open_planned", "open_sent", "closed_planned" or "closed_sent"."""
        return f"{'closed' if self.is_closed else 'open'}_{'sent' if self.is_sent else 'planned'}"


class Agenda(Row):
    """An edition of the agenda as it was sent: the exact bytes. Never changed."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField()
    record = models.TextField()
    sha256 = models.CharField(max_length=64)  # of the record's bytes
    pdf_sha256 = models.CharField(max_length=64)
    items: Any = models.JSONField()  # the rows of the record's items, in their order
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    late_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="one_agenda_to_a_number")]

    def decoded(self) -> record.Meeting:
        """The record."""
        return cast(record.Meeting, record.decode(self.record))


class Answer(models.TextChoices):
    """What somebody says to a call."""

    NONE = "", _("No answer yet")
    COMES = "comes", _("Comes")
    APOLOGY = "apology", _("Apology")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions to the invitations."""

    def substitutes(self) -> Self:
        """Of substitutes who are called in, and are substitutes today; who has sent an apology is not in.

        Whoever else was called has a right by his role alone.
        """
        holds = Membership.objects.on(timezone.localdate()).filter(
            organization=models.OuterRef("meeting__organization"), person=models.OuterRef("person"),
            role=Role.SUBSTITUTE,
        )  # fmt: skip
        called = self.filter(models.Exists(holds), withdrawn_at=None).exclude(substitute_for=None)
        return called.exclude(answer=Answer.APOLOGY)

    def empty_seats(self) -> Self:
        """Of seated people who have sent an apology, with no substitute called in."""
        called = Invitation.objects.substitutes().filter(
            meeting=models.OuterRef("meeting"), substitute_for=models.OuterRef("person")
        )
        return self.filter(~models.Exists(called), is_seated=True, answer=Answer.APOLOGY, withdrawn_at=None)


class Invitation(Row):
    """A person called to a meeting, and what he answered."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="invitations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="invitations")
    is_seated = models.BooleanField()
    substitute_for = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    called_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True)  # of an apology; public only where the body says so (I21)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-is_seated", "person__name"]
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="called_once")]


class Question(Row):
    """Asked before the meeting, at an item; seen by whoever may read that item."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="questions")
    person = models.ForeignKey(Person, models.PROTECT)
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]


class GroupNoteQuerySet(models.QuerySet["GroupNote"]):
    """Questions to the groups' notes."""

    def draft_of(self, group: Organization) -> GroupNote | None:
        """The one that is being written."""
        return self.filter(organization=group, handed_at=None).first()

    def told(self) -> Self:
        """With what a page says of them."""
        people = ("handed_by__person", "saved_by__person")
        return self.select_related("organization", "meeting", *people).order_by("handed_at", "pk")

    def waiting_for(self, organization: Any) -> Self:
        """Those that groups of that committee, by its id, have handed over, and that stand at no meeting yet."""
        return self.filter(organization__parent=organization, meeting=None).exclude(handed_at=None)

    def at(self, meeting: Meeting, now: datetime) -> Self:
        """What the groups tell at that meeting: what stood there when it was opened, and before that, if it is the next
        one, what waits. A meeting that is cancelled, or has gone by without being held here, takes none with it."""
        if meeting.cancelled_at:
            return self.none()
        if meeting.opened_at:
            return self.filter(meeting=meeting)
        following = Meeting.objects.next_of(meeting.organization_id, now)
        return self.waiting_for(meeting.organization_id) if following == meeting else self.none()


class GroupNote(Row):
    """What a group tells the committee that it belongs to (gruppenotat), in a short text.

    One draft at a time. Handed over, it waits for the committee's next meeting, whichever that turns out to be; once
    that has begun, `meeting` says where it stands, and once it is over the note has been told. Changes state through
    `meetings.group_notes`.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="notes")
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)  # counts the savings, also those beside
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    handed_at = models.DateTimeField(null=True, blank=True)
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="group_notes")

    objects = GroupNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], name="one_draft_to_a_group", condition=Q(handed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="a_note_is_told_once_handed_over",
                condition=Q(meeting__isnull=True) | Q(handed_at__isnull=False),
            ),
        ]

    def beside(self) -> list[GroupNoteText]:
        """What was written beside its text, and has not been taken over by a later one."""
        found: list[GroupNoteText] = []
        for one in self.texts.all():
            found = [*found, one] if one.is_beside else []
        return [one for one in found if one.text != self.text]


class GroupNoteText(models.Model):
    """A text that a note had, or one that was written beside it at the same time: nothing is written over."""

    note = models.ForeignKey(GroupNote, models.PROTECT, related_name="texts")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_beside = models.BooleanField(default=False)

    class Meta:
        ordering = ["number", "pk"]
