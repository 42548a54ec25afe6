"""What the environment says of mail and login."""

from __future__ import annotations

from pathlib import Path

import pytest

from raadslag.core.errors import RaadslagError
from raadslag.workspace.environment import MailServer, login_providers, mail_server

TOML = """
[[openid_connect]]
id = "broker"
name = "Kommunens login"
client_id = "raadslag"
secret = "hemmelig"
server_url = "https://login.example.org"
levels = { "https://data.gov.dk/concept/core/nsis/Substantial" = "substantial" }

[[saml]]
id = "https://idp.example.org/metadata"
name = "Kommunens login"
client_id = "kommune"
verified_email = ["example.org"]
idp = { entity_id = "https://idp.example.org/metadata", sso_url = "https://idp.example.org/sso", x509cert = "MII" }
"""


def test_providers_and_their_levels(tmp_path: Path) -> None:
    path = tmp_path / "login.toml"
    path.write_text(TOML)
    providers, levels = login_providers(str(path))
    (broker,), (saml,) = providers["openid_connect"]["APPS"], providers["saml"]["APPS"]
    assert (broker["provider_id"], broker["client_id"], broker["secret"]) == ("broker", "raadslag", "hemmelig")
    assert broker["settings"] == {"server_url": "https://login.example.org"}
    assert saml["settings"]["idp"]["x509cert"] == "MII"
    assert saml["settings"]["advanced"] == {"want_assertion_signed": True}
    assert levels["broker"] == {"https://data.gov.dk/concept/core/nsis/Substantial": "substantial"}
    assert login_providers("") == ({}, {})


@pytest.mark.parametrize(
    "text", ["[[other]]\nid = 'a'\nname = 'b'", TOML.replace('= "substantial"', '= "certain"'), "no toml", None]
)
def test_what_cannot_be_meant_is_told(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "login.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(RaadslagError):
        login_providers(str(path))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtp://mail.example.org", MailServer("mail.example.org", 25)),
        (
            "smtp://a%40b:p%3Aw@mail.example.org:587?starttls",
            MailServer("mail.example.org", 587, "a@b", "p:w", is_starttls=True),
        ),
        ("smtps://mail.example.org", MailServer("mail.example.org", 465, is_tls=True)),
        ("", None),
    ],
)
def test_mail_servers(address: str, expected: MailServer | None) -> None:
    assert mail_server(address) == expected


def test_a_wrong_address_of_a_mail_server_is_told_without_its_password() -> None:
    with pytest.raises(RaadslagError) as told:
        mail_server("http://user:hemmelig@mail.example.org")
    assert "hemmelig" not in str(told.value)
