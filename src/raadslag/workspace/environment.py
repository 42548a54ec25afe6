"""What the environment says of mail and login, read into the shapes that Django and allauth take."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from raadslag.core.errors import RaadslagError

_PORTS = {"smtp": 25, "smtps": 465}
LEVELS = ("low", "substantial", "high")


class MailServer(NamedTuple):
    """Where mails go. `is_tls` is TLS from the first byte, `is_starttls` after it."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    is_tls: bool = False
    is_starttls: bool = False


def mail_server(address: str) -> MailServer | None:
    """The server that `smtp://USER:PASSWORD@HOST:PORT?starttls` names; None for an empty address.

    Raises RaadslagError for anything else; the address, which may hold a password, is not told.
    """
    if not address:
        return None
    parts = urlsplit(address)
    if parts.scheme not in _PORTS or not parts.hostname:
        expected = "smtp://USER:PASSWORD@HOST:PORT or smtps://…"
        raise RaadslagError(
            "RAADSLAG_MAIL", expected, "another kind of address", "Mend it, or unset it: mails then wait."
        )
    return MailServer(
        parts.hostname,
        parts.port or _PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        is_tls=parts.scheme == "smtps",
        is_starttls="starttls" in parts.query,
    )


def login_providers(path: str) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """allauth's providers of the TOML file `path`, and for each provider what its statements count as.

    The second part maps a provider's id to `{statement: level}`; the statement is what the login says in `acr` or
    AuthnContextClassRef, the level "low", "substantial" or "high". What is not named there counts as low.
    Raises RaadslagError where the file is not readable, not TOML or names another level.
    """
    if not path:
        return {}, {}
    try:
        told = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RaadslagError(
            "RAADSLAG_LOGIN", "a TOML file", type(error).__name__, "See docs/guide/login.md."
        ) from error
    apps: dict[str, list[dict[str, Any]]] = {"openid_connect": [], "saml": []}
    levels = {}
    for kind, providers in told.items():
        if kind not in apps:
            raise RaadslagError(f"RAADSLAG_LOGIN, {kind}", "openid_connect or saml", "another name", "Correct it.")
        for one in providers:
            levels[one["id"]] = one.pop("levels", {})
            if wrong := set(levels[one["id"]].values()) - set(LEVELS):
                found = ", ".join(sorted(wrong))
                raise RaadslagError(f"RAADSLAG_LOGIN, {one['id']}", " or ".join(LEVELS), found, "Correct it.")
            if kind == "saml":  # a statement counts by its own signature, unless the file says otherwise
                one.setdefault("advanced", {}).setdefault("want_assertion_signed", True)
            app = {"provider_id": one.pop("id"), "name": one.pop("name"), "client_id": one.pop("client_id", "")}
            apps[kind].append({**app, "secret": one.pop("secret", ""), "settings": one})
    return {kind: {"APPS": some} for kind, some in apps.items() if some}, levels
