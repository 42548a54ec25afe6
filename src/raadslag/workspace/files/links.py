"""The last part of the address of a closed file: one person's, for one file, good for five minutes (I7)."""

from __future__ import annotations

from typing import Any

from django.core import signing

PERSONAL = "til"
SECONDS = 300
_SALT = "raadslag.closed-file"


def personal(user: Any, sha256: str) -> str:
    """What to put into the address for `user` and the file of that hash."""
    return signing.TimestampSigner(salt=_SALT).sign_object([str(user.pk), sha256])


def is_personal(told: str, user: Any, sha256: str) -> bool:
    """Whether `told` was made for that user and file within the last five minutes."""
    try:
        return bool(signing.TimestampSigner(salt=_SALT).unsign_object(told, max_age=SECONDS) == [str(user.pk), sha256])
    except signing.BadSignature:
        return False
