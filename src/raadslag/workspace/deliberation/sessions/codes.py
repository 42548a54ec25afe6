"""Codes of four letters that can be said aloud: consonant, vowel, consonant, vowel."""

from __future__ import annotations

import secrets

from raadslag.workspace.deliberation.models import Station

# Letters that no one mistakes for another when they are said in Danish or English, or read at four metres.
_CONSONANTS = "BDFGHKLMNPRSTV"
_VOWELS = "AEIOU"
# Words that nobody wants to read on a poster.
_NOT = frozenset(
    {
        "PIKA",
        "KUKU",
        "HORE",
        "LORT",
        "NEGE",
        "FISE",
        "PISA",
        "TISE",
        "TITE",
        "KAKA",
        "POPO",
        "NAZI",
        "BABE",
        "GODE",
        "LAMO",
        "FATI",
        "DILO",
    }
)
LENGTH = 4


def fresh(number: int) -> list[str]:
    """So many codes that no station has. They open nothing by themselves: a round does."""
    taken = set(Station.objects.exclude(code=None).values_list("code", flat=True)) | _NOT
    found: list[str] = []
    while len(found) < number:
        code = "".join(secrets.choice(letters) for letters in (_CONSONANTS, _VOWELS, _CONSONANTS, _VOWELS))
        if code not in taken:
            found.append(code)
            taken.add(code)
    return found


def heard(told: str) -> str:
    """What somebody typed, as a code is written: "ba do" is BADO. Empty for what can be none."""
    code = "".join(letter for letter in told.upper() if letter.isalpha())
    is_code = len(code) == LENGTH and code.isascii()
    return code if is_code else ""
