"""The code with which a person signs on a shared tablet: chosen by himself, kept as a hash, tried five times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.test import Client
from django.urls import reverse

from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.messages.models import Mail
from raadslag.workspace.people import codes
from raadslag.workspace.people.models import FailedCode, SigningCode

from .conftest import World

Browser = Callable[..., Client]
CODE = "739104"


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Hashing that takes no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.mark.parametrize(
    "code",
    ["", "12345", "1234567890123", "12345a", "１２３４５６", "000000", "112211", "123456", "654321", "864208", "890123",
     "121212", "123123", "112233", "123321", "739173917391"],
)  # fmt: skip
def test_a_code_that_can_be_guessed_is_refused(world: World, code: str) -> None:
    with pytest.raises(Blocked):
        codes.set_code(world["member"].person, code, code, by=world["member"], at=world.at)
    assert not SigningCode.objects.exists()


def test_a_code_is_typed_twice_by_its_owner_and_only_its_hash_is_kept(world: World, settings: Any) -> None:
    member = world["member"].person
    told = {"by": world["member"], "at": world.at}
    with pytest.raises(Blocked):
        codes.set_code(member, CODE, "739105", **told)
    with pytest.raises(NotPermitted):
        codes.set_code(world["chair"].person, CODE, CODE, **told)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    codes.set_code(member, CODE, CODE, **told)
    kept = SigningCode.objects.get().hash
    assert kept.startswith("pbkdf2_sha256$")
    assert CODE not in kept
    codes.set_code(member, "280571", "280571", **told)
    assert SigningCode.objects.get().hash != kept
    assert [one.values for one in JournalEntry.objects.filter(kind="people.SigningCodeSet")] == [{}, {}]


def test_its_owner_chooses_it_on_his_own_page_and_hears_of_it(world: World, browser_of: Browser) -> None:
    client, address = browser_of("member", "low"), reverse("people:signing-code")
    assert address in client.get("/mit/").content.decode()
    assert "ingen kode" in client.get(address).content.decode()
    wrong = client.post(address, {"signing_code": CODE, "signing_code_again": "1"})
    assert wrong.status_code == 422
    assert client.post(address, {"signing_code": CODE}).status_code == 422
    assert CODE not in wrong.content.decode()
    assert client.post(address, {"signing_code": CODE, "signing_code_again": CODE}).status_code == 302
    page = client.get(address).content.decode()
    assert CODE not in page
    assert "Du valgte din kode" in page
    journal.catch_up()
    (mail,) = Mail.objects.filter(to="member@example.org", subject="Din underskriftskode er ændret")
    assert CODE not in mail.body
    assert address in mail.body
    assert browser_of().get(address).status_code == 302
    given = browser_of().post(address, {"signing_code": CODE, "signing_code_again": CODE})  # the login had run out
    assert given.status_code == 401
    assert CODE not in given.content.decode()


class Trying:
    """Somebody who types codes, at moments counted in seconds."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.person = world, world[name].person

    def __call__(self, code: str, after: float) -> str:
        """ "passed", or what he is told."""
        at = self.world.at + timedelta(seconds=after)
        try:
            codes.check(self.person, code, by=self.world["secretary"], at=at)
        except Blocked as refusal:
            return refusal.obstacles[0]
        return "passed"


FAILED = "Koden passer ikke. Har du ingen kode, så skriv under på din egen enhed eller på papir."
WAITS = "Det var for mange gange. Vent et kvarter, eller skriv under på din egen enhed eller på papir."


def test_after_five_codes_that_do_not_fit_everyone_waits_a_quarter(world: World) -> None:
    codes.set_code(world["member"].person, CODE, CODE, by=world["member"], at=world.at)
    codes.set_code(world["second"].person, CODE, CODE, by=world["second"], at=world.at)
    member = Trying(world, "member")
    assert [member("111111", at) for at in (0, 200, 400, 600)] == [FAILED] * 4
    assert member(CODE, 650) == "passed"  # which forgets the others
    assert [member("111111", at) for at in (700, 800, 900, 1000, 1100)] == [FAILED] * 5
    assert [member(code, at) for code, at in (("111111", 1101), (CODE, 1102), (CODE, 1999))] == [WAITS] * 3
    assert Trying(world, "second")(CODE, 1200) == "passed"  # counted for each by himself
    assert member("111111", 2000) == FAILED  # fifteen minutes after the fifth
    assert member(CODE, 2001) == "passed"
    told = JournalEntry.objects.filter(kind="people.SigningCodeFailed")
    assert (told.count(), {str(one.values) for one in told}) == (10, {"{}"})
    assert {one.about for one in told} == {journal.name_of(member.person)}
    assert journal.first_broken() is None


def test_five_within_a_long_time_stop_nobody(world: World) -> None:
    codes.set_code(world["member"].person, CODE, CODE, by=world["member"], at=world.at)
    member = Trying(world, "member")
    assert [member("111111", at) for at in (0, 300, 600, 900, 901.5)][-1] == FAILED
    assert member(CODE, 902) == "passed"
    assert not FailedCode.objects.exists()


def test_nobody_learns_who_has_a_code(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words and the same work: one hash, whether there is a code, it fits, or nothing is tried any more."""
    codes.set_code(world["member"].person, CODE, CODE, by=world["member"], at=world.at)
    hashed = []
    encode = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", lambda *told: hashed.append(1) or encode(*told))
    for name, code, expected in (
        ("member", "111111", FAILED),
        ("second", "111111", FAILED),
        ("member", CODE, "passed"),
    ):
        assert Trying(world, name)(code, 0) == expected
        assert len(hashed) == 1, name
        hashed.clear()
    assert [Trying(world, "second")("111111", at) for at in range(1, 6)] == [FAILED] * 4 + [WAITS]
    assert len(hashed) == 5
