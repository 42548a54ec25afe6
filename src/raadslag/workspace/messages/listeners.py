"""What people are told of things that happen in the apps above."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from raadslag.web import dates
from raadslag.workspace.bodies.events import (
    ApplicationChanged,
    ApplicationsForgotten,
    CitizensAppointed,
    GroupInvitationAnswered,
    InvitedToGroup,
)
from raadslag.workspace.bodies.models import Application, CitizenCall, GroupInvitation
from raadslag.workspace.common import journal
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.messages.models import Mail
from raadslag.workspace.messages.sending import tell
from raadslag.workspace.people.events import SigningCodeSet
from raadslag.workspace.people.models import Person


@journal.follows("messages.signing_code", SigningCodeSet)
def tell_of_signing_code(entry: JournalEntry) -> None:
    """At once: if somebody else has chosen it, its owner hears of it in time."""
    person = Person.objects.get(pk=entry.about.rpartition(":")[2])
    with translation.override(person.language):
        subject = _("Your signing code has been changed")
        text = _("If that was not you, choose a new code now, and tell the secretary:")
    tell(person, subject, text, at=entry.at, path=reverse("people:signing-code"), about=entry.about, is_urgent=True)


@journal.follows("messages.group_invitation", InvitedToGroup)
def tell_of_invitation(entry: JournalEntry) -> None:
    """At once, unless it has been answered or taken back by now."""
    asked = _invitation(entry)
    if asked.answer or asked.withdrawn_at or asked.organization.parent is None:
        return
    named = {
        "name": asked.invited_by.person.name, "group": asked.organization.name,
        "committee": asked.organization.parent.name,
    }  # fmt: skip
    with translation.override(asked.person.language):
        subject = _("You are invited to take part in %(group)s") % named
        lines = [_("%(name)s invites you to take part in %(group)s, a group of %(committee)s.") % named]
        if asked.words:
            lines.append(asked.words)
        lines.append(_("Answer yes or no with one press:"))
    tell(
        asked.person, subject, "\n".join(lines), at=entry.at, path=reverse("desk:home"), about=entry.about,
        is_urgent=True,
    )  # fmt: skip


@journal.follows("messages.group_invitation_answered", GroupInvitationAnswered)
def tell_of_answer(entry: JournalEntry) -> None:
    """Whoever invited hears of it in the digest of the day."""
    asked = _invitation(entry)
    person = asked.invited_by.person
    named = {"name": asked.person.name, "group": asked.organization.name}
    with translation.override(person.language):
        if entry.values["is_yes"]:
            subject = _("%(name)s takes part in %(group)s") % named
            text = _("%(name)s has said yes to your invitation.") % named
        else:
            subject = _("%(name)s does not take part in %(group)s") % named
            text = _("%(name)s has said no to your invitation.") % named
    path = reverse("desk:group", args=[asked.organization_id])
    tell(person, subject, text, at=entry.at, path=path, about=entry.about)


def _invitation(entry: JournalEntry) -> GroupInvitation:
    rows = GroupInvitation.objects.select_related("organization__parent", "person", "invited_by__person")
    return rows.get(pk=UUID(entry.values["invitation"]))


@journal.follows("messages.citizens_appointed", CitizensAppointed)
def tell_who_applied(entry: JournalEntry) -> None:
    """The chosen, who log in from now on, and the others, who are nobody here: of these nothing is kept once the mail
    is sent but the address, until the applications are deleted."""
    call = CitizenCall.objects.select_related("organization").get(pk=UUID(entry.values["call"]))
    for one in call.applications.select_related("person"):
        named = {"name": one.name, "committee": call.organization.name}
        if one.person:
            with translation.override(one.person.language):
                subject = _("You are a member of %(committee)s") % named
                day = dates.day(call.decided_on) if call.decided_on else ""
                text = _(
                    "You applied, and on %(day)s the council appointed you to %(committee)s. Welcome!\n"
                    "You log in with this address; a code is sent to it each time. You are called to the first meeting."
                ) % {**named, "day": day}
            tell(
                one.person, subject, text, at=entry.at, path=call.organization.get_absolute_url(), about=entry.about,
                is_urgent=True,
            )  # fmt: skip
        elif one.email:
            with translation.override("da"):
                day = dates.day(call.keep_until) if call.keep_until else ""
                subject = _("Your application to %(committee)s") % named
                text = _(
                    "Dear %(name)s\n\nThank you for wanting to take part in %(committee)s. This time the council has "
                    "chosen others.\n\nYour application is kept until %(day)s at the latest, and deleted then. Write "
                    "to the municipality if you want it deleted before.\n\n"
                    "We hope that you will follow the committee’s work."
                ) % {**named, "day": day}
            Mail.objects.create(
                to=one.email, subject=subject[:300], body=text + "\n", about=journal.name_of(one),
                next_try_at=entry.at, is_forgotten_once_sent=True,
            )  # fmt: skip


@journal.follows("messages.applications_forgotten", ApplicationChanged, ApplicationsForgotten)
def forget_who_applied(entry: JournalEntry) -> None:
    """The mails to those who are nobody here go with their applications."""
    if entry.kind == ApplicationsForgotten.kind():
        gone = entry.values["applications"]
    elif entry.values["what"] == "deleted":
        gone = [entry.values["application"]]
    else:
        return
    names = [f"{Application._meta.label_lower}:{pk}" for pk in gone]
    Mail.objects.filter(about__in=names, person=None).delete()
