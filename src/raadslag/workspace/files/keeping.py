"""Taking a file in: its kind by its content, its limits, its text, what screening finds; then its bytes, for good."""

from __future__ import annotations

import atexit
import hashlib
import re
import threading
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from raadslag.core import record, write
from raadslag.core.errors import LimitExceeded, RaadslagError, UnknownFormat, UnreadableFile, WordsNotFound
from raadslag.core.readers import sniff
from raadslag.core.readers.outline import Draft
from raadslag.core.readers.worker import Limits, Pool
from raadslag.core.record import Record
from raadslag.web.store import Store
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.files.models import StoredFile

LARGEST = 50 * 2**20
KINDS = {sniff.PDF, sniff.DOCX, sniff.XLSX, sniff.TEXT, "image/png", "image/jpeg"}
_READABLE = {sniff.PDF, sniff.DOCX, sniff.XLSX, sniff.TEXT}
_PAPERS = {sniff.PDF, sniff.DOCX, sniff.HTML, sniff.TEXT}


def keep(data: bytes, name: str, *, at: datetime) -> StoredFile:
    """The stored file of these bytes, read and screened in a process of its own if it is new here.

    Raises Blocked for a file that is empty, too large, disguised, encrypted or of a kind that we do not take; the
    sentence names the file, the reason and the limit. What cannot be screened is taken: it is closed, and says so.
    """
    if len(data) > LARGEST:
        raise Blocked([too_large(name)])
    try:
        kind = sniff.attachment_type(data, name)
    except UnreadableFile:
        raise Blocked([_("%(name)s is empty, or not what its name says. Save it again.") % {"name": name}]) from None
    if kind not in KINDS:
        told = {"name": name}
        raise Blocked(
            [_("%(name)s is of a kind that we do not take. Save it as PDF, Word, Excel, text, PNG or JPEG.") % told]
        )
    sha256, _is_new = store().put(data)
    known = StoredFile.objects.filter(pk=sha256).first()
    if known:
        return known
    text, pages, hits, is_screened = "", None, [], False
    if kind in _READABLE:
        try:
            shown = _pool().text(data, name, kind)
            text, pages = shown.text, shown.pages
            hits = [msgspec.to_builtins(hit) for hit in _pool().screen(data, name, kind)]
            is_screened = bool(text.strip()) and not any(hit["rule"] == "unscreenable" for hit in hits)
        except RaadslagError:
            raise Blocked(
                [_("%(name)s cannot be opened: damaged, or locked with a password.") % {"name": name}]
            ) from None
    return StoredFile.objects.get_or_create(
        pk=sha256,
        defaults={
            "media_type": kind, "size": len(data), "pages": pages, "text": text.replace("\x00", ""), "hits": hits,
            "is_screened": is_screened, "brought_at": at,
        },
    )[0]  # fmt: skip


def redacted(file: StoredFile, name: str, words: Iterable[str], *, numbers: bool) -> bytes:
    """A copy of a kept file in which the words stand nowhere; with `numbers`, no number of a person either.

    Made and looked through in a process of its own. Raises Blocked with the reason where none can be made for sure, and
    while two others are made: who waits here answers nobody else (I37).
    """
    if not _at_once.acquire(blocking=False):
        raise Blocked([_("Other editions are being made at this moment. Try again in a minute.")])
    try:
        return _redacting().redact(store().read(file.pk), name, words, numbers=numbers)
    except WordsNotFound as error:
        raise Blocked(
            [_("It stands nowhere in the file: %(words)s.") % {"words": error.found.removesuffix(" nowhere")}]
        ) from None
    except LimitExceeded:
        raise Blocked([_("The file takes too long. Divide it, and try again.")]) from None
    except UnknownFormat:
        raise Blocked(
            [_("In a picture no words can be removed. Bring the paper as PDF, Word, Excel or text.")]
        ) from None
    except RaadslagError as error:
        page = re.search(r"page (\d+)$", error.place)
        told = (
            _("Page %(page)s holds a picture, or letters that no program can read for sure.") % {"page": page[1]}
            if page
            else ""
        )
        raise Blocked(
            [
                told,
                _("The words cannot be removed for sure, so no edition was made. Make the paper anew without them."),
            ][not told :]
        ) from None
    finally:
        _at_once.release()


