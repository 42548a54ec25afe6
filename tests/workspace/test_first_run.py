"""The first page of a new workspace: for who has its key, once."""

from __future__ import annotations

import pytest
from django.test import Client

from raadslag.workspace.bodies.models import Body, Organization
from raadslag.workspace.bodies.setting_up import first_run_address
from raadslag.workspace.people.models import User

ANSWERS = {
    "municipality": "Prøvekommunen", "short_name": "prv", "committee": "Byrumsudvalget", "classification": "task",
    "administrator": "Prøve Administrator", "email": "administrator@example.org",
}  # fmt: skip


@pytest.fixture
def page(db: None) -> str:
    return first_run_address().removeprefix("http://testserver")


def test_whoever_has_the_key_sets_up_and_is_in(page: str) -> None:
    client = Client()
    assert client.get(page).status_code == 200
    made = client.post(page, ANSWERS)
    assert made.status_code == 302
    body = Body.objects.get()
    assert (body.name, body.short_name) == ("Prøvekommunen", "PRV")
    assert User.objects.get().is_administrator
    shown = client.get(made.headers["Location"])
    assert shown.status_code == 200
    assert Organization.objects.get().name in shown.content.decode()


@pytest.mark.parametrize("key", ["", "?noegle=guess", "?noegle="])
def test_a_stranger_who_comes_first_gets_nothing(page: str, key: str) -> None:
    address = page.partition("?")[0] + key
    assert Client().get("/", follow=True).status_code == 403  # led there, and told what to do
    assert Client().get(address).status_code == 403
    assert Client().post(address, ANSWERS).status_code == 403
    assert not Body.objects.exists()


def test_once_it_is_set_up_there_is_no_such_page(page: str) -> None:
    Client().post(page, ANSWERS)
    assert first_run_address() == ""
    for client in (Client(), Client()):
        assert client.get(page).status_code == 404
        assert client.post(page, ANSWERS).status_code == 404
    assert Body.objects.count() == 1


def test_what_is_missing_is_told_and_the_rest_kept(page: str) -> None:
    told = Client().post(page, {**ANSWERS, "email": "no address"})
    assert told.status_code == 422
    assert "Byrumsudvalget" in told.content.decode()
    assert not Body.objects.exists()
