"""Telling people, gathering what can wait, and handing mails to the server.

A mail is handed over before its row says so: after a fall between the two it goes out again with the same Message-ID,
which mail programs show once. Source: invariants I15 and I30; RFC 5322, section 3.6.4.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from raadslag.workspace.environment import MailServer
from raadslag.workspace.messages.models import Digest, Mail, MailStop, Message
from raadslag.workspace.people.models import Person

STOP_SALT = "mail-stop"
_PAUSE = timedelta(hours=23)  # between two digests: the hour may wander a little, and never comes twice a day
_FIRST_HOUR = 7  # local; nobody is told at night what can wait
_MOST_ATTEMPTS = 12
_SECONDS = 20


def tell(person: Person, subject: str, text: str, *, at: datetime, path: str = "", about: str = "",
         is_urgent: bool = False, calendar: str = "", method: str = "", reply_to: str = "") -> None:  # fmt: skip
    """Let `person` know; within the transaction of whatever happened. Who has no address is not told by mail.

    `subject` and `text` are in the person's language and hold nothing of a closed item. What is not urgent waits for
    the digest of the day.
    """
    if not person.email:
        return
    message = Message(person=person, subject=subject, text=text, path=path, about=about, at=at)
    if is_urgent:
        with translation.override(person.language):
            body = _whole(person, [message])
        message.mail = Mail.objects.create(
            person=person, to=person.email, subject=subject[:300], body=body, calendar=calendar, method=method,
            reply_to=reply_to, about=about, next_try_at=at,
        )  # fmt: skip
    message.save()


def take_back(about: str, words: str) -> None:
    """Let what has not gone out yet about that thing say no more of `words`: they have been closed since (I15)."""
    for message in Message.objects.filter(mail=None, about=about, text__contains=words):
        lines = [line for line in message.text.splitlines() if words not in line]
        Message.objects.filter(pk=message.pk).update(text="\n".join(lines))
    for mail in Mail.objects.filter(state=Mail.State.WAITING, about=about, body__contains=words):
        lines = [line for line in mail.body.splitlines() if words not in line]
        Mail.objects.filter(pk=mail.pk).update(body="\n".join(lines))


def gather(at: datetime) -> int:
    """Make one mail of what has gathered for each person whose turn it is; how many mails."""
    if timezone.localtime(at).hour < _FIRST_HOUR:
        return 0
    made = 0
    for pk in Message.objects.filter(mail=None).values_list("person", flat=True).distinct().order_by("person"):
        made += _gather_for(pk, at)
    return made


@transaction.atomic
def _gather_for(pk: object, at: datetime) -> bool:
    person = Person.objects.select_for_update().get(pk=pk)
    if MailStop.objects.filter(person=person).exists():
        Message.objects.filter(person=person, mail=None).delete()
        return False
    if person.digest and Digest.objects.filter(person=person, at__gt=at - _PAUSE).exists():
        return False
    waiting = list(Message.objects.filter(person=person, mail=None))
    if not waiting:
        return False
    with translation.override(person.language):
        if len(waiting) == 1:
            subject = waiting[0].subject
        else:
            subject = _("%(count)s new things in the committees’ work") % {"count": len(waiting)}
        body = _whole(person, waiting)
    mail = Mail.objects.create(person=person, to=person.email, subject=subject[:300], body=body, next_try_at=at)
    Message.objects.filter(pk__in=[one.pk for one in waiting]).update(mail=mail)
    Digest.objects.update_or_create(person=person, defaults={"at": at})
    return True


def send_due(at: datetime, *, most: int = 100) -> int:
    """Hand the mails whose turn it is to the server; how many it took. Nothing happens where there is no server."""
    server: MailServer | None = settings.MAIL
    due = list(Mail.objects.due(at).order_by("next_try_at").values_list("pk", flat=True)[:most]) if server else []
    if not due or server is None:
        return 0
    taken = 0
    try:
        with connected(server) as line:
            for pk in due:
                taken += _send(line, pk, at)
    except (OSError, smtplib.SMTPException):  # the server is away: all that is due tries again later
        _postpone(due, at)
    return taken


@transaction.atomic
def _send(line: smtplib.SMTP, pk: object, at: datetime) -> bool:
    mail = Mail.objects.select_for_update(skip_locked=True).filter(pk=pk, state=Mail.State.WAITING).first()
    if mail is None:  # another worker has it
        return False
    mail.attempts += 1
    try:
        line.send_message(composed(mail, at), settings.MAIL_FROM, [_in_ascii(mail.to)])
    except smtplib.SMTPRecipientsRefused as refusal:
        _refused(mail, next(iter(refusal.recipients.values()))[0], at)
    except smtplib.SMTPResponseException as refusal:
        _refused(mail, refusal.smtp_code, at)
    except (ValueError, smtplib.SMTPNotSupportedError):  # this one cannot be written or addressed: the others go on
        mail.state = Mail.State.FAILED
    else:
        mail.state, mail.sent_at, mail.reply_code = Mail.State.SENT, at, 250
        if mail.is_forgotten_once_sent:
            mail.body = ""
    mail.save()
    return mail.state == Mail.State.SENT


def _refused(mail: Mail, code: int, at: datetime) -> None:
    mail.reply_code = code
    if code >= 500 or mail.attempts >= _MOST_ATTEMPTS:
        mail.state = Mail.State.FAILED
    else:
        mail.next_try_at = at + timedelta(minutes=min(2**mail.attempts, 240))


def _postpone(due: Iterable[object], at: datetime) -> None:
    for mail in Mail.objects.filter(pk__in=due, state=Mail.State.WAITING, next_try_at__lte=at):
        mail.attempts += 1
        mail.next_try_at = at + timedelta(minutes=min(2**mail.attempts, 240))
        mail.save(update_fields=["attempts", "next_try_at"])


def composed(mail: Mail, at: datetime) -> EmailMessage:
    """The mail as it is sent; the same Message-ID each time."""
    message = EmailMessage()
    domain = settings.MAIL_FROM.rpartition("@")[2]
    message["Message-ID"] = f"<{mail.pk}@{domain}>"
    message["Date"] = format_datetime(at)
    message["From"] = formataddr(("Raadslag", settings.MAIL_FROM))
    message["To"] = _in_ascii(mail.to)
    message["Subject"] = " ".join(mail.subject.split())
    message["Auto-Submitted"] = "auto-generated"
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    if mail.person_id and not mail.is_forgotten_once_sent:
        message["List-Unsubscribe"] = f"<{stop_address(mail.person_id)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.body)
    if mail.calendar:
        message.add_alternative(mail.calendar, subtype="calendar", params={"method": mail.method})
    return message


def _in_ascii(address: str) -> str:
    """The address with its domain as every mail server takes it (RFC 5891). Raises ValueError for one without."""
    local, _at, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def stop_address(person: object) -> str:
    """Where one tap stops all mails but urgent ones. It tells who, and nobody else can make it."""
    return settings.ADDRESS + reverse("desk:stop-mail", args=[signing.dumps(str(person), salt=STOP_SALT)])


def person_of_stop(token: str) -> Person | None:
    """Whose mails that address stops."""
    try:
        return Person.objects.filter(pk=signing.loads(token, salt=STOP_SALT)).first()
    except signing.BadSignature:
        return None


def _whole(person: Person, messages: list[Message]) -> str:
    parts = [_("Dear %(name)s") % {"name": person.name}]
    for message in messages:
        heading = [message.subject] if len(messages) > 1 else []
        link = [settings.ADDRESS + message.path] if message.path else []
        parts.append("\n".join([*heading, message.text, *link]))
    stop = _("Stop mails that are not urgent: %(address)s") % {"address": stop_address(person.pk)}
    return "\n\n".join([*parts, stop]) + "\n"


def connected(server: MailServer, *, seconds: int = _SECONDS) -> smtplib.SMTP:
    """A line to the server, logged in where it asks for it. Raises OSError or SMTPException."""
    context = ssl.create_default_context()
    line: smtplib.SMTP
    if server.is_tls:
        line = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
    else:
        line = smtplib.SMTP(server.host, server.port, timeout=seconds)
    if server.is_starttls:
        line.starttls(context=context)
    if server.user:
        line.login(server.user, server.password)
    return line
