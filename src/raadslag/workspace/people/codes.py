"""The code with which a person signs on a tablet that goes round a room: choosing it, and trying one.

It is no login: it opens nothing, and whoever signs with it has been shown only what everyone may read (I40).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext as _

from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.people.events import SigningCodeFailed, SigningCodeSet
from raadslag.workspace.people.models import FailedCode, Person, SigningCode

LEAST, MOST = 6, 12  # digits
_TRIES, _WITHIN, _PAUSE = 5, timedelta(minutes=15), timedelta(minutes=15)
_NO_CODE = "!"  # what no code fits; trying one takes as long as where there is a code


def obstacles_to_code(code: str, again: str) -> list[str]:
    """Every reason why `code` cannot be somebody's code; `again` is how he typed it the second time."""
    if not (code.isascii() and code.isdecimal() and LEAST <= len(code) <= MOST):
        return [_("The code is %(least)s to %(most)s digits.") % {"least": LEAST, "most": MOST}]
    told = []
    if is_trivial(code):
        told.append(_("That code is easy to guess. Choose one without a pattern."))
    if code != again:
        told.append(_("The two codes are not alike."))
    return told


def is_trivial(code: str) -> bool:
    """Whether digits follow a pattern that people try first: 000000, 112211, 121212, 112233, 123321, 123456, 864208."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(code)}
    return (
        len(set(code)) < 3
        or len(steps) == 1
        or code in (code + code)[1:-1]
        or code[::2] == code[1::2]
        or code == code[::-1]
    )


@journal.action
def set_code(person: Person, code: str, again: str, *, by: Any, at: datetime) -> None:
    """Choose one's own code, or another. Raises NotPermitted for anybody else's, Blocked for one that will not do."""
    if by.person_id != person.pk:
        raise NotPermitted
    if obstacles := obstacles_to_code(code, again):
        raise Blocked(obstacles)
    SigningCode.objects.update_or_create(person=person, defaults={"hash": make_password(code), "set_at": at})
    journal.write(SigningCodeSet(), by=by, at=at, about=person)


def check(person: Person, code: str, *, by: Any, at: datetime) -> None:
    """Let who typed `code` pass as `person`. `by` is whose session it was typed in.

    Raises Blocked for a code that is not his, in the same words and time where he has none, and for fifteen minutes
    after five that were not, whatever is typed then. Called outside an action, so that a failed try counts though
    nothing else is done.
    """
    row = SigningCode.objects.filter(person=person).first()
    is_right = check_password(code, row.hash if row else _NO_CODE)  # takes long: before anything is locked
    match _counted(person, is_right, by=by, at=at):
        case "waits":
            raise Blocked([_("That was too many times. Wait fifteen minutes, or sign on your own device or on paper.")])
        case "failed":
            raise Blocked([_("The code does not fit. Without a code, sign on your own device or on paper.")])


@journal.action
def _counted(person: Person, is_right: bool, *, by: Any, at: datetime) -> str:
    """ "passed", "failed" or "waits"; one try after the other, however many tablets there are."""
    Person.objects.select_for_update().get(pk=person.pk)
    if _waits(person, at):
        return "waits"
    if is_right:
        FailedCode.objects.filter(person=person).delete()
        return "passed"
    FailedCode.objects.filter(person=person, at__lt=at - _WITHIN - _PAUSE).delete()
    FailedCode.objects.create(person=person, at=at)
    journal.write(SigningCodeFailed(), by=by, at=at, about=person)
    return "failed"


def _waits(person: Person, at: datetime) -> bool:
    last = list(FailedCode.objects.filter(person=person).values_list("at", flat=True)[:_TRIES])
    return len(last) == _TRIES and last[0] - last[-1] <= _WITHIN and at < last[0] + _PAUSE
