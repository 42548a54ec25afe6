"""Signed checkpoints of the journal, one a day, in a folder outside: who rewrites the whole chain is seen there.

A checkpoint is one line of JSON: the moment, the number and hash of the last entry, and an Ed25519 signature over
them. The file only grows. Any two checkpoints can be compared with the journal, and with each other.
Source: invariant I26; RFC 9162.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from raadslag.core import chain
from raadslag.workspace.common import journal
from raadslag.workspace.common.models import JournalEntry

FILE = "checkpoints.jsonl"
PUBLIC_KEY = "checkpoints.pub"
_KEY = "checkpoint-key"


def add(data: Path, outside: Path, *, at: datetime) -> dict[str, str | int]:
    """Write one checkpoint of now to the folder `outside`; the key is in the data folder and made on first use."""
    key = _key(data)
    outside.mkdir(parents=True, exist_ok=True, mode=0o700)
    public = outside / PUBLIC_KEY
    if not public.exists():
        public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    number, hash_ = journal.head()
    told = {"at": at.astimezone(UTC).isoformat(timespec="seconds"), "number": number, "hash": hash_}
    line = {**told, "signature": key.sign(_signed(told)).hex()}
    with (outside / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return line


def is_due(outside: Path, *, at: datetime) -> bool:
    """Whether no checkpoint of this day (UTC) has been written."""
    path = outside / FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return not lines or json.loads(lines[-1])["at"][:10] < at.astimezone(UTC).date().isoformat()


def faults(data: Path, outside: Path) -> list[str]:
    """Each checkpoint that our key did not sign, or that the journal of today does not hold."""
    path = outside / FILE
    if not path.exists():
        return []
    key = _key(data).public_key()
    found, before = [], 0
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        told = json.loads(line)
        if not _is_signed(key, told):
            found.append(f"{FILE}, line {at}: not signed by this workspace")
        elif told["number"] < before:
            found.append(f"{FILE}, line {at}: fewer entries than in the line before")
        elif not _holds(told["number"], told["hash"]):
            found.append(f"{FILE}, line {at}: entry {told['number']} of the journal is another one today")
        before = max(before, told["number"])
    return found


def _holds(number: int, hash_: str) -> bool:
    if number == 0:
        return bool(hash_ == chain.START)
    return JournalEntry.objects.filter(number=number, hash=hash_).exists()


def _signed(told: dict[str, str | int]) -> bytes:
    return json.dumps([told["at"], told["number"], told["hash"]]).encode()


def _is_signed(key: Ed25519PublicKey, told: dict[str, str | int]) -> bool:
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
