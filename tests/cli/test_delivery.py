"""`raadslag archive token` as a person types it."""

from __future__ import annotations

import pytest

from raadslag.archive.delivery import tokens
from raadslag.cli import archive, main

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(tmp_path, settings, monkeypatch):
    """An archive of the test's own, open already."""
    settings.DATA = tmp_path / "data"
    monkeypatch.setattr(archive, "open_archive", lambda _: None)


def test_a_token_is_made_listed_and_revoked(capsys):
    assert main(["archive", "token"]) == 0
    assert capsys.readouterr().out == "No tokens.\n"
    assert main(["archive", "token", "add", "Prøvekommunen", "--label", "Arbejdsplads", "--by", "it"]) == 0
    *_, text = capsys.readouterr().out.splitlines()
    token = tokens.find(text)
    assert token.label == "Arbejdsplads"
    assert main(["archive", "token", "list"]) == 0
    listed = capsys.readouterr().out
    assert f"{token.pk}  Prøvekommunen  Arbejdsplads" in listed
    assert "in force" in listed
    assert text not in listed
    assert main(["archive", "token", "revoke", str(token.pk)]) == 0
    assert tokens.find(text) is None
    assert main(["archive", "token", "list"]) == 0
    assert "revoked" in capsys.readouterr().out


def test_what_cannot_be_is_told(capsys):
    assert main(["archive", "token", "revoke", "7"]) == 1
    assert main(["archive", "token", "add", "!?", "--label", "a"]) == 1
    told = capsys.readouterr().err
    assert "a token in force" in told
    assert "the name of a municipality" in told
