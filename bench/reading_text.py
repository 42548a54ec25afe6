"""Text documents as records: at least 300 a second on one core."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import raadslag.sample
from bench.content import SHARED
from bench.measure import ONE_CORE, Line, quickest
from raadslag.core import read


def papers() -> Iterator[tuple[str, list[bytes]]]:
    """The sample municipality's papers in text, and the real ones where they are."""
    folders = {
        "sample papers": Path(raadslag.sample.__file__).parent / "papers",
        "real papers": SHARED / "minutes",
    }
    for name, folder in folders.items():
        if documents := [path.read_bytes() for path in sorted(folder.glob("*.txt"))]:
            yield name, documents


def lines() -> Iterator[Line]:
    """All documents of a folder, read whole, against merely decoding and splitting them."""
    for name, documents in papers():
        ours, beside = quickest(
            lambda documents=documents: [read(data) for data in documents],
            lambda documents=documents: [data.decode().splitlines() for data in documents],
            rounds=15,
            clock=ONE_CORE,
        )
        yield Line(
            name=f"reading text, {len(documents)} {name}",
            ours=ours,
            beside_name="decode and split lines",
            beside=beside,
            bar="≥ 300 documents/s",
            holds=len(documents) / ours >= 300,
            amount=len(documents),
        )
