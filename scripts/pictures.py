"""Take the pictures of the README and the guide: the sample municipality on a phone and on a wide screen.

Starts the demo in a folder of its own on loopback and writes PNG files to `docs/pictures`. Nothing but the
invented sample is ever shown.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from shutil import which

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
WIDTHS = {"-phone": 390, "": 1280}  # what the file is called after the page, and pixels
TALLEST = 1600  # pixels: what a reader of the README sees before losing interest
COLOURS = 128

FIFTH = "/proeve/moede/2018-04-09-opgaveudvalget-trygge-boligomraader/"
PAGES = {
    "front": "/proeve/",
    "organization": "/proeve/udvalg/opgaveudvalget-trygge-boligomraader/",
    "meeting": FIFTH,
    "item": f"{FIFTH}punkt/1/",
    "search": "/proeve/soeg/?q=ensomhed",
}


@contextmanager
def demo(folder: str) -> Iterator[str]:
    """The demo with its data in `folder`, until the block ends; gives its address."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    command = [sys.executable, "-m", "raadslag.cli", "demo", "--data", folder, "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + 120
            while not _answers(f"{address}/om/"):
                assert server.poll() is None, "the demo ended before it answered"
                assert time.monotonic() < deadline, "the demo did not answer within two minutes"
                time.sleep(0.2)
            yield address
        finally:
            server.terminate()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310  # our own demo on loopback
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def take(page: Page, path: Path) -> None:
    """The page from its top as a PNG of few colours, which is what flat colours and letters need."""
    picture = Image.open(BytesIO(page.screenshot(full_page=True)))
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    picture.quantize(COLOURS).save(path, optimize=True)


def main() -> int:
    """Take all pictures; 1 where a page is not there."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    missing = []
    chromium = next(filter(None, map(which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with (
        tempfile.TemporaryDirectory(prefix="raadslag-pictures-") as folder,
        demo(folder) as address,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]) as browser,
    ):
        for suffix, width in WIDTHS.items():
            page = browser.new_page(viewport={"width": width, "height": 900}, locale="da-DK", reduced_motion="reduce")
            for name, path in PAGES.items():
                response = page.goto(address + path, wait_until="networkidle")
                if response is None or not response.ok:
                    missing.append(path)
                    continue
                if path == FIFTH:
                    page.locator(".r-item summary").first.click()
                take(page, PICTURES / f"{name}{suffix}.png")
    for path in missing:
        print(f"not there: {path}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
