"""What happens, is written, decided and counted at a meeting; Minutes as read out, with signatures and additions."""

from __future__ import annotations

from typing import Any, Self, cast, get_args

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from raadslag.core import record
from raadslag.core.rules.ballots import Count
from raadslag.workspace.bodies.models import SEATED, Membership, Role
from raadslag.workspace.common.models import Row
from raadslag.workspace.meetings.models import AgendaItem, GroupNote, Meeting
from raadslag.workspace.people.models import Person


class Happening(models.Model):
    """Something that happened in the room, in its order: `number` counts within the meeting, `at` is printed (I32)."""

    class Kind(models.TextChoices):
        """See `core.rules.attendance`."""

        OPENED = "opened"
        ITEM = "item"
        ARRIVED = "arrived"
        LEFT = "left"
        BARRED = "barred"
        UNBARRED = "unbarred"
        ADJOURNED = "adjourned"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="happenings")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    person = models.ForeignKey(Person, models.PROTECT, null=True)
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True)
    reason = models.CharField(max_length=300, blank=True)  # of a disqualification; public only where released (I21)
    is_undone = models.BooleanField(default=False)  # a slip of the hand, taken back; it stays in the row of things

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="one_happening_to_a_number")]


class Actor(models.TextChoices):
    """Who decided."""

    COMMITTEE = "committee", _("The committee")
    CHAIRMANSHIP = "chairmanship", _("The chairmanship")
    COUNCIL = "council", _("The council")


class Ruling(Row):
    """What a meeting decided about itself: its agenda, who sits on it, who is barred. It prints through its entry."""

    class Kind(models.TextChoices):
        """What was decided."""

        ADOPTED = "adopted", _("The agenda was adopted")
        ADDED = "added", _("Item added")
        WITHDRAWN = "withdrawn", _("Item withdrawn")
        MOVED = "moved", _("Item moved")
        OPENED = "opened", _("Item opened")
        CLOSED = "closed", _("Item closed")
        SUBSTITUTE = "substitute", _("Substitute accepted")
        BARRED = "barred", _("Disqualified")
        NOT_BARRED = "not_barred", _("Not disqualified")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="rulings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, related_name="rulings")
    person = models.ForeignKey(Person, models.PROTECT, null=True)
    decided_by = models.CharField(max_length=12, choices=Actor.choices)
    decided_at = models.DateTimeField()
    entry = models.ForeignKey("Entry", models.PROTECT, null=True, related_name="rulings")  # None until it is written
    happening = models.OneToOneField(Happening, models.PROTECT, null=True, related_name="ruling")
    is_undone = models.BooleanField(default=False)

    class Meta:
        ordering = ["decided_at", "pk"]


class Outcome(models.TextChoices):
    """What became of an item, or of a point that was recommended: the one table of record.md."""

    APPROVED = "approved", _("Approved")
    APPROVED_WITH_CHANGES = "approved_with_changes", _("Approved with changes")
    RECOMMENDED = "recommended", _("Recommended")
    NOTED = "noted", _("Noted")
    DISCUSSED = "discussed", _("Discussed")
    DEFERRED = "deferred", _("Deferred")
    REFERRED = "referred", _("Referred")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REJECTED = "rejected", _("Rejected")
    ELECTED = "elected", _("Elected")
    NONE = "none", _("No decision")


LEFT_OVER = (Outcome.DEFERRED, Outcome.REFERRED, Outcome.WITHDRAWN)  # the case is ready for another agenda


class ItemMinutes(Row):
    """What became of an agenda item. Its words are entries; `read_at` holds until one of them changes."""

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="minutes_of")
    outcome = models.CharField(max_length=24, choices=Outcome.choices, blank=True)
    actor = models.CharField(max_length=12, choices=Actor.choices, default=Actor.COMMITTEE)
    points: Any = models.JSONField(default=list)  # the outcome of each point, "" where it shares that of the item
    read_at = models.DateTimeField(null=True)


class EntryQuerySet(models.QuerySet["Entry"]):
    """Questions to the paragraphs."""

    def dissent_of(self, item: AgendaItem, person: Person) -> Entry | None:
        """What stands of that person as his dissent."""
        return self.filter(item=item, kind=Entry.Kind.DISSENT, person=person, removed_at=None).first()


class Entry(Row):
    """A paragraph of an item's minutes: prose, or something typed that prints as prose and stays a row.

    The id is the client's: a retry makes no second one (I36). Every text is kept in `texts`.
    """

    class Kind(models.TextChoices):
        """Prose, and the typed ones (record.md, notes)."""

        TEXT = "text", _("Text")
        DECISION = "decision", _("Decision")
        DILEMMA = "dilemma", _("Dilemma")
        EVIDENCE_GAP = "evidence_gap", _("Evidence gap")
        DATA_REMARK = "data_remark", _("Data remark")
        QUESTION = "question", _("Question")
        ANSWER = "answer", _("Answer")
        AGREEMENT = "agreement", _("Agreement")
        TASK = "task", _("Task")
        NEXT_MEETING = "next_meeting", _("Next meeting")
        REMARK = "remark", _("Remark")
        DISSENT = "dissent", _("Dissent")

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="entries")
    order = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    actor = models.CharField(max_length=12, choices=Actor.choices, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True)  # whose dissent or question it is
    is_own = models.BooleanField(default=False)  # that person wrote it himself: nobody else changes it (I27)
    called = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="+")  # by a "next meeting"
    note = models.ForeignKey(GroupNote, models.PROTECT, null=True, related_name="entries")  # whose words it brought
    removed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]