class Paper(NamedTuple):
    """A paper of another system whose bytes are kept: their hash, and how they are to be read."""

    sha256: str
    media_type: str


def keep_paper(data: bytes, name: str) -> Paper:
    """Keep the bytes of a paper that is to be read later, by `read_paper`. It is never an attachment, and given out
    only for saving. Raises Blocked for a file that is empty, too large, disguised, or of a kind that we do not read."""
    if len(data) > LARGEST:
        raise Blocked([too_large(name)])
    try:
        kind = sniff.media_type(data, name)
    except UnknownFormat:
        kind = sniff.UNKNOWN
    except UnreadableFile:
        raise Blocked([_("%(name)s is empty, or not what its name says. Save it again.") % {"name": name}]) from None
    if kind not in _PAPERS:
        told = {"name": name}
        raise Blocked([_("%(name)s is of a kind that we do not read. Save it as PDF, Word, HTML or text.") % told])
    return Paper(store().put(data)[0], kind)


def read_paper(paper: Paper, name: str) -> tuple[Record, str]:
    """What a kept paper says, and its text, a line a line, as the places in the record count them; read in a process
    of its own. Raises RaadslagError."""
    data = store().read(paper.sha256)
    return _pool().read(data, name, paper.media_type), _pool().text(data, name, paper.media_type).text


def read_draft(data: bytes, name: str) -> Draft:
    """The draft that a file holds, read in a process of its own. The file is not kept.

    Raises Blocked for a file that is empty, too large, damaged, or of a kind that holds no draft.
    """
    if len(data) > LARGEST:
        raise Blocked([too_large(name)])
    told = {"name": name}
    try:
        kind = sniff.media_type(data, name)
        if kind in (sniff.DOCX, sniff.PDF, sniff.TEXT):
            return _pool().draft(data, name, kind)
    except UnknownFormat:
        pass
    except RaadslagError:
        raise Blocked([_("%(name)s cannot be read: it is empty, damaged, or locked with a password.") % told]) from None
    raise Blocked([_("%(name)s is of a kind that holds no draft. Save it as Word, PDF or text.") % told])


class Frozen(NamedTuple):
    """A record as exact bytes, with the hashes of them and of its PDF, which is kept."""

    record: str
    sha256: str
    pdf_sha256: str


def freeze(whole: record.Meeting | record.Product) -> Frozen:
    """Keep the paper of a meeting or a product as it is: its bytes, and its PDF among the files."""
    data = record.encode(whole)
    pdf_sha256, _is_new = store().put(write(whole, "pdf"))
    return Frozen(data.decode(), hashlib.sha256(data).hexdigest(), pdf_sha256)


def too_large(name: str) -> str:
    """What is told of a file that is."""
    told = {"name": name, "limit": LARGEST >> 20}
    return _("%(name)s is larger than %(limit)s MB. Divide it, or save it smaller.") % told


def store() -> Store:
    """Where the bytes lie."""
    return Store(Path(settings.DATA) / "files")


def arriving() -> Path:
    """Where files lie that have not come whole yet."""
    return Path(settings.DATA) / "arriving"


@cache
def _pool() -> Pool:
    pool = Pool(1, Limits(seconds=20.0, bytes=LARGEST))
    atexit.register(pool.close)
    return pool


_at_once = threading.BoundedSemaphore(2)


@cache
def _redacting() -> Pool:
    """A process of its own, so that nobody's file waits for another's redaction: some two hundred pages at most."""
    pool = Pool(1, Limits(seconds=50.0, bytes=LARGEST))
    atexit.register(pool.close)
    return pool
