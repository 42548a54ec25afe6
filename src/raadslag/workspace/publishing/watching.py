"""The public site as a stranger sees it, held against what was released: does anything stand there that should not?

Every page that can be reached is asked for: the map of the site, its links, feeds and data, papers and files. Three
things raise an alarm: a canary (a secret word that the installation has planted in closed texts); a record or a file
that this workspace has not released, or has taken back; an item that is closed and shows more than its public face.
Nothing is changed, and no canary is told in clear: they have numbers. The archive is asked over HTTP, as anybody asks.
Source: invariants I1, I4, I5, I12; GDPR articles 32 and 33.
"""

from __future__ import annotations

import hashlib
import html
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, unquote, unquote_to_bytes, urljoin, urlsplit

import msgspec
import requests

from raadslag.core import record
from raadslag.core.errors import RaadslagError
from raadslag.core.readers import sniff, text_of
from raadslag.core.release import is_public
from raadslag.workspace.bodies.models import Body
from raadslag.workspace.common.models import Mark
from raadslag.workspace.messages.models import Mail
from raadslag.workspace.publishing.models import Release, Shown

NAME = "watch"
"""The mark of the last look: when it was, how many alarms, how many pages."""
MOST = 20_000
GONE_WITHIN = timedelta(minutes=1)
"""How long what is taken back may still be seen (I12)."""
_SECONDS = 30
_TRIES = 6
_LONGEST_WAIT = 60
_LARGEST = 60 * 2**20  # bytes; what is longer is read as far as that
_MOST_TOLD = 50
_LINKS = re.compile(r"""(?:href|src)\s*=\s*["']([^"'#]+)|(https?://[^\s"'<>\\]+)""")
_FILE = re.compile(r"/(?:bilag|kilde)/([0-9a-f]{64})$")
_PAPER = re.compile(r"/(?:referat|dagsorden|udvalg|produkt|loefte)\.json$")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_START = ("/", "/robots.txt", "/sitemap.xml", "/nyt.atom", "/en/", "/oparl/")
_AGENT = "raadslag-watch"


class Unanswered(RaadslagError):
    """The site does not answer."""


class Alarm(NamedTuple):
    """What was found, and where. Canaries in the address are told by their numbers."""

    what: str
    where: str


class Seen(NamedTuple):
    """What a look has seen; `is_whole` unless there was more than it may ask for."""

    pages: int
    alarms: list[Alarm]
    is_whole: bool


class Released(NamedTuple):
    """What may stand in public: records by identity and files by hash, and the addresses of what may not any more."""

    body: str
    identities: frozenset[str]
    files: frozenset[str]
    gone: frozenset[str]
    gone_files: frozenset[str]
    once: tuple[str, ...]


def released(at: datetime) -> Released:
    """What this workspace has let out, as it stands at that moment. One query for the releases, one for the name."""
    rows = list(Release.objects.only("identity", "files", "withdrawn_at", "address", "kind"))
    kept = [row for row in rows if row.withdrawn_at is None or row.withdrawn_at > at - GONE_WITHIN]
    gone = [row for row in rows if row not in kept]
    files = frozenset(sha256 for row in kept for sha256 in row.files)
    names = {
        Release.Kind.AGENDA: "dagsorden", Release.Kind.MINUTES: "referat", Release.Kind.ORGANIZATION: "udvalg",
        Release.Kind.PRODUCT: "produkt", Release.Kind.COMMITMENT: "loefte",
    }  # fmt: skip
    once = []
    for row in gone:
        if row.address:
            once.append(f"{row.address}{names[Release.Kind(row.kind)]}.json")
            once += [f"{row.address}bilag/{sha256}" for sha256 in row.files]
    body = Body.objects.values_list("name", flat=True).first() or ""
    gone_files = frozenset(sha256 for row in gone for sha256 in row.files) - files
    identities = frozenset(row.identity for row in kept)
    return Released(
        body, identities, files, frozenset(row.identity for row in gone) - identities, gone_files, tuple(once)
    )


def look(address: str, words: Sequence[str], *, at: Callable[[], datetime], most: int = MOST, pause: float = 0.05,
         told: Callable[[int], None] = lambda _: None) -> Seen:  # fmt: skip
    """Look at the site at `address`. `words` are the canaries; `told` hears how many pages have been seen.

    What is let out or taken back meanwhile is no alarm. Raises Unanswered where the site does not answer.
    """
    before = released(at())
    walk = _Walk(address, words, before, pause)
    pages = 0
    for pages in walk.pages(most):
        told(pages)
    for number, word in enumerate(words, 1):
        walk.search(word, number)
    after = released(at())
    return Seen(pages, list(dict.fromkeys(walk.judged(before, after))), walk.is_done)


