"""What a command is given: files that are there, and errors for those that are not."""

from __future__ import annotations

import io

import pytest

from raadslag.cli.sources import MOST, load, name_of
from raadslag.core.errors import LimitExceeded, UnreadableFile
from raadslag.core.readers.worker import Limits


def test_a_file_is_named_without_its_folders(tmp_path):
    paper = tmp_path / "referat.txt"
    paper.write_bytes(b"Referat")
    assert name_of(str(paper)) == "referat.txt"
    assert load(str(paper)) == b"Referat"


def test_a_dash_is_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Dagsorden")))
    assert name_of("-") == "-"
    assert load("-") == b"Dagsorden"


def test_a_missing_file_is_named_as_it_was_given(tmp_path):
    missing = str(tmp_path / "borte.txt")
    with pytest.raises(UnreadableFile) as error:
        load(missing)
    assert error.value.place == missing
    assert "No such file" in error.value.found


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(UnreadableFile) as error:
        load(str(tmp_path))
    assert error.value.found == "a folder"


def test_a_path_that_no_file_can_have_is_refused():
    with pytest.raises(UnreadableFile):
        load("a\0b")


def test_what_never_ends_is_refused():
    with pytest.raises(LimitExceeded):
        load("/dev/zero")


def test_as_much_is_loaded_as_a_document_may_hold():
    assert Limits().bytes == MOST
