"""Entering people, changing them, stopping them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext as _

from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.people.events import AdministratorSet, PersonChanged, PersonEntered, UserStopped
from raadslag.workspace.people.models import Person, User


@journal.action
def enter(name: str, email: str = "", *, by: Any, at: datetime) -> Person:
    """The person with that address, else a new one; with an address comes the user who logs in with it."""
    email = email.strip()
    known = Person.objects.filter(email__iexact=email).first() if email else None
    if known:
        return known
    if email and User.objects.filter(email__iexact=email).exists():
        raise Blocked([_("Another person logs in with that address.")])
    person = Person.objects.create(name=name.strip(), email=email)
    if email:
        User.objects.create(email=email.lower(), person=person)
    journal.write(PersonEntered(), by=by, at=at, about=person)
    return person


@journal.action
def change(person: Person, *, by: Any, at: datetime, name: str, email: str) -> None:
    """Correct a name or an address. Raises Blocked where another person has the address."""
    email = email.strip()
    others = Person.objects.exclude(pk=person.pk).filter(email__iexact=email).exists()
    logins = User.objects.exclude(person=person).filter(email__iexact=email).exists()
    if email and (others or logins):
        raise Blocked([_("Another person has that address.")])
    changed = tuple(key for key, value in (("name", name), ("email", email)) if getattr(person, key) != value)
    Person.objects.filter(pk=person.pk).update(name=name.strip(), email=email)
    user = User.objects.filter(person=person).first()
    if email and user is None:
        User.objects.create(email=email.lower(), person=person)
    elif user and email:
        User.objects.filter(pk=user.pk).update(email=email.lower())
    elif user:  # who has no address any more logs in no more, and somebody else may be given the address
        User.objects.filter(pk=user.pk).update(is_active=False, email=f"{user.pk}@nobody.invalid")
        _end_sessions(user)
    journal.write(PersonChanged(changed), by=by, at=at, about=person)


@journal.action
def set_administrator(user: User, is_administrator: bool, *, by: Any, at: datetime) -> None:
    """Raises Blocked where nobody would be left to administer."""
    others = User.objects.filter(is_administrator=True, is_active=True).exclude(pk=user.pk)
    if not is_administrator and not others.exists():
        raise Blocked([_("There has to be one administrator. Name another first.")])
    User.objects.filter(pk=user.pk).update(is_administrator=is_administrator)
    journal.write(AdministratorSet(is_administrator), by=by, at=at, about=user)


@journal.action
def set_active(user: User, is_active: bool, *, by: Any, at: datetime) -> None:
    """Stop a user at once, with every session, or let him in again. Nobody stops himself."""
    if by == user:
        raise Blocked([_("You cannot stop yourself.")])
    User.objects.filter(pk=user.pk).update(is_active=is_active)
    if not is_active:
        _end_sessions(user)
    journal.write(UserStopped(is_active), by=by, at=at, about=user)


def _end_sessions(user: User) -> None:
    from allauth.usersessions.models import UserSession

    keys = UserSession.objects.filter(user=user).values_list("session_key", flat=True)
    Session.objects.filter(Q(session_key__in=list(keys))).delete()


@journal.action
def set_own(person: Person, *, by: User, at: datetime, language: str, digest: bool) -> None:
    """What a person chooses for himself: language, and one mail a day or each at once."""
    if by.person_id != person.pk:
        raise NotPermitted
    Person.objects.filter(pk=person.pk).update(language=language, digest=digest)
    journal.write(PersonChanged(("language", "digest")), by=by, at=at, about=person)
