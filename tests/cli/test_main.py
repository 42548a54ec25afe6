"""The command itself: help, version, quiet endings, and no framework where none is needed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from raadslag import __version__
from raadslag.cli import main

COMMAND = [sys.executable, "-m", "raadslag.cli"]
PAPER = """\
Referat af møde i Legepladsudvalget

Mødetidspunkt 04-06-2019 16:00

1 (Åben) Gynger

Beslutninger:

Godkendt.
"""


def test_without_a_command_it_says_what_there_is(capsys):
    assert main([]) == 2
    told = capsys.readouterr().err
    for command in ("read", "write", "screen", "archive", "demo", "workspace", "journal", "serve"):
        assert f"\n    {command}" in told


def test_it_tells_its_version(capsys):
    with pytest.raises(SystemExit) as ending:
        main(["--version"])
    assert ending.value.code == 0
    assert capsys.readouterr().out == f"raadslag {__version__}\n"


@pytest.mark.parametrize("command", ["read", "write", "screen", "archive", "demo", "workspace", "journal", "serve"])
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ending:
        main([command, "--help"])
    assert ending.value.code == 0
    assert len(capsys.readouterr().out.splitlines()) > 4


def test_an_unknown_command_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as ending:
        main(["raed"])
    assert ending.value.code == 2
    assert "raed" in capsys.readouterr().err


def test_reading_loads_no_framework_and_no_index(tmp_path):
    paper = tmp_path / "referat.txt"
    paper.write_text(PAPER, encoding="utf-8")
    code = (
        "import sys; from raadslag.cli import main; status = main(sys.argv[1:]);"
        "heavy = {'django', 'tantivy', 'uvicorn', 'raadslag.sample'} & set(sys.modules);"
        "sys.exit(f'{heavy}' if heavy else status)"
    )
    done = subprocess.run([sys.executable, "-c", code, "read", str(paper)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    papers = []
    for number in range(30):
        paper = tmp_path / f"{number}.txt"
        paper.write_text(PAPER + "Mere tekst om gynger.\n" * 500, encoding="utf-8")
        papers.append(str(paper))
    with subprocess.Popen([*COMMAND, "read", *papers], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_interrupting_it_is_quiet():
    pipe = subprocess.PIPE
    # A shell that runs the tests in the background has told them, and so what they start, to ignore the signal.
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen([*COMMAND, "read", "-"], stdin=pipe, stdout=pipe, stderr=pipe, preexec_fn=heeding)
    _wait_until_it_reads(process.pid)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (130, b"", b"")


def _wait_until_it_reads(pid: int) -> None:
    """Until Python is up and sleeps in its read of standard input."""
    channel = Path(f"/proc/{pid}/wchan")
    if not channel.exists() or os.name != "posix":
        pytest.skip("needs /proc to see what a process waits for")
    for _ in range(200):
        if "pipe" in channel.read_text():
            return
        time.sleep(0.05)
    pytest.fail("the command never came to read standard input")
