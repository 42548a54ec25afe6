"""Names as parts of addresses. Two names with one slug are one body or one organization."""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_LENGTH = 80
# The first part of addresses that are no body's.
RESERVED = frozenset({"en", "da", "s", "soeg", "fil", "static", "om", "udvalg", "moeder", "beslutninger", "foelg"})

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ð": "d"})
# "Gentofte Kommune" and "Gentofte" are one body, and Prøvekommunen is at /proeve.
_MUNICIPALITY = re.compile(r"(?<=\S)(\s+kommunes?|\s*kommunens?)$")


def body_slug(name: str) -> str:
    """The slug of a municipality, without the word for one; empty where the name has no letter or digit."""
    slug = slug_of(_MUNICIPALITY.sub("", " ".join(name.casefold().split())))
    return f"{slug}-kommune" if slug in RESERVED else slug


def slug_of(name: str) -> str:
    """Lower case, Latin letters and digits joined by hyphens: "Børn & Unge" is "boern-unge".

    At most 80 characters. A name that is longer, or that has letters which cannot be written so, ends in a
    hash of the name, so that two such names are not taken for one. Empty where there is no letter or digit.
    """
    folded = unicodedata.normalize("NFC", " ".join(name.split())).lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", folded)
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    slug = "-".join(words)
    lost = any(c.isalnum() and not c.isascii() for c in plain)
    if lost or len(slug) > MAX_LENGTH:
        digest = hashlib.sha256(folded.encode("utf-8", "backslashreplace")).hexdigest()[:8]
        slug = f"{slug[: MAX_LENGTH - 9].rstrip('-')}-{digest}".lstrip("-")
    return slug


def version_slug(name: str) -> str:
    """What a product's version is called, as a part of an address: "v0.3" stays, "Udgave 2" is "udgave-2".

    Empty where it has no letter or digit that can stand there.
    """
    folded = unicodedata.normalize("NFC", name).lower().translate(_LETTERS)
    return "-".join(re.findall(r"[a-z0-9]+(?:\.[a-z0-9]+)*", folded))
