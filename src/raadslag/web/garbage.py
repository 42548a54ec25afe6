"""How often a process looks for memory that nothing uses any more."""

from __future__ import annotations

import gc

BESIDE_REQUESTS, BETWEEN_FILES = 5_000, 50_000
"""So many new objects between two looks. Most of a request's hold each other, and a look stops all that is answered
meanwhile: for a hundredth of a second, not for a tenth. Few of a long command's do, and a look costs more than it
finds."""


def look_less_often(each: int) -> None:
    """Look at each so many new objects, and no more among what is there now and stays to the end, as modules and models
    do: to go through all of that takes a tenth of a second, again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(each, 20, 20)
