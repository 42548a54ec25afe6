"""Signed checkpoints of the journal, one a day, in a folder outside: who rewrites the whole chain is seen there.

A checkpoint is one line of JSON: the moment, the number and hash of the last entry, and an Ed25519 signature over
them. The file only grows. Any two checkpoints can be compared with the journal, and with each other.
Source: invariant I26; RFC 9162.
"""

from __future__ import annotations

import json
import math
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from raadslag.core import chain
from raadslag.workspace.common import journal
from raadslag.workspace.common.models import JournalEntry

FILE = "checkpoints.jsonl"
PUBLIC_KEY = "checkpoints.pub"
_KEY = "checkpoint-key"


def add(data: Path, outside: Path, *, at: datetime) -> dict[str, Any]:
    """Write one checkpoint of now to the folder `outside`; the key is in the data folder and made on first use."""
    number, hash_ = journal.head()
    return _add(data, outside, {"at": _moment(at), "number": number, "hash": hash_})


def add_restored(data: Path, outside: Path, number: int, hash_: str, *, at: datetime) -> dict[str, Any]:
    """Write that the workspace was restored as it was at that entry: what later entries there were is lost."""
    return _add(data, outside, {"at": _moment(at), "number": number, "hash": hash_, "restored": True})


def _add(data: Path, outside: Path, told: dict[str, Any]) -> dict[str, Any]:
    key = _key(data)
    outside.mkdir(parents=True, exist_ok=True, mode=0o700)
    public = outside / PUBLIC_KEY
    if not public.exists():
        public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    line = {**told, "signature": key.sign(_signed(told)).hex()}
    with (outside / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return line


def written(outside: Path) -> bytes | None:
    """The checkpoints in the folder `outside`; None where there are none."""
    path = outside / FILE
    return path.read_bytes() if path.exists() else None


def last(outside: Path) -> dict[str, Any] | None:
    """The newest checkpoint in the folder `outside`; None where there is none."""
    lines = (written(outside) or b"").splitlines()
    return json.loads(lines[-1]) if lines else None


def is_due(outside: Path, *, at: datetime) -> bool:
    """Whether no checkpoint of this day (UTC) has been written."""
    newest = last(outside)
    return newest is None or newest["at"][:10] < at.astimezone(UTC).date().isoformat()


def faults(data: Path, outside: Path) -> list[str]:
    """Each checkpoint that our key did not sign, or that the journal of today does not hold."""
    lines = written(outside)
    return compare(data, lines)[0] if lines is not None else []


def compare(data: Path, lines: bytes, head: int | None = None) -> tuple[list[str], int]:
    """What is wrong with each of these checkpoints; and how many entries they know of beyond the entry `head`.

    What was lost by a restore that is signed in a later line is missing without fault. `head`: that of a backup that
    is being restored, None for the journal as it must be.
    """
    key = _key(data).public_key()
    found, before, known = [], 0, [json.loads(line) for line in lines.splitlines()]
    least = _least_left(key, known)
    for at, (told, left) in enumerate(zip(known, least, strict=True), 1):
        is_beyond = head is not None and told["number"] > head
        if not _is_signed(key, told):
            found.append(f"{FILE}, line {at}: not signed by this workspace")
        elif told["number"] < before and not told.get("restored"):
            found.append(f"{FILE}, line {at}: fewer entries than in the line before")
        elif told["number"] <= left and not is_beyond and not _holds(told["number"], told["hash"]):
            found.append(f"{FILE}, line {at}: entry {told['number']} of the journal is another one today")
        before = told["number"] if told.get("restored") else max(before, told["number"])
    return found, max(0, before - head) if head is not None else 0


def _least_left(key: Ed25519PublicKey, known: list[dict[str, Any]]) -> list[float]:
    """For each line the last entry that the restores after it have left."""
    left, least = [], math.inf
    for told in reversed(known):
        left.append(least)
        if told.get("restored") and _is_signed(key, told):
            least = min(least, told["number"])
    return left[::-1]


def _holds(number: int, hash_: str) -> bool:
    if number == 0:
        return bool(hash_ == chain.START)
    return JournalEntry.objects.filter(number=number, hash=hash_).exists()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _signed(told: dict[str, Any]) -> bytes:
    restored = ["restored"] if told.get("restored") else []
    return json.dumps([told["at"], told["number"], told["hash"], *restored]).encode()


def _is_signed(key: Ed25519PublicKey, told: dict[str, Any]) -> bool:
    try:
        key.verify(bytes.fromhex(str(told["signature"])), _signed(told))
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True


def _key(data: Path) -> Ed25519PrivateKey:
    path = data / _KEY
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(raw)
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
