"""Django's way to send a mail, for the login library: into the same queue, first in line."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from raadslag.workspace.messages.models import Mail
from raadslag.workspace.people.models import Person


class Queued(BaseEmailBackend):
    """Puts mails in the queue. What is in them is forgotten once they are sent: they hold codes to log in with."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue all of them, and say that they were."""
        now = timezone.now()
        for message in email_messages:
            for address in message.to:
                Mail.objects.create(
                    person=Person.objects.filter(email__iexact=address).first(), to=address,
                    subject=str(message.subject).replace("\n", " ")[:300], body=message.body,
                    is_forgotten_once_sent=True, next_try_at=now,
                )  # fmt: skip
        return len(email_messages)
