"""What a municipality says of itself is kept where everyone can read it, and journaled."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from raadslag.archive import describing
from raadslag.archive.describing import NotReadable, contrast, describe
from raadslag.archive.models import Body, JournalEntry
from raadslag.cli import archive as cli_archive
from raadslag.cli import main

from .conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(add, make_meeting) -> Body:
    add(make_meeting())
    return Body.objects.get()


def say(body, **said) -> Body:
    describe(body, by="it", at=NOON, **said)
    return Body.objects.get(pk=body.pk)


def picture(kind: str = "PNG", size: tuple[int, int] = (80, 88)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "#114b5f").save(target, kind)
    return target.getvalue()


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#ffffff") == 1
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)


def test_a_colour_is_kept_where_it_can_be_read(body):
    assert say(body, main="#114B5F", accent="#e0a030").main == "#114b5f"
    with pytest.raises(NotReadable) as refused:
        say(body, main="#4a90d9")
    nearest = refused.value.remedy.split()[0]
    assert say(body, main=nearest).main == nearest
    assert say(body, main="").main == ""


@pytest.mark.parametrize("colour", ["#17663a", "#7a4a00", "#8b0000", "red", "#12345", "#gggggg", "114b5f"])
def test_a_colour_of_a_state_and_what_is_no_colour_is_refused(body, colour):
    with pytest.raises(NotReadable):
        say(body, main=colour)


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_of_every_colour_a_darker_one_can_be_read(colour):
    try:
        kept = describing._checked(colour)
    except NotReadable as refused:
        kept = refused.remedy.split()[0] if refused.remedy.startswith("#") else "#000000"
    assert contrast(kept) >= 7


def test_the_theme_is_a_style_sheet_of_its_own(body, client):
    assert client.get("/proeve/tema.css").status_code == 404
    assert "tema.css" not in client.get("/proeve/").text
    say(body, main="#0b4f6c", accent="#e0a030")
    sheet = client.get("/proeve/tema.css")
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "--main: #0b4f6c;" in sheet.text
    assert "--main-tint: #ebf1f3;" in sheet.text
    assert '<link rel="stylesheet" href="/proeve/tema.css?0b4f6c-e0a030">' in client.get("/proeve/").text


def test_the_logo_is_shown(body, client):
    assert client.get("/proeve/logo").status_code == 404
    say(body, logo=picture())
    answer = client.get("/proeve/logo")
    assert (answer.content, answer.headers["Content-Type"]) == (picture(), "image/png")
    assert 'src="/proeve/logo"' in client.get("/proeve/").text
    assert say(body, logo=b"").logo is None


@pytest.mark.parametrize(
    "data",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"x", picture("GIF"), picture(size=(2001, 9)), bytes(600 << 10)],
)
def test_a_logo_that_is_no_small_picture_is_refused(body, data):
    with pytest.raises(NotReadable):
        say(body, logo=data)
    assert Body.objects.get().logo is None


def test_what_is_said_is_journaled_without_its_words(body, client):
    say(body, name="Ny Prøvekommune", contact_mail="a@proeve.example")
    entry = JournalEntry.objects.latest("number")
    assert (entry.kind, entry.is_public) == ("described", True)
    assert entry.about == {"body": body.pk, "fields": ["contact_mail", "name"]}
    assert "Ny Prøvekommune" in client.get("/proeve/").text
    assert "mailto:a@proeve.example" in client.get("/proeve/tilgaengelighed/").text


def test_the_statement_says_how_far_the_site_is_accessible(body, client):
    assert "har endnu ikke oplyst" in client.get("/proeve/tilgaengelighed/").text
    for compliance, words in (
        ("full", "fuldt tilgængelig"),
        ("partial", "delvist tilgængelig"),
        ("none", "ikke tilgængelig"),
    ):
        say(body, compliance=compliance)
        assert words in client.get("/proeve/tilgaengelighed/").text
    say(body, exceptions="Kort <b>uden</b> tekst")
    assert "Kort &lt;b&gt;uden&lt;/b&gt; tekst" in client.get("/proeve/tilgaengelighed/").text


def test_a_person_describes_by_a_command(body, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cli_archive, "open_archive", lambda _: None)
    logo = tmp_path / "logo.png"
    logo.write_bytes(picture())
    command = [
        "archive",
        "describe",
        "/proeve/",
        "--main",
        "#0b4f6c",
        "--logo",
        str(logo),
        "--reviewed-on",
        "2026-01-02",
    ]
    assert main(command) == 0
    row = Body.objects.get()
    assert (row.main, str(row.reviewed_on), row.logo.media_type) == ("#0b4f6c", "2026-01-02", "image/png")
    assert main(["archive", "describe", "/proeve/", "--main", "#ffffff"]) == 1
    assert "nearest that is dark enough" in capsys.readouterr().err
    assert main(["archive", "describe", "/proeve/", "--no-logo"]) == 0
    assert Body.objects.get().logo is None