class _Walk:
    """One way through the site."""

    def __init__(self, address: str, words: Sequence[str], known: Released, pause: float) -> None:
        parts = urlsplit(address)
        self._origin, self._pause = f"{parts.scheme}://{parts.netloc}", pause
        self._words = [_folded(word) for word in words]
        self._session = requests.Session()
        self._session.headers["User-Agent"] = _AGENT
        self._waiting = [*_START, *known.once]
        self._found: list[Alarm] = []
        self._records: list[tuple[str, Shown]] = []
        self._files: list[tuple[str, str]] = []
        self.is_done = True

    def pages(self, most: int) -> Iterator[int]:
        """Ask for one page after the other; how many there have been."""
        known, count = set(self._waiting), 0
        while self._waiting:
            if count >= most:
                self.is_done = False
                return
            path = self._waiting.pop(0)
            answer = self._ask(path)
            count += 1
            if count == 1 and not answer.ok:
                raise Unanswered(self._origin, "its front page", str(answer.status_code), "Name the public address.")
            if answer.ok:
                self._look_at(path, answer)
                fresh = [one for one in self._links(path, answer) if one not in known]
                known |= set(fresh)
                self._waiting += dict.fromkeys(fresh)
            yield count

    def search(self, word: str, number: int) -> None:
        """Search for a canary, as a table: it holds what is found and not what was asked for."""
        path = "/soeg/liste.csv?q="
        answer = self._ask(path + quote(f'"{word}"'))
        if answer.ok and len(answer.content.splitlines()) > 1:
            self._found.append(Alarm(f"the search finds canary {number}", path))

    def judged(self, before: Released, after: Released) -> Iterator[Alarm]:
        """What was seen, held against what may be seen."""
        yield from self._found
        identities, files = before.identities | after.identities, before.files | after.files
        listed: set[str] = set()
        for path, one in self._records:
            identity, ours = record.identity(one), bool(one.id) and one.body == before.body
            if not is_public(one):
                yield Alarm("a closed item shows more than its public face", path)
            if identity in before.gone - identities:
                yield Alarm("a record that was taken back", path)
            elif ours and identity not in identities:
                yield Alarm("a record that was not released", path)
            if ours:
                listed.add(path.rpartition("/")[0])
        for path, sha256 in self._files:
            if sha256 in before.gone_files - files:
                yield Alarm("a file that was taken back", path)
            elif path.rpartition("/bilag/")[0] in listed and sha256 not in files:
                yield Alarm("a file that was not released", path)

    def _ask(self, path: str) -> requests.Response:
        for tries in range(_TRIES):
            time.sleep(self._pause)
            try:
                answer = self._session.get(self._origin + path, timeout=_SECONDS, allow_redirects=True, stream=True)
                answer._content = answer.raw.read(_LARGEST, decode_content=True)
            except (requests.RequestException, OSError) as error:
                if tries == _TRIES - 1:
                    raise Unanswered(self._origin, "an answer", type(error).__name__, "Is it served?") from error
                time.sleep(2**tries * self._pause)
                continue
            if answer.status_code not in (429, 503):
                return answer
            wanted = answer.headers.get("Retry-After", "")
            time.sleep(min(int(wanted) if wanted.isdecimal() else 2**tries, _LONGEST_WAIT))
        return answer

    def _links(self, path: str, answer: requests.Response) -> Iterator[str]:
        kind = answer.headers.get("Content-Type", "")
        if not kind.startswith(("text/", "application/")) or kind.startswith("application/pdf"):
            return
        for one, whole in _LINKS.findall(answer.content.decode("utf-8", "replace")):
            target = urlsplit(urljoin(self._origin + path, html.unescape((one or whole).replace("\\/", "/"))))
            inside = f"{target.scheme}://{target.netloc}" == self._origin
            if inside and not re.search(r"^/static/|/soeg/", target.path):  # of searches there is no end
                yield target.path + (f"?{target.query}" if target.query else "")

    def _look_at(self, path: str, answer: requests.Response) -> None:
        data = answer.content
        headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
        shown = "\n".join([*_readings(data), headers, unquote(path)])
        for number, word in enumerate(self._words, 1):
            if word in _folded(shown):
                self._found.append(Alarm(f"canary {number}", self._masked(path)))
        bare = path.partition("?")[0]
        if _PAPER.search(bare):
            self._take_record(path, data)
        elif told := _FILE.search(bare):
            self._files.append((bare, told[1]))
            if len(data) < _LARGEST and hashlib.sha256(data).hexdigest() != told[1]:
                self._found.append(Alarm("a file that is not what its address says", self._masked(path)))

    def _take_record(self, path: str, data: bytes) -> None:
        try:
            one = record.decode(data)
        except (RaadslagError, msgspec.DecodeError, ValueError):
            self._found.append(Alarm("a record that cannot be read", self._masked(path)))
            return
        if isinstance(one, Shown):
            self._records.append((path, one))

    def _masked(self, path: str) -> str:
        masked = _folded(unquote(path))
        for number, word in enumerate(self._words, 1):
            masked = masked.replace(word, f"[canary {number}]")
        return masked if "[canary" in masked else path


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _readings(data: bytes) -> Iterator[str]:
    """The data as text in the ways in which words may stand in it."""
    plain = data.decode("utf-8", "replace")
    yield plain
    yield html.unescape(plain)
    if b"%" in data:
        yield unquote_to_bytes(data).decode("utf-8", "replace")
    if b"\\u" in data:
        yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), plain)
    if b"\0" in data:
        yield from (data.decode(code, "replace") for code in ("utf-16-le", "utf-16-be"))
    try:
        yield text_of(data, sniff.attachment_type(data)).text
    except (RaadslagError, ValueError, KeyError):
        return


def note(seen: Seen, *, at: datetime, to: str = "") -> None:
    """Keep how many alarms there were, for the figures; and tell the operator by mail where there were some."""
    Mark.objects.update_or_create(
        name=NAME, defaults={"at": at, "value": {"alarms": len(seen.alarms), "pages": seen.pages}}
    )
    if not (seen.alarms and to):
        return
    lines = [f"{alarm.what}: {alarm.where}" for alarm in seen.alarms[:_MOST_TOLD]]
    body = "\n".join(["Something stands on the public site that should not:", "", *lines, ""])
    if len(seen.alarms) > _MOST_TOLD:
        body += f"and {len(seen.alarms) - _MOST_TOLD} more\n"
    Mail.objects.create(to=to, subject="Raadslag: alarm from the public site", body=body, about=NAME, next_try_at=at)


def last() -> tuple[datetime, int] | None:
    """When the last look was, and how many alarms it raised; None before the first."""
    mark = Mark.objects.filter(name=NAME).first()
    return (mark.at, int(mark.value.get("alarms", 0))) if mark else None
