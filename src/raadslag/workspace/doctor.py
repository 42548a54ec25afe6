"""Whether the workspace is well: every part that it stands on, each told in a plain sentence.

What is told names parts, counts, moments and kinds of faults; never a secret, an address of a person, or a word of what
people wrote. A part that cannot be looked at is a fault; it does not keep the others from being looked at.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import smtplib
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import django
import requests
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from lxml import etree

from raadslag import __version__
from raadslag.core.record import Meeting, Time
from raadslag.core.writers import write
from raadslag.workspace.common import checkpoints, journal, rounds
from raadslag.workspace.common.models import JournalEntry, Mark
from raadslag.workspace.messages import sending
from raadslag.workspace.messages.models import Mail
from raadslag.workspace.publishing.delivering import RESTORED
from raadslag.workspace.publishing.models import Release

State = Literal["well", "note", "fault"]
"""A note is something to know, or to choose; a fault is something to mend."""

FULL, NEARLY_FULL = 2**30, 10 * 2**30  # bytes
_OLDEST_POSTGRESQL = 15_00_00
_CHECKPOINT_LATE = timedelta(hours=36)
_LATE = timedelta(hours=1)
_CLOCKS_APART = timedelta(seconds=60)
_SECONDS = 10
_BUILT = ("dist/site.css", "dist/work.js", "dist/room.js", "dist/editor.js", "dist/icons.svg")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Finding(NamedTuple):
    """What was found of one part."""

    about: str
    state: State
    told: str


Found = Iterator[tuple[State, str]]


def findings(at: datetime) -> Iterator[Finding]:
    """What is found of each part, in the order in which one stands on another."""
    is_silent = False
    for about, look in _PARTS:
        if is_silent and look not in _WITHOUT_DATABASE:
            continue
        try:
            for state, told in look(at):
                yield Finding(about, state, told)
        except Exception as error:  # of whatever kind: its words may hold what nobody is to read
            is_silent = is_silent or look is _database
            told = "It does not answer" if look is _database else "It could not be looked at"
            yield Finding(about, "fault", f"{told}: {type(error).__name__}.")


def _versions(at: datetime) -> Found:
    yield "well", f"Raadslag {__version__}, Django {django.get_version()}, Python {platform.python_version()}."


def _folder(at: datetime) -> Found:
    data = Path(settings.DATA)
    if data.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield "fault", f"Others than its owner may go into {data}. Close it: chmod -R go= {data}"
    else:
        yield "well", f"Nobody but its owner may go into {data}."
    if data.stat().st_uid != os.geteuid() or not os.access(data, os.W_OK):
        yield "fault", f"{data} belongs to another user than the one who asks. Ask as the user who serves."
    free = shutil.disk_usage(data).free
    told = f"There is room for {free >> 30} GB more."
    yield ("fault" if free < FULL else "note" if free < NEARLY_FULL else "well"), told


def _address(at: datetime) -> Found:
    parts = urlsplit(settings.ADDRESS)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        yield "fault", f"People log in over {parts.scheme} without TLS (RAADSLAG_WORKSPACE_ADDRESS)."
    elif parts.hostname in _LOOPBACK:
        yield "note", "Only this machine is answered (RAADSLAG_WORKSPACE_ADDRESS)."
    else:
        yield "well", f"People use {parts.scheme}://{parts.hostname}."


def _database(at: datetime) -> Found:
    if connection.vendor == "sqlite":
        yield from _sqlite()
    else:
        yield from _postgresql()


def _sqlite() -> Found:
    version, mode, durable, sound = (
        _asked(question)
        for question in (
            "SELECT sqlite_version()",
            "PRAGMA journal_mode",
            "PRAGMA synchronous",
            "PRAGMA quick_check(1)",
        )
    )
    yield "well", f"SQLite {version} answers."
    if str(mode).lower() == "wal" and int(durable) >= 2:
        yield "well", "What it has acknowledged outlasts a fall of the machine (WAL, synchronous FULL)."
    else:
        yield (
            "fault",
            f"What it has acknowledged may be lost: journal mode {mode}, synchronous {durable}, not WAL and 2.",
        )
    if sound == "ok":
        yield "well", "Its file is sound."
    else:
        yield "fault", "Its file is damaged. Stop the services, keep the file, and restore the last backup."


def _postgresql() -> Found:
    number = int(_asked("SHOW server_version_num"))
    old = number < _OLDEST_POSTGRESQL
    yield ("fault" if old else "well"), f"PostgreSQL {number // 10000} answers" + ("; 15 is needed." if old else ".")
    loose = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if _asked(f"SHOW {name}") == "off"]
    if loose:
        yield "fault", f"What it has acknowledged may be lost: {', '.join(loose)} is off."
    else:
        yield "well", "What it has acknowledged outlasts a fall of the machine."


def _asked(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def _migrations(at: datetime) -> Found:
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    left = executor.migration_plan(graph.leaf_nodes())
    if left:
        yield "fault", f"{len(left)} changes of the tables are missing. Any command makes them: raadslag journal verify"
    apps = {label for label, _name in graph.nodes}
    newer = [key for key in executor.loader.applied_migrations if key not in graph.nodes and key[0] in apps]
    if newer:
        yield "fault", f"A newer version has used this database ({newer[0][0]} {newer[0][1]}). Run that version."
    if not left and not newer:
        yield "well", "All changes of the tables are made."


def _journal(at: datetime) -> Found:
    broken = journal.first_broken()
    if broken is not None:
        yield "fault", f"Entry {broken} of the journal does not follow from those before it."
    else:
        yield "well", f"The journal is whole: {journal.head()[0]} entries follow one from another."


def _checkpoints(at: datetime) -> Found:
    if not settings.CHECKPOINTS:
        yield "note", "No folder outside is named for checkpoints of the journal (RAADSLAG_CHECKPOINTS)."
        return
    outside, data = Path(settings.CHECKPOINTS), Path(settings.DATA)
    newest = checkpoints.last(outside)
    if newest is None:
        yield "fault", "No checkpoint of the journal has been written. Run: raadslag journal checkpoint"
        return
    faults = checkpoints.faults(data, outside)
    for fault in faults:
        yield "fault", f"{fault}."
    if not faults:
        yield "well", "The journal holds every checkpoint that was written."
    age = at - datetime.fromisoformat(newest["at"])
    yield ("fault" if age > _CHECKPOINT_LATE else "well"), f"The last checkpoint is {_ago(age)} old."
    if outside.resolve().is_relative_to(data.resolve()):
        yield "note", "The checkpoints lie in the data folder: who can change the journal can change them."


def _work(at: datetime) -> Found:
    last = rounds.last()
    if last is None:
        yield "fault", "The background work has never run. Start: raadslag workspace work"
        return
    moment, faults = last
    age = at - moment
    if age > rounds.LATE:
        yield "fault", f"The background work has not run for {_ago(age)}. Start: raadslag workspace work"
    elif faults:
        yield "fault", f"{faults} steps of the background work fail. Its log tells which."
    else:
        yield "well", "The background work runs."


def _mail(at: datetime) -> Found:
    if settings.MAIL is None:
        yield "note", "No mail server is named (RAADSLAG_MAIL): mails wait, and nobody gets a code to log in."
    else:
        try:
            with sending.connected(settings.MAIL, seconds=_SECONDS) as line:
                line.noop()
            yield "well", "The mail server takes mails."
        except smtplib.SMTPResponseException as error:
            yield "fault", f"The mail server refuses us: {error.smtp_code} ({type(error).__name__})."
        except (OSError, smtplib.SMTPException) as error:
            yield "fault", f"The mail server cannot be reached: {type(error).__name__}."
    late = Mail.objects.due(at - _LATE).count()
    tried = Mail.objects.filter(state=Mail.State.WAITING, attempts__gte=3).count()
    if settings.MAIL and (late or tried):
        yield "fault", f"{max(late, tried)} mails have waited for long."
    if failed := Mail.objects.undelivered().count():
        yield "note", f"{failed} mails could not be delivered. The pages of their meetings tell whose."


def _archive(at: datetime) -> Found:
    if not settings.ARCHIVE:
        yield "note", "No archive is named (RAADSLAG_ARCHIVE): what is released waits."
        return
    parts = urlsplit(settings.ARCHIVE)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        yield "fault", "The token goes to the archive without TLS (RAADSLAG_ARCHIVE)."
        return
    answer = _fetched(f"{settings.ARCHIVE}/intake/receipts/{'0' * 64}", f"Bearer {settings.ARCHIVE_TOKEN}")
    if isinstance(answer, str):
        yield "fault", f"The archive cannot be reached: {answer}."
        return
    if answer.status_code == requests.codes.unauthorized:
        yield (
            "fault",
            "The archive does not take our token (RAADSLAG_ARCHIVE_TOKEN). Make one: raadslag archive token add",
        )
    elif answer.status_code == requests.codes.not_found and b"urn:raadslag:intake:unknown" in answer.content:
        yield "well", "The archive answers, and takes our token."
    else:
        yield "fault", f"What answers at RAADSLAG_ARCHIVE is no archive: {answer.status_code}."
    if (told := answer.headers.get("Date")) and abs(at - parsedate_to_datetime(told)) > _CLOCKS_APART:
        yield "fault", "The clocks of this machine and the archive's are more than a minute apart."


def _releases(at: datetime) -> Found:
    if Mark.objects.filter(name=RESTORED).exists():
        yield (
            "fault",
            "Restored from a backup, and the archive has not been asked yet: nothing is delivered until then.",
        )
    late = Release.objects.due(at).filter(made_at__lt=at - _LATE).count()
    if settings.ARCHIVE and late:
        yield "fault", f"{late} releases or withdrawals have not come to the archive within an hour."
    held = Release.objects.in_force().filter(state__in=(Release.State.HELD, Release.State.REFUSED)).count()
    if held:
        yield "note", f"{held} releases wait in the archive, or were refused. The pages of what they are of tell why."
    if not late and not held:
        yield "well", "No release waits."


def _logins(at: datetime) -> Found:
    path = os.environ.get("RAADSLAG_LOGIN", "")
    if path and Path(path).stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield "fault", "Others may read the file of RAADSLAG_LOGIN, which holds secrets. Close it: chmod go= FILE"
    some = False
    for kind, told in settings.SOCIALACCOUNT_PROVIDERS.items():
        for one in told["APPS"]:
            some = True
            yield _provider(kind, one["provider_id"] if kind == "openid_connect" else one["client_id"], one["settings"])
    if not some:
        yield "well", "Nobody's own login is named: people log in by codes, links and passkeys."


def _provider(kind: str, name: str, told: dict[str, Any]) -> tuple[State, str]:
    if kind == "openid_connect":
        address = told.get("server_url", "")
        if ".well-known" not in address:
            address = address.rstrip("/") + "/.well-known/openid-configuration"
    else:
        address = told.get("idp", {}).get("metadata_url", "")
        if not address:
            return "well", f"The login {name} is written out in the file."
    answer = _fetched(address)
    if isinstance(answer, str):
        return "fault", f"The login {name} cannot be reached: {answer}."
    try:
        if kind == "openid_connect":
            is_read = "issuer" in json.loads(answer.content)
        else:
            is_read = etree.fromstring(answer.content, etree.XMLParser(resolve_entities=False)) is not None
    except (ValueError, etree.XMLSyntaxError):
        is_read = False
    if answer.ok and is_read:
        return "well", f"The login {name} tells what it is."
    return "fault", f"The login {name} answers {answer.status_code}, and not with its description."


def _fetched(address: str, authorization: str = "") -> requests.Response | str:
    """The answer, or the kind of fault: its words may hold the address."""
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Authorization": authorization} if authorization else {}
        try:
            return session.get(address, headers=headers, timeout=_SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            return type(error).__name__


def _clock(at: datetime) -> Found:
    last = JournalEntry.objects.order_by("-number").values_list("at", flat=True).first()
    if last and last > at + _CLOCKS_APART:
        yield "fault", f"The clock stands {_ago(last - at)} before the last entry of the journal."
    else:
        yield "well", f"The clock says {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, and the journal does not object."


def _papers(at: datetime) -> Found:
    missing = [name for name in _BUILT if finders.find(name) is None]
    if missing:
        yield "fault", f"Parts of the pages are missing: {', '.join(missing)}. Install the package again."
    else:
        yield "well", "Style sheets and scripts are there."
    write(Meeting(body="-", organization="-", kind="minutes", meeting=Time(start="2026-01-01"), items=()), "pdf")
    yield "well", "The fonts are there, and a PDF can be set."


def _ago(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"


_PARTS: tuple[tuple[str, Callable[[datetime], Found]], ...] = (
    ("versions", _versions),
    ("data folder", _folder),
    ("address", _address),
    ("database", _database),
    ("tables", _migrations),
    ("clock", _clock),
    ("journal", _journal),
    ("checkpoints", _checkpoints),
    ("background work", _work),
    ("mail", _mail),
    ("archive", _archive),
    ("releases", _releases),
    ("login", _logins),
    ("papers", _papers),
)
_WITHOUT_DATABASE = (_versions, _folder, _address, _logins, _papers)
