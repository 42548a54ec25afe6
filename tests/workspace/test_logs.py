"""A request that fails is told by its route, a status and a number; no word that it brought is in the log (I15)."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from raadslag.core.errors import RaadslagError
from raadslag.web import logs
from raadslag.workspace.cases import views as cases
from raadslag.workspace.people import views as people

from .conftest import World

pytestmark = pytest.mark.django_db
CANARY = "KANARIEFUGL"
LOGGERS = ("", "django", logs.REQUESTS)


@pytest.fixture(params=["json", ""])
def written(request: Any) -> Iterator[io.StringIO]:
    """What is logged, in each form, from the least level on."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines() if request.param else logs.WithoutTexts("%(name)s %(message)s"))
    handler.form = request.param  # type: ignore[attr-defined]
    known = {name: logging.getLogger(name) for name in LOGGERS}
    before = {name: one.level for name, one in known.items()}
    for name in ("", "django"):
        known[name].addHandler(handler)
    for one in known.values():
        one.setLevel(logging.DEBUG if request.param else logging.INFO)
    stream.form = request.param  # type: ignore[attr-defined]
    yield stream
    for name, one in known.items():
        one.removeHandler(handler)
        one.setLevel(before[name])


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def fails(*_: Any, **__: Any) -> Any:
    raise ValueError(CANARY)


@pytest.fixture
def failing(world: World, browser_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Asks for a page that fails, with a canary in everything that a request can bring."""
    person = world["case_worker"].person
    person.name, person.email = CANARY, f"{CANARY}@example.org"
    person.save()
    browser = browser_of("case_worker")
    browser.raise_request_exception = False
    monkeypatch.setattr(cases, "redirect", fails)

    def ask() -> Any:
        return browser.post(
            reverse("cases:new", args=[world.committee.pk]) + f"?q={CANARY}",
            {"title": CANARY, "once": CANARY, "file": SimpleUploadedFile(f"{CANARY}.txt", CANARY.encode())},
            HTTP_USER_AGENT=CANARY, HTTP_REFERER=f"http://testserver/{CANARY}", HTTP_X_FORWARDED_FOR=CANARY,
            HTTP_COOKIE=f"{browser.cookies.output(header='', sep=';')}; other={CANARY}", HTTP_ACCEPT_LANGUAGE=CANARY,
        )  # fmt: skip

    return ask


def test_a_request_that_fails_is_told_without_a_word_of_it(failing: Any, written: Any) -> None:
    answer = failing()
    assert answer.status_code == 500
    assert CANARY not in answer.content.decode()
    assert CANARY not in written.getvalue()
    assert "ValueError" in written.getvalue()
    if not written.form:
        assert "Answered 500 at cases:new, reference" in written.getvalue()
        return
    told = lines(written)
    [fault] = [one for one in told if one.get("fault") == "ValueError"]
    [answered] = [one for one in told if one["logger"] == logs.REQUESTS]
    assert (answered["route"], answered["status"], answered["level"]) == ("cases:new", 500, "error")
    assert set(answered) == {"at", "level", "logger", "route", "status", "ms", "reference"}
    assert (fault["reference"], fault["route"], fault["status"]) == (answered["reference"], "cases:new", 500)
    assert any("test_logs.py" in line for line in fault["passed"])
    assert answered["reference"] in answer.content.decode()
    assert answered["ms"] >= 0


def test_an_address_that_logs_in_is_never_written_down(world: World, written: Any, monkeypatch: Any) -> None:
    client = Client(raise_request_exception=False)
    assert client.get(f"/{CANARY}/").status_code == 404
    client.get(f"/ind/{CANARY}/")
    monkeypatch.setattr(people, "render", fails)
    assert client.get(f"/ind/{CANARY}/?x={CANARY}").status_code == 500
    client.get("/", HTTP_HOST=f"{CANARY.lower()}.example")
    assert CANARY.lower() not in written.getvalue().lower()


def test_what_others_log_is_told_by_its_place(written: Any) -> None:
    logging.getLogger("somebody").warning(f"{CANARY} was here")
    logging.getLogger("somebody").warning("%s was here", CANARY)
    logging.getLogger("raadslag.somewhere").warning("%s of ours", 3)
    if written.form:
        others = [one for one in lines(written) if one["logger"] == "somebody"]
        assert all(one["place"].startswith("tests/workspace/test_logs.py:") for one in others)
        assert all(set(one) == {"at", "level", "logger", "place"} for one in others)
        assert lines(written)[-1]["message"] == "3 of ours"


def test_a_silent_database_has_its_number_on_the_page(world: World, monkeypatch: Any, written: Any) -> None:
    def silent(*_: Any, **__: Any) -> Any:
        raise OperationalError(CANARY)

    monkeypatch.setattr("raadslag.workspace.common.journal.head", silent)
    answer = Client().get("/health")
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "<b>" in page
    assert CANARY not in page + written.getvalue()
    if written.form:
        assert lines(written)[-1]["reference"] in page


def test_what_is_well_has_a_line_too_and_a_number_of_its_own(world: World, written: Any) -> None:
    for _ in range(2):
        assert Client().get("/health").status_code == 200
    if written.form:
        one, other = (line for line in lines(written) if line["logger"] == logs.REQUESTS)
        assert (one["route"], one["level"], one["status"]) == ("health", "info", 200)
        assert one["reference"] != other["reference"]


def test_the_page_of_a_bad_request_has_its_number(world: World) -> None:
    answer = Client().get("/", HTTP_HOST="other.example")
    assert answer.status_code == 400
    assert "<b>" in answer.content.decode()


def test_plain_lines_tell_of_no_request_and_another_word_is_refused() -> None:
    assert logs.configuration("")["loggers"][logs.REQUESTS]["level"] == "CRITICAL"
    assert logs.configuration("json")["loggers"][logs.REQUESTS]["level"] == "INFO"
    with pytest.raises(RaadslagError, match="RAADSLAG_LOG"):
        logs.configuration("yaml")
