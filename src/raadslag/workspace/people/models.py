"""Person: who takes part. User: who logs in. Many persons never do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.common.models import Row


class Person(Row):
    """Somebody who takes part in the committees' work (OParl: Person)."""

    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    language = models.CharField(max_length=2, default="da", choices=[("da", "Dansk"), ("en", "English")])
    digest = models.BooleanField(default=True)  # one mail a day; what is urgent goes at once all the same

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_person_to_an_address", condition=~models.Q(email=""))
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Users have no passwords."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with that address, in whatever case it was typed."""
        return self.get(email__iexact=username)


class User(Row, AbstractBaseUser):
    """Who logs in: by a code to the address, a passkey, or an identity provider. No password is ever set."""

    password = None
    email = models.EmailField(max_length=254, unique=True)
    person = models.OneToOneField(Person, models.PROTECT, related_name="user")
    is_active = models.BooleanField(default=True)
    is_administrator = models.BooleanField(default=False)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.person.name

    def set_unusable_password(self) -> None:
        """There is none."""

    def has_usable_password(self) -> bool:
        """Never."""
        return False

    def check_password(self, raw_password: str) -> bool:
        """Never right."""
        return False

    def get_session_auth_hash(self) -> str:
        """Bound to the user alone: without a password, sessions end by logging out or by the list of sessions."""
        return salted_hmac("raadslag.session", str(self.pk), algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        """The person's name."""
        return self.person.name


class LoginLink(models.Model):
    """A link that logs a user in once. Only the hash of its secret is kept."""

    hash = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE)
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def is_good(self, at: datetime) -> bool:
        """Whether it may still be used."""
        return self.used_at is None and at < self.until and self.user.is_active


class SigningCode(models.Model):
    """The code with which a person signs on a tablet that goes round. He chose it; only its hash is kept."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="signing_code")
    hash = models.CharField(max_length=128)
    set_at = models.DateTimeField()


class FailedCode(models.Model):
    """A code that was not the person's, or that somebody typed for who has none."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="failed_codes")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]


def of(user: Any) -> Person:
    """The person of a user who has logged in."""
    person: Person = user.person
    return person
