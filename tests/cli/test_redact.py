"""`raadslag redact`: a copy without the words, or none and the reason."""

from __future__ import annotations

import pytest

from raadslag.cli import main
from raadslag.core.readers.hidden import screen
from tests.core.readers import pdfs

NUMBER = "010180-1234"


@pytest.fixture
def paper(tmp_path):
    path = tmp_path / "brev.pdf"
    path.write_bytes(pdfs.placed(pdfs.lines(f"Ansøgningen fra Ditmar Dybvad, {NUMBER}, blev drøftet.")))
    return path


def test_the_copy_holds_neither_words_nor_numbers(paper, tmp_path):
    out = tmp_path / "ud.pdf"
    assert main(["redact", str(paper), "--words", "Ditmar Dybvad", "--numbers", "-o", str(out)]) == 0
    assert screen(out.read_bytes(), name="ud.pdf") == ()
    assert b"Dybvad" not in out.read_bytes()


@pytest.mark.parametrize("words", [["--words", "Enghave"], []])
def test_where_nothing_can_be_done_nothing_is_written(paper, tmp_path, capsys, words):
    out = tmp_path / "ud.pdf"
    assert main(["redact", str(paper), *words, "-o", str(out)]) == 1
    assert str(paper) in capsys.readouterr().err
    assert not out.exists()


def test_a_place_that_cannot_be_written_to_is_told(paper, tmp_path, capsys):
    out = tmp_path / "ingen" / "ud.pdf"
    assert main(["redact", str(paper), "--numbers", "-o", str(out)]) == 1
    assert str(out) in capsys.readouterr().err
