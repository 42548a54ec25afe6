"""Logging in: codes by mail, links, passkeys and apps, OpenID Connect and SAML; and who is kept out (I40)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import lxml.html
import oidc_provider_mock
import pytest
import requests
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from raadslag.workspace.messages.models import Mail
from raadslag.workspace.people import actions as people
from raadslag.workspace.people.login import make_link

from .conftest import World
from .identity import EMAIL, ENTITY, LEVEL, SSO, IdentityProvider

# The invented provider's own library is on its way to another; nothing of that is ours.
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated and will be removed in version:DeprecationWarning")
LOGIN, CODE, CONFIRM = "/konto/ind/", "/konto/kode/", "/konto/kode/bekraeft/"


@pytest.fixture(autouse=True)
def nobody_has_tried(data: Any) -> None:
    """Attempts are counted in the cache."""
    cache.clear()


def last_mail() -> Mail:
    return Mail.objects.order_by("pk").last()


def code_of(mail: Mail) -> str:
    return re.search(r"^([A-Z0-9-]{6,})$", mail.body, re.MULTILINE)[1]


def is_in(client: Client) -> bool:
    return client.get("/konto/sessioner/").status_code == 200


# --- a code by mail ---


def test_a_member_logs_in_by_a_code_from_his_mailbox(world: World) -> None:
    client = Client()
    asked = client.post(CODE, {"email": "Member@Example.org", "next": "/soeg/?q=tr"}, follow=True)
    assert asked.redirect_chain[-1][0].startswith(CONFIRM)
    mail = last_mail()
    assert mail.to == "member@example.org"
    assert code_of(mail) not in mail.subject  # which a locked telephone shows
    assert "Skriv denne kode" in mail.body
    assert "http" not in mail.body  # nothing to press: a mail like this must not teach people to follow links
    done = client.post(CONFIRM, {"code": code_of(mail), "next": "/soeg/?q=tr"})
    assert (done.status_code, done.headers["Location"]) == (302, "/soeg/?q=tr")
    assert client.session["level"] == "low"
    assert is_in(client)


def test_an_unknown_address_is_answered_like_a_known_one(world: World) -> None:
    answers = []
    for email in ("member@example.org", "nobody@example.org"):
        client = Client()
        asked = client.post(CODE, {"email": email}, follow=True)
        answers.append((asked.status_code, asked.redirect_chain, _plain(asked)))
        wrong = client.post(CONFIRM, {"code": "FALSKT"})
        answers[-1] += (wrong.status_code, _plain(wrong))
    assert answers[0] == answers[1]
    assert not Mail.objects.filter(to="nobody@example.org").exists()


def _plain(response: Any) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", response.content.decode())


def test_after_three_wrong_codes_the_right_one_comes_too_late(world: World) -> None:
    client = Client()
    client.post(CODE, {"email": "member@example.org"})
    code = code_of(last_mail())
    for _ in range(3):
        client.post(CONFIRM, {"code": "FALSKT"})
    client.post(CONFIRM, {"code": code})
    assert not is_in(client)


def test_codes_cannot_be_asked_for_without_end(world: World) -> None:
    for _ in range(6):
        last = Client().post(CODE, {"email": "member@example.org"})
    assert "Vent nogle minutter" in last.content.decode()
    assert Mail.objects.filter(to="member@example.org").count() == 3


def test_a_code_works_once_and_only_in_the_browser_that_asked(world: World) -> None:
    client, other = Client(), Client()
    client.post(CODE, {"email": "member@example.org"})
    code = code_of(last_mail())
    other.post(CONFIRM, {"code": code})
    assert not is_in(other)
    client.post(CONFIRM, {"code": code})
    assert is_in(client)


def test_who_is_stopped_gets_no_further(world: World, now: Any) -> None:
    client = Client()
    client.post(CODE, {"email": "member@example.org"})
    code = code_of(last_mail())
    people.set_active(world["member"], False, by=world["administrator"], at=now)
    client.post(CONFIRM, {"code": code})
    assert not is_in(client)


def test_nobody_can_sign_up_set_a_password_or_change_an_address() -> None:
    for name in ("account_signup", "account_set_password", "account_reset_password", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


# --- a link, and the list of sessions ---


def test_a_link_logs_in_once(world: World, now: Any) -> None:
    path = f"/ind/{make_link(world['member'], by='system', at=now)}/"
    client = Client()
    assert client.get(path).status_code == client.get(path).status_code == 200  # a look uses it not up
    assert not is_in(client)
    assert client.post(path).status_code == 302
    assert is_in(client)
    assert Client().post(path).status_code == 410


@pytest.mark.parametrize("age", [timedelta(hours=25), None])
def test_a_link_that_is_old_or_of_nobody_logs_nobody_in(world: World, now: Any, age: timedelta | None) -> None:
    secret = make_link(world["member"], by="system", at=now - age) if age else "made-up"
    client = Client()
    assert client.post(f"/ind/{secret}/").status_code == 410
    assert not is_in(client)


def test_one_sees_where_one_is_logged_in_and_ends_the_others(world: World, now: Any) -> None:
    clients = []
    agents = (
        "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 Version/16.6 Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
    )
    for agent in agents:
        client = Client(headers={"user-agent": agent})
        client.post(f"/ind/{make_link(world['member'], by='system', at=now)}/")
        client.get("/")
        clients.append(client)
    page = clients[0].get("/konto/sessioner/").content.decode()
    assert "Safari, iPad" in page
    assert "Edge, Windows" in page
    assert clients[0].post("/konto/sessioner/").status_code == 302
    assert is_in(clients[0])
    assert not is_in(clients[1])
    assert UserSession.objects.count() == 1


def test_to_look_at_pages_notes_once_a_minute_where_one_was_seen(browser_of: Any) -> None:
    client = browser_of("member")
    client.get("/")
    noted = UserSession.objects.get()
    with CaptureQueriesContext(connection) as asked:
        client.get("/")
    assert not [one["sql"] for one in asked if one["sql"].startswith(("INSERT", "UPDATE"))]
    before = noted.last_seen_at - timedelta(minutes=2)
    UserSession.objects.update(last_seen_at=before)
    client.get("/")
    assert UserSession.objects.get().last_seen_at > noted.last_seen_at


# --- two factors ---


def totp_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def log_in(world: World, name: str, now: Any) -> tuple[Client, Any]:
    client = Client()
    return client, client.post(f"/ind/{make_link(world[name], by='system', at=now)}/")


def add_app(client: Client) -> str:
    page = client.get("/konto/faktorer/totp/activate/").content.decode()
    secret = re.search(r'<code class="r-address">(\w+)</code>', page)[1]
    assert client.post("/konto/faktorer/totp/activate/", {"code": totp_now(secret)}).status_code == 302
    return secret


@pytest.mark.django_db(transaction=True)
def test_an_administrator_gets_in_with_two_factors_only(world: World, now: Any) -> None:
    client, _ = log_in(world, "administrator", now)
    refused = client.get("/personer/")
    assert refused.status_code == 403
    assert reverse("mfa_index") in refused.content.decode()
    assert client.get("/").status_code == 200
    secret = add_app(client)
    assert client.get("/personer/").status_code == 200
    cache.clear()  # a code of an app counts once; the next half minute is not waited for
    again, asked = log_in(world, "administrator", now)
    assert asked.headers["Location"].startswith("/konto/faktorer/authenticate/")
    assert not is_in(again)
    assert again.post("/konto/faktorer/authenticate/", {"code": "000000"}).status_code == 200
    assert not is_in(again)
    assert again.post("/konto/faktorer/authenticate/", {"code": totp_now(secret)}).status_code == 302
    assert again.session["level"] == "two_factors"
    assert again.get("/personer/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_to_stop_using_an_app_its_code_is_asked_for_and_then_the_login_is_low(world: World, now: Any) -> None:
    client, _ = log_in(world, "administrator", now)
    secret = add_app(client)
    client, _ = log_in(world, "administrator", now)
    cache.clear()
    client.post("/konto/faktorer/authenticate/", {"code": totp_now(secret)})
    assert client.post("/konto/faktorer/totp/deactivate/").status_code == 302
    assert client.session["level"] == "two_factors"
    cache.clear()
    client.post("/konto/faktorer/reauthenticate/", {"code": totp_now(secret)})
    client.post("/konto/faktorer/totp/deactivate/")
    assert client.session["level"] == "low"
    assert client.get("/personer/").status_code == 403


@pytest.mark.parametrize(
    "path", ["", "webauthn/add/", "webauthn/", "totp/activate/", "recovery-codes/", "recovery-codes/generate/"]
)
def test_the_pages_of_factors_are_ours_in_both_languages(world: World, now: Any, path: str) -> None:
    client, _ = log_in(world, "member", now)
    if path.startswith("recovery"):
        secret = add_app(client)
        cache.clear()
        client.post("/konto/faktorer/reauthenticate/", {"code": totp_now(secret)})
    for language in ("da", "en"):
        client.post(f"/sprog/{language}/")
        page = client.get(f"/konto/faktorer/{path}")
        assert page.status_code == 200, page
        assert 'class="r-mast"' in page.content.decode()


# --- identity providers ---

APP = {"provider_id": "broker", "name": "Kommunens login", "client_id": "raadslag", "secret": "hemmelig"}
LEVELS = {"broker": {"https://data.gov.dk/concept/core/nsis/Substantial": "substantial"}}
SUBSTANTIAL = "https://data.gov.dk/concept/core/nsis/Substantial"


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """The address of an OpenID Connect provider that tells of everybody what he asks it to tell."""
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


def at_provider(away: Any, subject: str) -> str:
    """Log in there as `subject`, and the address that leads back."""
    told = requests.post(away.headers["Location"], data={"sub": subject}, allow_redirects=False, timeout=10)
    return told.headers["Location"].removeprefix("http://testserver")


@pytest.fixture
def by_oidc(broker: str, settings: Any) -> Callable[..., tuple[Client, Any]]:
    """Gives a function that logs in at the provider as somebody of whom it tells these claims."""
    app = {**APP, "settings": {"server_url": broker, "fetch_userinfo": True}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    settings.LEVELS = LEVELS

    def logged_in(subject: str, **claims: Any) -> tuple[Client, Any]:
        requests.put(f"{broker}/users/{subject}", json=claims, timeout=10)
        client = Client()
        away = client.post("/konto/oidc/broker/login/?process=login")
        assert away.headers["Location"].startswith(broker)
        back = at_provider(away, subject)
        return client, client.get(back, follow=True)

    return logged_in


@pytest.mark.parametrize(
    ("acr", "level"), [(SUBSTANTIAL, "substantial"), ("https://example.org/made-up", "low"), (None, "low")]
)
def test_openid_connect_tells_who_it_is_and_how_sure(
    world: World, by_oidc: Callable[..., tuple[Client, Any]], acr: str | None, level: str
) -> None:
    claims = {"email": "member@example.org", "email_verified": True} | ({"acr": acr} if acr else {})
    client, page = by_oidc(f"sub-{level}-{acr}"[:20].replace("/", "-"), **claims)
    assert page.status_code == 200
    assert is_in(client)
    assert client.session["level"] == level


def test_the_level_is_of_each_login(world: World, by_oidc: Callable[..., tuple[Client, Any]]) -> None:
    told = {"email": "member@example.org", "email_verified": True}
    strong, _ = by_oidc("same", **told, acr=SUBSTANTIAL)
    weak, _ = by_oidc("same", **told)
    assert (strong.session["level"], weak.session["level"]) == ("substantial", "low")


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "unknown@example.org", "email_verified": True},
        {"email": "member@example.org", "email_verified": False},
        {"email": "member@example.org"},
        {},
    ],
)
def test_who_the_provider_does_not_vouch_for_or_we_do_not_know_stays_out(
    world: World, by_oidc: Callable[..., tuple[Client, Any]], claims: dict[str, Any]
) -> None:
    client, page = by_oidc(f"who-{len(claims)}-{claims.get('email_verified')}", **claims)
    assert page.status_code == 403
    assert "kender dig ikke" in page.content.decode()
    assert not is_in(client)


def test_who_is_stopped_stays_out_by_the_provider_as_well(
    world: World, by_oidc: Callable[..., tuple[Client, Any]], now: Any
) -> None:
    told = {"email": "member@example.org", "email_verified": True, "acr": SUBSTANTIAL}
    first, _ = by_oidc("stopped", **told)
    assert is_in(first)
    people.set_active(world["member"], False, by=world["administrator"], at=now)
    assert not is_in(first)
    again, _ = by_oidc("stopped", **told)
    assert not is_in(again)


def test_an_answer_that_nobody_asked_for_is_refused(world: World, by_oidc: Callable[..., tuple[Client, Any]]) -> None:
    """A stolen answer logs nobody in: it belongs to the browser that was sent away."""
    by_oidc("first", email="member@example.org", email_verified=True)
    away = Client().post("/konto/oidc/broker/login/?process=login")
    back = at_provider(away, "first")
    thief = Client()
    thief.get(back)
    assert not is_in(thief)


@pytest.fixture
def by_saml(tmp_path: Any, settings: Any) -> Callable[..., tuple[Client, Any]]:
    """Gives a function that logs in at a SAML provider, which tells these attributes."""
    app = {"provider_id": ENTITY, "name": "Kommunens login", "client_id": "kommune", "secret": ""}
    idp: dict[str, Any] = {"entity_id": ENTITY, "sso_url": SSO, "x509cert": "none yet"}
    app["settings"] = {
        "idp": idp,
        "verified_email": ["example.org"],
        "advanced": {"want_assertion_signed": True, "allow_single_label_domains": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"saml": {"APPS": [app]}}
    settings.LEVELS = {ENTITY: {"Substantial": "substantial", "High": "high"}}
    idp["x509cert"] = "AAAA"
    provider = IdentityProvider(tmp_path, Client().get("/konto/saml/kommune/metadata/").content.decode())
    idp["x509cert"] = provider.x509cert

    def logged_in(subject: str, attributes: dict[str, str], **more: Any) -> tuple[Client, Any]:
        client = Client(headers={"host": "testserver"})
        away = client.post("/konto/saml/kommune/login/?process=login")
        assert away.headers["Location"].startswith(SSO)
        form = provider.answer(away.headers["Location"], subject, attributes, **more)
        client.form = form  # type: ignore[attr-defined]  # for who would use it once more
        return client, client.post("/konto/saml/kommune/acs/", form, follow=True)

    return logged_in


@pytest.mark.parametrize(
    ("said", "level"), [("Substantial", "substantial"), ("High", "high"), ("Low", "low"), (None, "low")]
)
def test_saml_tells_who_it_is_and_how_sure(
    world: World, by_saml: Callable[..., tuple[Client, Any]], said: str | None, level: str
) -> None:
    client, page = by_saml("subject-1", {EMAIL: "member@example.org"} | ({LEVEL: said} if said else {}))
    assert page.status_code == 200, page.content.decode()
    assert is_in(client)
    assert client.session["level"] == level


def test_a_statement_without_signature_or_used_before_logs_nobody_in(
    world: World, by_saml: Callable[..., tuple[Client, Any]]
) -> None:
    unsigned, page = by_saml("subject-2", {EMAIL: "member@example.org"}, sign=False)
    assert page.status_code in (401, 403)
    assert not is_in(unsigned)
    used, _ = by_saml("subject-2", {EMAIL: "member@example.org"})
    thief = Client(headers={"host": "testserver"})
    thief.post("/konto/saml/kommune/acs/", used.form, follow=True)  # type: ignore[attr-defined]
    assert not is_in(thief)


def test_an_address_that_the_provider_may_not_vouch_for_logs_nobody_in(
    world: World, by_saml: Callable[..., tuple[Client, Any]], now: Any
) -> None:
    people.enter("Fremmed", "member@elsewhere.example", by=world["administrator"], at=now)
    client, page = by_saml("subject-3", {EMAIL: "member@elsewhere.example"})
    assert page.status_code == 403
    assert not is_in(client)


# --- a login that runs out while somebody writes ---


def form_of(page: Any) -> tuple[str, dict[str, str]]:
    """Where the form on the page goes, and what it holds, read as a browser would."""
    document = lxml.html.fromstring(page.content.decode())
    form = next(one for one in document.forms if "/sprog/" not in (one.action or ""))
    return form.action or "", dict(form.form_values())


def test_what_was_written_is_sent_again_after_logging_in_again(world: World, now: Any) -> None:
    case = world.case(state="draft")
    client = Client(enforce_csrf_checks=True, headers={"origin": "http://testserver"})

    def log_in_again() -> None:
        path = f"/ind/{make_link(world['case_worker'], by='system', at=now)}/"
        page = client.get(path)
        client.post(path, form_of(page)[1])

    log_in_again()
    edit = f"/sager/{case.pk}/ret/"
    page = client.get(edit)
    assert page.status_code == 200
    _, values = form_of(page)
    values["summary"] = "To afsnit.\r\n\r\nMed “tegn” & <mere>."
    UserSession.objects.all().delete()
    client.session.flush()
    refused = client.post(edit, values)
    assert refused.status_code == 401
    log_in_again()
    action, kept = form_of(refused)
    old = client.post(action, kept)  # its key is of the time before the login
    assert old.status_code == 403
    action, kept = form_of(old)
    assert client.post(action, kept).status_code == 302
    case.refresh_from_db()
    assert case.content()["summary"] == "To afsnit.\n\nMed “tegn” & <mere>."


def test_what_another_site_filled_in_is_not_offered_to_be_sent(world: World, now: Any) -> None:
    case = world.case(state="draft")
    client = Client(enforce_csrf_checks=True, headers={"origin": "https://evil.example"})
    client.force_login(world["case_worker"], "allauth.account.auth_backends.AuthenticationBackend")
    page = client.post(f"/sager/{case.pk}/ret/", {"title": "Fremmed"})
    assert page.status_code == 403
    assert "Fremmed" in page.content.decode()
    assert "Send det igen" not in page.content.decode()
