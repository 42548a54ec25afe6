"""write: one door to every format."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from raadslag.core.errors import UnknownFormat
from raadslag.core.record import Meeting, Withdrawal, decode, encode
from raadslag.core.writers import FORMATS, write
from tests.strategies import records


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(records())
def test_json_gives_any_record_back_whole(record):
    assert decode(write(record, "json")) == record
    assert write(record, "json") == encode(record)


@pytest.mark.parametrize("to", ["odt", "oparl", "", "HTML"])
def test_an_unknown_format_names_those_that_are_known(to):
    with pytest.raises(UnknownFormat) as error:
        write(Meeting(), to)
    assert error.value.expected == "one of json, html, pdf, docx, text"
    assert error.value.remedy


@pytest.mark.parametrize("to", [to for to in FORMATS if to != "json"])
def test_only_a_meeting_is_a_paper(to):
    with pytest.raises(UnknownFormat, match="Only a meeting or a product is written as a paper; choose json"):
        write(Withdrawal(sha256="0" * 64, withdrawn="2026-01-01T12:00", ground="Databeskyttelse"), to)


def test_an_unknown_language_names_those_that_are_known():
    with pytest.raises(UnknownFormat, match="da or en"):
        write(Meeting(), "html", language="../da")
