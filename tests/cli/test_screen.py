"""`raadslag screen`: what was found, where and why, and never the number itself."""

from __future__ import annotations

import json

from raadslag import sample
from raadslag.cli import main

NUMBER = "010180-1234"


def planted(folder):
    paper = folder / "brev.txt"
    paper.write_text(f"Referat\n\nAnsøgningen fra {NUMBER} blev drøftet.\n", encoding="utf-8")
    return str(paper)


def test_the_sample_holds_nothing_that_may_not_be_shown(tmp_path, capsys):
    papers = list(map(str, sample.lay_out(tmp_path)))
    assert main(["screen", *papers]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{paper}: nothing found" for paper in papers]


def test_a_hit_is_shown_with_its_place_and_reason_and_masked(tmp_path, capsys):
    paper = planted(tmp_path)
    assert main(["screen", paper]) == 1
    first, place, excerpt = capsys.readouterr().out.splitlines()
    assert first == f"{paper}: 1 hit"
    assert "identification number" in place
    assert "Ansøgningen fra" in excerpt
    assert NUMBER[:6] not in first + place + excerpt
    assert NUMBER[7:] not in excerpt


def test_json_tells_programs_the_same(tmp_path, capsys):
    paper = planted(tmp_path)
    assert main(["screen", "--json", paper]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["file"] == paper
    [hit] = found["hits"]
    assert hit["rule"] == "cpr"
    assert set(hit) == {"rule", "place", "reason", "excerpt"}


def test_what_cannot_be_screened_is_worse_than_a_hit(tmp_path, capsys):
    missing = str(tmp_path / "borte.pdf")
    assert main(["screen", missing, planted(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert missing in err
    assert "1 hit" in out
