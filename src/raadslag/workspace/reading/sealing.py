"""Private notes are encrypted: rows, a copy of the database, or its backup without the key tell nobody what they say.

Each person has a key of his own, derived (HKDF-SHA256) from the note key, which lies in the data folder and not in the
database. A note is padded, so that its length does not tell, and encrypted with ChaCha20-Poly1305, bound to its id.
The program that runs can open every note, and the pages say so. Source: product.md, R4; RFC 5869, 8439.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from raadslag.web.folder import secret_key

KEY = "note-key"
_NONCE, _LENGTH, _STEP = 12, 4, 512  # bytes
_SHORTEST = 64  # characters of a key that is whole


class Unopened(Exception):
    """The key is missing, or is another workspace's."""


def make_key(folder: Path) -> None:
    """Make the key, where there is none yet: for the first note of all, and never beside notes of another key."""
    secret_key(folder, KEY)


def seal(data: bytes, folder: Path, person: UUID, note: UUID) -> bytes:
    """What is kept of `data`, a note of that person. Raises Unopened without a key."""
    padded = len(data).to_bytes(_LENGTH, "big") + data
    padded += bytes(-len(padded) % _STEP)
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(folder, person).encrypt(nonce, padded, note.bytes)


def unseal(sealed: bytes, folder: Path, person: UUID, note: UUID) -> bytes:
    """What was sealed. Raises Unopened."""
    try:
        padded = _cipher(folder, person).decrypt(sealed[:_NONCE], sealed[_NONCE:], note.bytes)
    except InvalidTag as fault:
        raise Unopened from fault
    return padded[_LENGTH : _LENGTH + int.from_bytes(padded[:_LENGTH], "big")]


def _cipher(folder: Path, person: UUID) -> ChaCha20Poly1305:
    try:
        secret = (folder / KEY).read_bytes().strip()
    except OSError:  # missing, or brought back by somebody who let nobody else read it
        raise Unopened from None
    if len(secret) < _SHORTEST:
        raise Unopened
    return ChaCha20Poly1305(HKDF(SHA256(), 32, None, b"raadslag private note" + person.bytes).derive(secret))
