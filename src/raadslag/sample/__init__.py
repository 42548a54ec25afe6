"""Prøvekommunen: a wholly invented municipality, as the papers it might have published.

One task committee, six meetings, two of its groups and the council that set it up and took its product.
The papers follow the layouts that Danish municipalities use, in text, HTML and PDF, as if three systems
had been in use. Every name, place and sentence was written for this project.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import NamedTuple

BODY = "Prøvekommunen"


class Paper(NamedTuple):
    """A paper of the sample: its file name and its bytes."""

    name: str
    data: bytes


def papers() -> Iterator[Paper]:
    """All papers of the sample, oldest meeting first.

    The PDFs are set by Typst when asked for, since built files are not kept; without system fonts and with
    a fixed time the same source gives the same bytes on every machine.
    """
    for source in sorted(resources.files(__name__).joinpath("papers").iterdir(), key=lambda file: file.name):
        if source.name.endswith(".typ"):
            yield Paper(source.name.removesuffix(".typ") + ".pdf", _typeset(source.read_bytes()))
        else:
            yield Paper(source.name, source.read_bytes())


def records() -> Iterator[Paper]:
    """What the committee is, and what became of what the council promised, as records: no paper tells it."""
    for source in sorted(resources.files(__name__).joinpath("records").iterdir(), key=lambda file: file.name):
        yield Paper(source.name, source.read_bytes())


def _typeset(source: bytes) -> bytes:
    import typst  # slow to load, and only the demo needs it

    return typst.compile(source, format="pdf", ignore_system_fonts=True, timestamp=0)


def lay_out(folder: Path) -> list[Path]:
    """Write the papers into `folder`, which is made if it is missing, and return their paths."""
    return _written(papers(), folder)


def lay_out_records(folder: Path) -> list[Path]:
    """Write the records into `folder`, as `lay_out` does the papers."""
    return _written(records(), folder)


def _written(some: Iterator[Paper], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for paper in some:
        path = folder / paper.name
        path.write_bytes(paper.data)
        paths.append(path)
    return paths
