"""Bringing releases and withdrawals to the archive over HTTP: file by file, then the record; as often as it takes.

Everything is named by its hash, so what was brought may be brought again: after a fall between the archive's answer and
our row the same is sent once more and answered alike (I30). What the archive says is kept by its name, never a word of
what was sent. Source: docs/decisions/0017-delivery-over-http.md.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec
import requests
from django.conf import settings
from django.db.models import Q

from raadslag.core import record
from raadslag.workspace.common import journal
from raadslag.workspace.common.models import Mark
from raadslag.workspace.files import keeping
from raadslag.workspace.publishing import actions, composing
from raadslag.workspace.publishing.commitments import actions as commitments
from raadslag.workspace.publishing.events import Delivered
from raadslag.workspace.publishing.models import Release, ServedList

SCHEMA = "raadslag/intake/1"
RESTORED = "restored"
"""The mark of a workspace that was restored and has not asked the archive yet."""
_SECONDS = 30
_LONGEST_PAUSE = timedelta(minutes=10)
_MOST_AT_ONCE = 100
_SETTLED = timedelta(minutes=2)  # after a withdrawal: other processes of the archive have written down their counts
_AGAIN, _NEVER = timedelta(minutes=1), timedelta(days=1)  # when an archive that does not tell is asked, and no more
log = logging.getLogger(__name__)


class Unreachable(Exception):
    """The archive does not answer, or not now: it is tried again."""


class Archive(Protocol):
    """What is asked of an archive."""

    def bring_file(self, sha256: str, name: str) -> None:
        """Bring a file, unless it is there. Raises Unreachable."""

    def bring(self, told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Bring a record or a withdrawal: the status, and what was answered. Raises Unreachable."""

    def receipt(self, identity: str) -> tuple[int, dict[str, Any]]:
        """Ask where a record is: the status, and what was answered. Raises Unreachable."""

    def served(self, identity: str) -> tuple[int, dict[str, Any]]:
        """Ask where, when and how often a record was shown: the status, and what was answered. Raises Unreachable."""


