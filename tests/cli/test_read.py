"""`raadslag read`: one record a line, in order; bad files told of, and never in the way of the others."""

from __future__ import annotations

import io
import json

import pytest

from raadslag import sample
from raadslag.cli import main
from raadslag.core.record import decode, identity

pytestmark = pytest.mark.slow  # the reading takes place in processes of its own


@pytest.fixture
def papers(tmp_path):
    return sample.lay_out(tmp_path / "papers")


def lines(capsysbinary) -> list[bytes]:
    return capsysbinary.readouterr().out.splitlines()


def test_each_file_gives_one_line_in_the_order_of_the_arguments(papers, capsysbinary):
    papers.reverse()
    assert main(["read", *map(str, papers)]) == 0
    records = [decode(line) for line in lines(capsysbinary)]
    assert [record.provenance.name for record in records] == [paper.name for paper in papers]


def test_a_bad_file_is_told_of_and_the_others_go_on(papers, tmp_path, capsysbinary):
    empty, broken, missing = tmp_path / "tom.txt", tmp_path / "brudt.pdf", tmp_path / "borte.txt"
    empty.write_bytes(b"")
    broken.write_bytes(papers[0].read_bytes()[:300])
    files = [missing, papers[0], empty, tmp_path, papers[1], broken]
    assert main(["read", *map(str, files)]) == 1
    out, err = capsysbinary.readouterr()
    assert [decode(line).provenance.name for line in out.splitlines()] == [papers[0].name, papers[1].name]
    told = err.decode().splitlines()
    assert [line.split(": ")[1] for line in told] == [str(missing), str(empty), str(tmp_path), str(broken)]
    for line in told:
        assert "expected" in line
        assert "found" in line
        assert line.endswith(".")


def test_two_files_of_one_name_are_told_apart_in_errors(tmp_path, capsysbinary):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "referat.pdf").write_bytes(b"not a PDF")
    files = [str(tmp_path / folder / "referat.pdf") for folder in ("a", "b")]
    assert main(["read", *files]) == 1
    told = capsysbinary.readouterr().err.decode().splitlines()
    assert [line.split(": ")[1].split(",")[0] for line in told] == files


def test_pretty_is_the_same_record_over_many_lines(papers, capsysbinary):
    assert main(["read", str(papers[1])]) == 0
    plain = capsysbinary.readouterr().out
    assert main(["read", "--pretty", str(papers[1])]) == 0
    pretty = capsysbinary.readouterr().out
    assert json.loads(pretty) == json.loads(plain)
    assert pretty.count(b"\n") > 50
    assert "Åparken".encode() in pretty


def test_a_dash_reads_standard_input(papers, capsysbinary, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(papers[1].read_bytes())))
    assert main(["read", "-", str(papers[1])]) == 0
    given, named = map(decode, lines(capsysbinary))
    assert given.provenance.name == "-"
    assert identity(given) == identity(named)


def test_a_record_is_read_back_as_it_is(papers, tmp_path, capsysbinary):
    main(["read", str(papers[0])])
    line = capsysbinary.readouterr().out
    (tmp_path / "record.json").write_bytes(line)
    assert main(["read", str(tmp_path / "record.json")]) == 0
    assert capsysbinary.readouterr().out == line


def test_a_name_that_is_not_utf8_stops_nothing(papers, tmp_path, capsysbinary):
    odd = tmp_path / "m\udcf8de.txt"  # the file system's way to say byte F8
    try:
        odd.write_bytes(papers[1].read_bytes())
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    assert main(["read", str(odd)]) == 0
    assert decode(capsysbinary.readouterr().out).provenance.name == "m\ufffdde.txt"
    odd.write_bytes(b"")
    assert main(["read", str(odd)]) == 1
    assert rb"m\udcf8de.txt" in capsysbinary.readouterr().err


def test_reading_all_the_real_documents_gives_each_its_record(shared_data, capsysbinary):
    files = sorted((shared_data / "minutes").glob("*.txt"))
    assert main(["read", *map(str, files)]) == 0
    assert [decode(line).provenance.name for line in lines(capsysbinary)] == [file.name for file in files]
