"""Answers that nobody can read before the box is opened, and nobody can tell apart by their size.

For each box a pair of X25519 keys is made. What is put in is padded to one size and encrypted to the public key: a key
of its own for each answer, made with it and thrown away (HKDF-SHA256, ChaCha20-Poly1305), bound to the box. The private
key is the code that a person keeps on paper: Crockford's base 32 in groups of four, the last of which tells whether
it was typed rightly. Source: invariant I19; RFC 7748, 5869, 8439.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

QUESTIONS = 6
SCALE = 5
LONGEST = 1000  # characters of words to one question
_SIZE = 24_576  # bytes of an answer: six times the longest words, each character of four bytes, and what parts them
_LENGTH, _KEY = 4, 32
_NONCE = bytes(12)  # no key is used twice
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SAME = str.maketrans("OIL", "011")
_GROUP, _CHECK, _BITS = 4, 4, 5


class BadCode(Exception):
    """A code that is none, or that was typed wrongly."""


class WrongKey(Exception):
    """What was sealed does not open by this key."""


class Answer(NamedTuple):
    """What one person says: to each question a number from 1 to 5, or None for "don't know"; and words, if any."""

    choices: tuple[int | None, ...]
    words: tuple[str, ...]


class Pair(NamedTuple):
    """The code to keep on paper, and the public key."""

    code: str
    public: bytes


def new_pair() -> Pair:
    """Keys for a box. The private one is nowhere but in the code."""
    private = X25519PrivateKey.generate()
    return Pair(_code_of(private.private_bytes_raw()), private.public_key().public_bytes_raw())


def public_of(code: str) -> bytes:
    """The public key that a code belongs to. Raises BadCode."""
    return X25519PrivateKey.from_private_bytes(_key_of(code)).public_key().public_bytes_raw()


def seal(public: bytes, box: UUID, answer: Answer) -> bytes:
    """An answer that only who has the code can read; of one size, whatever it says.

    Raises ValueError for one that is longer than the form lets anybody write.
    """
    told = msgspec.msgpack.encode(answer)
    if len(told) > _SIZE:
        raise ValueError("an answer is longer than what is sealed")
    own = X25519PrivateKey.generate()
    shared = own.exchange(X25519PublicKey.from_public_bytes(public))
    begins = own.public_key().public_bytes_raw()
    padded = len(told).to_bytes(_LENGTH, "big") + told.ljust(_SIZE, b"\x00")
    return begins + ChaCha20Poly1305(_derived(shared, begins, public)).encrypt(_NONCE, padded, box.bytes)


def unseal(code: str, box: UUID, sealed: bytes) -> Answer:
    """What was sealed. Raises BadCode, or WrongKey where it was sealed for another."""
    private = X25519PrivateKey.from_private_bytes(_key_of(code))
    begins, rest = sealed[:_KEY], sealed[_KEY:]
    shared = private.exchange(X25519PublicKey.from_public_bytes(begins))
    key = _derived(shared, begins, private.public_key().public_bytes_raw())
    try:
        padded = ChaCha20Poly1305(key).decrypt(_NONCE, rest, box.bytes)
    except InvalidTag:
        raise WrongKey from None
    length = int.from_bytes(padded[:_LENGTH], "big")
    return msgspec.msgpack.decode(padded[_LENGTH : _LENGTH + length], type=Answer)


def _derived(shared: bytes, begins: bytes, public: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=begins + public, info=b"raadslag evaluation 1").derive(shared)


def _code_of(key: bytes) -> str:
    """ "7ZQ4-…": 52 characters of the key, the bits that are left over zero, and four that check them."""
    number, letters = int.from_bytes(key, "big") << (-len(key) * 8 % _BITS), []
    for _ in range(-(-len(key) * 8 // _BITS)):
        number, at = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[at])
    written = "".join(reversed(letters)) + _check_of(key)
    return "-".join(written[at : at + _GROUP] for at in range(0, len(written), _GROUP))


def _check_of(key: bytes) -> str:
    number = int.from_bytes(hashlib.sha256(b"raadslag code " + key).digest(), "big") >> (256 - _CHECK * _BITS)
    return "".join(_LETTERS[number >> (_BITS * at) & 31] for at in reversed(range(_CHECK)))


def _key_of(code: str) -> bytes:
    """The key that a person typed: in small letters, with or without dashes, O for 0, I or L for 1."""
    typed = "".join(one for one in code.upper().translate(_SAME) if not one.isspace() and one not in "-–—")
    length = -(-_KEY * 8 // _BITS)
    if len(typed) != length + _CHECK or any(one not in _LETTERS for one in typed):
        raise BadCode
    number = 0
    for one in typed[:length]:
        number = number * len(_LETTERS) + _LETTERS.index(one)
    number, left = divmod(number, 1 << (length * _BITS - _KEY * 8))
    key = number.to_bytes(_KEY, "big") if not left else b""
    if not key or _check_of(key) != typed[length:]:
        raise BadCode
    return key