class HttpArchive:
    """The archive at an address, with a token of our body."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address.rstrip("/")
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._session.trust_env = False

    def bring_file(self, sha256: str, name: str) -> None:
        address = f"/intake/files/{sha256}"
        if self._ask("HEAD", address).status_code == requests.codes.ok:
            return
        with keeping.store().path(sha256).open("rb") as data:
            answer = self._ask("PUT", address, params={"name": name}, data=data)
        if not answer.ok:
            raise Unreachable(f"{answer.status_code} for a file")

    def bring(self, told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        told = {"schema": SCHEMA, **told}
        answer = self._ask(
            "POST", "/intake", data=msgspec.json.encode(told), headers={"Content-Type": "application/json"}
        )
        return _said(answer)

    def receipt(self, identity: str) -> tuple[int, dict[str, Any]]:
        return _said(self._ask("GET", f"/intake/receipts/{identity}"))

    def served(self, identity: str) -> tuple[int, dict[str, Any]]:
        return _said(self._ask("GET", f"/intake/served/{identity}"))

    def _ask(self, method: str, path: str, **more: Any) -> requests.Response:
        try:
            answer = self._session.request(
                method, self._address + path, timeout=_SECONDS, allow_redirects=False, **more
            )
        except requests.RequestException as error:
            raise Unreachable(type(error).__name__) from error
        if answer.status_code in _LATER:
            raise Unreachable(str(answer.status_code))
        return answer


def _said(answer: requests.Response) -> tuple[int, dict[str, Any]]:
    try:
        said = msgspec.json.decode(answer.content)
    except msgspec.DecodeError as error:
        raise Unreachable(f"{answer.status_code} without a receipt") from error
    return answer.status_code, said if isinstance(said, dict) else {}


_LATER = frozenset({401, 408, 425, 429, 500, 502, 503, 504, 507})  # a token may be set right, a disk be emptied
_TAKEN = (200, 201)


def deliver_due(at: datetime, archive: Archive | None = None) -> int:
    """Bring what is due; how many the archive was told of. Nothing without an archive: what is released waits."""
    if Mark.objects.filter(name=RESTORED).exists() and not ask_again(at, archive):
        return 0
    due = list(Release.objects.due(at)[:_MOST_AT_ONCE])
    if not due:
        return ask_served(at, archive)
    archive = archive or configured()
    if archive is None:
        return 0
    told = 0
    for release in due:
        try:
            told += _tell(archive, release, at)
        except Unreachable as error:
            log.warning("The archive was not reached: %s", error)
            _try_later(release, str(error), at)
            break  # the others have the same archive
    return told


def ask_served(at: datetime, archive: Archive | None = None) -> int:
    """Ask for the lists of where, when and how often what was withdrawn had been shown (I12): at once, and once more
    when all is counted. Returns 0, since nothing was told."""
    wanted = Q(served=None) | Q(served__ask_at__lte=at)
    due = list(Release.objects.filter(wanted, is_gone=True).select_related("served")[:_MOST_AT_ONCE])
    archive = (archive or configured()) if due else None
    if archive is None:
        return 0
    for release in due:
        kept, _is_new = ServedList.objects.get_or_create(release=release)
        withdrawn_at = release.withdrawn_at or at
        kept.ask_at = at + _AGAIN if at < withdrawn_at + _NEVER else None
        settled = withdrawn_at + _SETTLED
        try:
            status, said = archive.served(release.identity)
            if status == requests.codes.ok:
                kept.lines, kept.asked_at = said["shown"], at
            kept.ask_at = settled if at < settled else None
        except Unreachable as error:
            log.warning("What was served is asked for later: %s", error)
        kept.save()
    return 0


def ask_again(at: datetime, archive: Archive | None = None) -> bool:
    """After a restore: ask the archive where each release is that is in force here; whether all could be asked.

    What was withdrawn there is withdrawn here; what it does not know is on its way again. Until it has been asked, a
    mark stays, and nothing is delivered: what was withdrawn after the backup must not come back (I39).
    """
    archive = archive or configured()
    if archive is None:
        return False
    try:
        for release in Release.objects.in_force().order_by("made_at", "pk"):
            status, said = archive.receipt(release.identity)
            if status == requests.codes.ok and said.get("state") == "withdrawn":
                actions.note_withdrawn(release, str(said.get("ground") or ""), at=at)
            elif status == requests.codes.not_found:
                Release.objects.filter(pk=release.pk).update(state=Release.State.WAITING, tries=0, try_at=at)
            elif status != requests.codes.ok:
                raise Unreachable(str(status))
    except Unreachable as error:
        log.warning("Nothing is delivered before the archive has been asked what was withdrawn: %s", error)
        return False
    Mark.objects.filter(name=RESTORED).delete()
    return True


def configured() -> Archive | None:
    """The archive that the settings name; None where they name none."""
    return HttpArchive(settings.ARCHIVE, settings.ARCHIVE_TOKEN) if settings.ARCHIVE else None


def _tell(archive: Archive, release: Release, at: datetime) -> bool:
    if release.withdrawn_at:
        status, said = archive.bring({"withdraw": {"sha256": release.identity, "ground": release.ground}})
        if status not in (*_TAKEN, 404):  # one that never came is gone, too
            raise Unreachable(f"{status} for a withdrawal")
        came = {"delivered_at": at} if status in _TAKEN and not release.delivered_at else {}
        return _note(release, at, is_gone=True, told="", **came)
    shown, meeting = release.decoded(), release.meeting
    # What was closed since: nobody has told the journal's readers.
    if meeting and isinstance(shown, record.Meeting) and composing.holds_closed(shown, meeting):
        actions.take_back_closed(meeting, at=at)
        return False
    if release.commitment and commitments.take_back_untold([release.commitment], at=at):
        return False
    for sha256, name in release.files.items():
        archive.bring_file(sha256, name)
    status, said = archive.bring({"record": msgspec.Raw(release.record.encode()), "looked_at": release.looked_at})
    if status in _TAKEN:
        state, reason = Release.State.SHOWN, ""
    elif status == requests.codes.accepted:
        state, reason = Release.State.HELD, str(said.get("reason", ""))
    else:
        state, reason = Release.State.REFUSED, f"{status} {said.get('type', '')}".strip()
    return _note(release, at, state=state, told=reason[:500], address=str(said.get("address") or "")[:500])


@journal.action
def _note(release: Release, at: datetime, **told: Any) -> bool:
    """Keep what the archive said, unless the release was withdrawn while it was brought: then it is told of that."""
    row = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    if row.withdrawn_at and not told.get("is_gone"):
        return False
    for name, value in told.items():
        setattr(row, name, value)
    row.delivered_at = row.delivered_at or (at if told.get("state") == Release.State.SHOWN else None)
    row.tries = 0
    row.save()
    state = "gone" if told.get("is_gone") else str(row.state)
    journal.write(Delivered(row.pk, row.identity, state), by=journal.SYSTEM, at=at, about=row.subject)
    return True


def _try_later(release: Release, why: str, at: datetime) -> None:
    pause = min(timedelta(seconds=2 ** min(release.tries + 1, 12)), _LONGEST_PAUSE)
    Release.objects.filter(pk=release.pk).update(tries=release.tries + 1, try_at=at + pause, told=why[:500])
