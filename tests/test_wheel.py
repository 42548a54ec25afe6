"""The wheel stands alone: without the repository, without Node, it shows the sample municipality."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120  # seconds for a first start: migrations, the sample papers, the search index


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this repository."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("raadslag-*.whl"))


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder with the wheel installed alone in `venv`, and an environment in which nothing else is found."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv = folder / "venv"
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", venv / "bin" / "python"]
    subprocess.run([*install, "--require-hashes", "-r", ROOT / "requirements" / "runtime.txt"], check=True)
    subprocess.run([*install, "--no-deps", "--no-index", wheel], check=True)
    return folder, {"PATH": str(venv / "bin"), "HOME": str(folder), "LANG": "C.UTF-8"}


def run(elsewhere: tuple[Path, dict[str, str]], *arguments: str, given: str | None = None) -> str:
    """What a command of the installed wheel prints."""
    folder, environment = elsewhere
    command = [folder / "venv" / "bin" / "raadslag", *arguments]
    done = subprocess.run(
        command, env=environment, cwd=folder, input=given, check=True, capture_output=True, text=True, timeout=PATIENCE
    )
    return done.stdout


@pytest.fixture(scope="module")
def demo(elsewhere: tuple[Path, dict[str, str]]) -> Iterator[str]:
    """The address of a running `raadslag demo`, which ends as a person ends it: by Ctrl-C."""
    folder, environment = elsewhere
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    output = folder / "demo.txt"
    command = [folder / "venv" / "bin" / "raadslag", "demo", "--data", folder / "data", "--port", str(port)]
    with output.open("w") as told:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=told, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + PATIENCE
        while not _answers(address):
            assert process.poll() is None, f"the demo ended by itself:\n{output.read_text()}"
            assert time.monotonic() < until, f"the demo did not start:\n{output.read_text()}"
            time.sleep(0.2)
        yield address
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGINT)
        process.wait(timeout=30)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=30).close()  # noqa: S310
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


def page(address: str) -> str:
    """The text of a page of the demo."""
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310
        assert answer.status == 200
        return answer.read().decode()


def test_the_wheel_holds_what_is_built_and_nothing_of_the_workshop(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "raadslag/web/static/dist/site.css" in names
    assert "raadslag/web/locale/da/LC_MESSAGES/django.mo" in names
    assert "raadslag/core/writers/fonts/IBMPlexSans-Regular.ttf" in names
    assert "raadslag/core/readers/vocabulary/da.toml" in names
    assert any(name.startswith("raadslag/sample/papers/") for name in names)
    assert {name.split("/")[0] for name in names} == {"raadslag", f"{wheel.stem.split('-py3')[0]}.dist-info"}


def test_the_demo_shows_the_sample_in_danish_and_english(demo: str) -> None:
    danish, english = page(f"{demo}/"), page(f"{demo}/en/")
    assert '<html lang="da"' in danish
    assert '<html lang="en"' in english
    assert "Prøvekommunen" in danish
    assert "Prøvekommunen" in english


def test_the_demo_brings_its_own_look(demo: str) -> None:
    styles = page(f"{demo}/static/dist/site.css")
    assert "IBM Plex Sans" in styles


def test_the_demo_finds_what_stands_in_its_papers(demo: str) -> None:
    assert "<mark" in page(f"{demo}/soeg?q=ensomhed")


def test_the_installed_command_reads_and_writes(elsewhere: tuple[Path, dict[str, str]]) -> None:
    folder, _ = elsewhere
    paper = "Prøvekommunen\nUdvalget for det nære\nReferat\nMandag den 9. april 2018 kl. 17.00\n\n1. Fælles haver\n"
    (folder / "referat.txt").write_text(paper)
    record = run(elsewhere, "read", "referat.txt")
    (folder / "referat.json").write_text(record)
    run(elsewhere, "write", "referat.json", "--to", "pdf", "-o", "referat.pdf")
    assert (folder / "referat.pdf").read_bytes().startswith(b"%PDF-")
    assert '"start":"2018-04-09T17:00"' in record
