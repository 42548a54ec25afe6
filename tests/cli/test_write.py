"""`raadslag write`: a record on the command line becomes a document that is read back."""

from __future__ import annotations

import io

import pytest
from msgspec.structs import replace

from raadslag import sample
from raadslag.cli import main
from raadslag.cli.write import FORMATS
from raadslag.core import writers
from raadslag.core.readers import read_bytes
from raadslag.core.record import Element, Product, encode


@pytest.fixture
def record():
    paper = next(paper for paper in sample.papers() if paper.name.endswith(".txt"))
    return read_bytes(paper.data, paper.name)


@pytest.fixture
def file(record, tmp_path):
    path = tmp_path / "record.json"
    path.write_bytes(encode(record) + b"\n")
    return str(path)


def test_it_offers_what_there_are_writers_for():
    assert set(FORMATS) == set(writers.FORMATS)


@pytest.mark.parametrize("to", FORMATS)
def test_what_is_written_is_what_the_writer_gives(to, file, record, tmp_path):
    out = tmp_path / f"referat.{to}"
    assert main(["write", file, "--to", to, "-o", str(out)]) == 0
    assert out.read_bytes() == writers.write(record, to)


def test_dashes_stand_for_standard_input_and_output(record, capsysbinary, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(encode(record))))
    assert main(["write", "-", "--to", "html", "-o", "-"]) == 0
    assert capsysbinary.readouterr().out == writers.write(record, "html")


def test_a_record_that_is_none_is_refused_and_nothing_written(tmp_path, capsys):
    broken, out = tmp_path / "record.json", tmp_path / "out.html"
    broken.write_text('{"schema": "raadslag/9", "type": "meeting"}')
    assert main(["write", str(broken), "--to", "html", "-o", str(out)]) == 1
    assert str(broken) in capsys.readouterr().err
    assert not out.exists()


def test_a_place_that_cannot_be_written_to_is_named(file, tmp_path, capsys):
    out = tmp_path / "no such folder" / "out.json"
    assert main(["write", file, "--to", "json", "-o", str(out)]) == 1
    assert str(out) in capsys.readouterr().err


def test_an_unknown_format_is_wrong_usage(file, capsys):
    with pytest.raises(SystemExit) as ending:
        main(["write", file, "--to", "rtf", "-o", "-"])
    assert ending.value.code == 2
    assert "pdf" in capsys.readouterr().err


def test_a_product_is_a_paper_too_alone_or_beside_an_older_version(file, tmp_path, capsys):
    part = Element(id="a", kind="text", number="1", title="Lys", text="Der skal være godt lys på stierne.")
    old = Product(title="Trygge boligområder", version="v0.1", frozen="2018-03-22T10:00", elements=(part,))
    new = replace(
        old, version="v0.2", elements=(replace(part, text="Der skal være godt lys på stierne hele vinteren."),)
    )
    for name, one in (("old", old), ("new", new)):
        (tmp_path / f"{name}.json").write_bytes(encode(one))
    out, before, after = tmp_path / "out", str(tmp_path / "old.json"), str(tmp_path / "new.json")
    for to in ("html", "pdf", "docx", "text"):
        assert main(["write", after, "--to", to, "-o", str(out)]) == 0
        assert out.read_bytes() == writers.write(new, to)
    assert main(["write", after, "--since", before, "--to", "text", "-o", str(out)]) == 0
    assert "Der skal være godt lys på stierne [nyt: hele vinteren]." in out.read_text()
    assert main(["write", after, "--form", "answers", "--to", "text", "-o", str(out)]) == 1
    assert main(["write", file, "--form", "clean", "--to", "text", "-o", str(out)]) == 1
    assert "the record of a product" in capsys.readouterr().err