class EntryText(models.Model):
    """A text that an entry had, or one that was written beside it at the same time: nothing is written over."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="texts")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    is_beside = models.BooleanField(default=False)

    class Meta:
        ordering = ["number", "pk"]


class Ballot(Row):
    """A vote on exact words: draft, open, closed; never back. A correction is a new ballot that names the old (I20)."""

    class Way(models.TextChoices):
        """How it is held."""

        NAMES = "names", _("By name")
        GROUPS = "groups", _("By group")
        HANDS = "hands", _("By show of hands")
        PAPER = "paper", _("On paper, secret")

    class State(models.TextChoices):
        """One way."""

        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        VOID = "void", _("Void")

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="ballots")
    number = models.PositiveIntegerField()
    question = models.TextField()
    is_amendment = models.BooleanField(default=False)
    way = models.CharField(max_length=6, choices=Way.choices)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    sha256 = models.CharField(max_length=64, blank=True)  # of what is voted on, as it was shown when it opened (I22)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    counts: Any = models.JSONField(default=list)  # for, against, abstained, not voting

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="one_ballot_to_a_number")]

    choices = (("for", _("For")), ("against", _("Against")), ("abstained", _("Neither")))  # what a group says

    def groups(self) -> list[tuple[str, list[Vote]]]:
        """The votes by the party or group of who has them, as it is on the day; "" for who is in none."""
        meeting = self.item.meeting
        seats = Membership.objects.filter(organization=meeting.organization_id, role__in=[*SEATED, Role.SUBSTITUTE])
        party = dict(seats.on(timezone.localtime(meeting.start).date()).values_list("person", "party"))
        found: dict[str, list[Vote]] = {}
        for vote in self.votes.select_related("person"):
            found.setdefault(party.get(vote.person_id, ""), []).append(vote)
        return sorted(found.items(), key=lambda group: (not group[0], group[0]))

    @property
    def count(self) -> Count | None:
        """What was counted, once it is closed."""
        return Count(*self.counts) if self.counts else None


class Vote(models.Model):
    """One person's right to vote in a ballot, fixed when it opened, and what he did with it: at most once (I16)."""

    class Choice(models.TextChoices):
        """What one can say."""

        NONE = "", _("Has not voted")
        FOR = "for", _("For")
        AGAINST = "against", _("Against")
        ABSTAINED = "abstained", _("Abstained")

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="votes")
    person = models.ForeignKey(Person, models.PROTECT)
    choice = models.CharField(max_length=9, choices=Choice.choices, blank=True)

    class Meta:
        ordering = ["person__name"]
        constraints = [models.UniqueConstraint(fields=["ballot", "person"], name="one_person_one_vote")]


class MinutesQuerySet(models.QuerySet["Minutes"]):
    """Questions to the minutes."""

    def newest(self) -> Self:
        """Of each meeting the version that no other has taken the place of."""
        later = Minutes.objects.filter(meeting=models.OuterRef("meeting"), number__gt=models.OuterRef("number"))
        return self.filter(~models.Exists(later))


class Minutes(Row):
    """A version of the minutes: as they were read out, or corrected since. The exact bytes that people sign (I24)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="minutes_of")
    number = models.PositiveSmallIntegerField()
    record = models.TextField()
    sha256 = models.CharField(max_length=64)
    pdf_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    because = models.CharField(max_length=300, blank=True)  # of a version that takes the place of another

    objects = MinutesQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="one_minutes_to_a_number")]

    def decoded(self) -> record.Meeting:
        """The record."""
        return cast(record.Meeting, record.decode(self.record))


class Signature(Row):
    """That somebody who took part signs these bytes, on his own device, on a shared one, or on paper."""

    class How(models.TextChoices):
        """Where."""

        OWN = "own", _("On the own device")
        SHARED = "shared", _("On a shared tablet")
        PAPER = "paper", _("On paper")

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="signatures")
    person = models.ForeignKey(Person, models.PROTECT)
    how = models.CharField(max_length=6, choices=How.choices)
    reservation = models.TextField(blank=True)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["signed_at"]
        constraints = [models.UniqueConstraint(fields=["minutes", "person"], name="signed_once")]


class Reservation(Row):
    """What a signer finds wrongly recorded at one item (forbehold, I27). Never changed, as his signature is not."""

    signature = models.ForeignKey(Signature, models.PROTECT, related_name="reservations")
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="reservations")
    text = models.TextField()

    class Meta:
        ordering = ["signature__signed_at"]
        constraints = [models.UniqueConstraint(fields=["signature", "item"], name="one_reservation_to_an_item")]


class SigningReminder(models.Model):
    """That those whose signature was missing were told again, and when."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="reminders")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]


class Addition(Row):
    """What is added after the reading-out, by whom and when. The text that was read stays as it is (I25)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="additions")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, related_name="additions")  # None: of the whole
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at"]


if set(Outcome.values) != set(get_args(record.Outcome)):
    raise RuntimeError("The outcomes of the workspace are those of the record.")
