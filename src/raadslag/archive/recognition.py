"""How bodies, organizations and cases are known again however they are written, and what only looks alike.

A key is what two ways of writing the same have in common: what has the same key is one. What has not, but looks
alike, is never merged here; a person is asked.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from raadslag.archive.slugs import body_slug, slug_of

LOOKS_ALIKE = 0.86  # of the letters of two keys; "kommunalbestyrelsen" and "kommunalbestyrelsn" have 0.97
MIN_DIGITS = 4  # fewer are no case number but an item's or a file's

# "Kommunalbestyrelsen 2022-2025", "Byrådet (2018 - 2021)", "Teknisk Udvalg, valgperioden 2014-17".
_TERM = re.compile(
    r"[\s,;(–-]*(?:(?:i\s+)?(?:valg)?perioden?|(?:term|period))?[\s:(]*"
    r"(?:19|20)\d\d\s*[-–—/]\s*(?:(?:19|20)?\d\d)\s*\)?\s*$",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*[&+]\s*|\s+(?:og|samt|and)\s+", re.IGNORECASE)
# A subject of the municipalities' common plan ("00.22.04", "00.22.04-A00") is shared by many cases.
_SUBJECT = re.compile(r"\d\d\.\d\d\.\d\d(?:-[A-ZÆØÅ]\d\d)?")
_LABEL = re.compile(r"^(?:SAGS?(?:ID|NUMMER|NR)?\.?|JOURNAL(?:NR|NUMMER)?\.?|CASE)\s*:?\s*(?=[A-Z]{0,6}[-\s]?\d)")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")


def body_key(name: str) -> str:
    """ "Prøvekommunen", "PRØVE KOMMUNE" and "Prøve" are one municipality."""
    return body_slug(name)


def organization_key(name: str) -> str:
    """Without its term of office, and "Børn & Unge" as "Børn og Unge"."""
    return slug_of(_AND.sub(" og ", without_term(name)))


def without_term(name: str) -> str:
    """The name of an organization without the years it was elected for: "Byrådet 2018-2021" is "Byrådet"."""
    plain = " ".join(name.split())
    return _TERM.sub("", plain).rstrip(" ,;(–-") or plain


@lru_cache(4096)  # a number is asked for a few times while its item is filed
def case_key(reference: str) -> str | None:
    """What the ways of writing a case number have in common; None where it is no number of one case.

    Of several numbers the first counts. "Sag nr. prv-2018-00105" and "PRV–2018–00105" are one. A subject code is none,
    nor is a number of fewer than four digits.
    """
    first = re.split(r"[;,]| og ", reference, maxsplit=1)[0]
    key = _DASHES.sub("-", unicodedata.normalize("NFKC", first)).upper()
    key = _LABEL.sub("", " ".join(key.split()))
    key = re.sub(r"\s*-\s*", "-", key).replace(" ", "")[:200]
    if _SUBJECT.fullmatch(key) or sum(c.isascii() and c.isdigit() for c in key) < MIN_DIGITS:
        return None
    return key


def digits_of(key: str) -> str:
    """The numbers of a case's key alone, without leading zeros: "PRV-2018-00105" and "2018/105" have the same."""
    return "-".join(number.lstrip("0") or "0" for number in re.findall(r"\d+", key))


def looks_alike(one: str, other: str) -> bool:
    """Whether two different keys may be one name spelled in two ways; their figures must be the same."""
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    few, many = sorted((_words(one), _words(other)), key=len)
    if few and few < many and len("".join(few)) >= 0.6 * len("".join(many)):
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= LOOKS_ALIKE and matcher.ratio() >= LOOKS_ALIKE


def _words(key: str) -> set[str]:
    return set(key.split("-")) - {"og", "i", "om", "for", "af", "den", "det", "de", "udvalget", "udvalg"}
