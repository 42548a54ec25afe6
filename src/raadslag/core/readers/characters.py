"""Text as a file carries it to text that can be shown: controls, ligatures, private letters, odd spaces.

No word is lost here. What cannot be seen (controls, marks of direction, soft hyphens) goes, since it only
hides what stands there; what cannot be known becomes U+FFFD, and the reader warns of it.
"""

from __future__ import annotations

import re
import unicodedata

LOST = "\ufffd"  # stands where a character could not be known
# The bullets and ticks of Symbol and Wingdings, which PDFs and Word's HTML place in the private area.
_PRIVATE = {0xF0B7: "•", 0xF0A7: "▪", 0xF0D8: "➢", 0xF0FC: "✓", 0xF06F: "□", 0xF0A8: "□", 0xF0FE: "☒", 0xF02D: "-"}
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_BLANK = [*range(0x09, 0x0E), 0x85, 0xA0, 0x2002, 0x2003, *range(0x2007, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F,
          0x3000]  # fmt: skip
_GONE = [*range(9), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, 0x61C, 0x200B, 0x200E, 0x200F,
         *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]  # fmt: skip
_ODD = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u061c\u2002\u2003\u2007-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f"
    "\u3000\ud800-\udfff\ue000-\uf8ff\ufb00-\ufb06\ufeff\ufffe\uffff]"
)
_TABLE = dict.fromkeys(_GONE, "") | dict.fromkeys(_BLANK, " ") | _LIGATURES | _PRIVATE


def clean(text: str) -> str:
    """A line of text composed (NFC), without what cannot be seen; every kind of space and break in it is a space.

    Ligatures become their letters, the private letters of Symbol fonts their bullets, other private ones U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    if _ODD.search(text):
        text = _ODD.sub(_replacement, text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def is_clean(text: str) -> bool:
    """Whether `clean` would leave `text` as it is."""
    return clean(text) is text


def _replacement(match: re.Match[str]) -> str:
    return _TABLE.get(ord(match[0]), LOST)
