"""A log is read by operators: it tells of a fault and never of a paper."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from raadslag.archive.pages import views
from raadslag.web.logs import WithoutTexts


def test_a_fault_is_logged_by_type_and_place_without_its_words():
    try:
        raise ValueError("kanariefugl")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "It failed", (), sys.exc_info())
    line = WithoutTexts("%(message)s").format(record)
    assert line.startswith("It failed\nValueError\n")
    assert "test_logs.py" in line
    assert "kanariefugl" not in line


@pytest.mark.django_db
def test_a_fault_of_a_page_is_logged_so_and_the_visitor_sees_none_of_it(monkeypatch, client):
    def fail(*_: object, **__: object) -> None:
        raise ValueError("kanariefugl")

    ours = [h for h in logging.getLogger("django").handlers if not type(h).__module__.startswith("_pytest")]
    [handler] = ours
    log = io.StringIO()
    monkeypatch.setattr(handler, "stream", log)
    monkeypatch.setattr(views, "render", fail)
    client.raise_request_exception = False
    answer = client.get("/", {"q": "spurv"})
    assert answer.status_code == 500
    assert "kanariefugl" not in answer.content.decode()
    assert "ValueError" in log.getvalue()
    assert not any(word in log.getvalue() for word in ("kanariefugl", "spurv"))
