"""Finished answers: how they are marked, compressed and compared, and the memory that keeps them."""

from __future__ import annotations

import gzip
import zlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from raadslag.archive.front.messages import Answer, Asked, Headers

# Browsers always ask; a shared cache may spare us five seconds of asking. Withdrawn is gone in a minute (I12).
CACHE_CONTROL = b"public, max-age=0, s-maxage=5, must-revalidate"
NOT_STORED = b"no-store"
STATUSES = frozenset((200, 301, 302, 410))
# Formats for programs: any page may fetch them, and the cross-origin headers say so.
DATA = (".json", ".csv", ".atom", ".ics", ".pdf", ".xml")
FOR_EVERYONE: Headers = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Last-Modified, Retry-After"),
)
_CROSS_ORIGIN = (b"cross-origin-resource-policy", b"cross-origin")
_COMPRESSED = ("text/", "application/json", "application/atom+xml", "application/xml", "image/svg+xml")
_LEAST_COMPRESSED = 500  # bytes; less fits one packet anyway
_OF_UNCHANGED = frozenset((b"etag", b"last-modified", b"cache-control", b"vary", *(name for name, _ in FOR_EVERYONE)))
_PER_ENTRY = 1000  # bytes, about, for headers and keys
PAGES_BYTES, SEARCHES_BYTES = 48 * 2**20, 16 * 2**20
LARGEST = 2 * 2**20


def is_data(path: str) -> bool:
    """Whether a program asks at `path`, which may be one on any page."""
    return path.endswith(DATA)


@dataclass(frozen=True, slots=True)
class Kept:
    """A finished answer to GET. `packed` where its body is compressed; who does not take that gets it unpacked.

    `valid_for` is the state of the world that it was made in, `until` the moment when it is used no longer (None: no
    such moment). `unchanged` is the answer to one who has it already. `shows` are the identities of the
    records that it gives out.
    """

    answer: Answer
    is_packed: bool
    unchanged: Answer
    tag: bytes
    modified: bytes
    valid_for: Hashable = None
    until: float | None = None
    shows: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """What it takes in memory, in bytes, about."""
        return len(self.answer.body) + _PER_ENTRY

    def to(self, asked: Asked) -> Answer:
        """The answer to `asked`: whole, or that nothing has changed since (RFC 9110, 13.2.2)."""
        if self.answer.status == 200 and self._is_known(asked):
            return self.unchanged
        if not self.is_packed or asked.takes_gzip:
            return self.answer
        body = zlib.decompress(self.answer.body, 31)
        headers = [pair for pair in self.answer.headers if pair[0] not in (b"content-encoding", b"content-length")]
        return Answer(self.answer.status, (*headers, (b"content-length", b"%d" % len(body))), body)

    def _is_known(self, asked: Asked) -> bool:
        if asked.none_match is not None:
            tags = [tag.strip().removeprefix(b"W/") for tag in asked.none_match.split(b",")]
            return bool(self.tag) and (self.tag.removeprefix(b"W/") in tags or tags == [b"*"])
        # Not "since then": a clock that was set back must not hide a change.
        return bool(self.modified) and asked.modified_since == self.modified


def finished(
    made: Answer,
    path: str,
    *,
    modified: bytes = b"",
    valid_for: Hashable = None,
    until: float | None = None,
    shows: tuple[str, ...] = (),
) -> Kept:
    """The answer of a page as it is kept and sent.

    `modified` is its Last-Modified; empty where nothing can be said. A body that was compressed has a weak tag, which
    stands for both of its forms.
    """
    headers = {name: value for name, value in made.headers if name not in (b"vary", b"content-length")}
    tag, body, is_packed = headers.get(b"etag", b""), made.body, False
    media_type = headers.get(b"content-type", b"").decode("latin-1")
    if media_type.startswith(_COMPRESSED) and len(body) >= _LEAST_COMPRESSED:
        body, is_packed = gzip.compress(body, 6, mtime=0), True
        headers |= {b"content-encoding": b"gzip", b"vary": b"Accept-Encoding"}
        if tag and not tag.startswith(b"W/"):
            headers[b"etag"] = tag = b"W/" + tag
    if made.status in STATUSES:
        if headers.get(b"cache-control", b"no-cache") == b"no-cache":
            headers[b"cache-control"] = CACHE_CONTROL
        if modified and made.status == 200:
            headers[b"last-modified"] = modified
    elif made.status >= 500:
        headers[b"cache-control"] = NOT_STORED
    if is_data(path):
        headers |= dict((*FOR_EVERYONE, _CROSS_ORIGIN))
    headers[b"content-length"] = b"%d" % len(body)
    known = tuple(pair for pair in headers.items() if pair[0] in _OF_UNCHANGED)
    return Kept(
        answer=Answer(made.status, tuple(headers.items()), body),
        is_packed=is_packed,
        unchanged=Answer(304, known),
        tag=tag,
        modified=headers.get(b"last-modified", b""),
        valid_for=valid_for,
        until=until,
        shows=shows,
    )


def may_be_kept(kept: Kept) -> bool:
    """Whether the answer is the same for everyone who asks, and not one of an error."""
    if kept.answer.status not in STATUSES or kept.answer.header(b"set-cookie") is not None:
        return False
    told = kept.answer.header(b"cache-control") or b""
    return b"no-store" not in told and b"private" not in told and len(kept.answer.body) <= LARGEST


class Memory:
    """Kept answers by key, at most `most` bytes of them; what was asked for longest ago goes first."""

    def __init__(self, most: int = PAGES_BYTES) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable, valid_for: Hashable, now: float) -> Kept | None:
        """The answer under `key`, if it was made for the world as it is and its time is not over."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.valid_for != valid_for or (kept.until is not None and now >= kept.until):
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return kept

    def put(self, key: Hashable, kept: Kept) -> None:
        """Keep an answer; one that alone is too large is not kept."""
        self._drop(key)
        if kept.size > self._most:
            return
        self._kept[key] = kept
        self._size += kept.size
        while self._size > self._most:
            self._drop(next(iter(self._kept)))

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, key: Hashable) -> None:
        if kept := self._kept.pop(key, None):
            self._size -= kept.size
