"""How often a process of the tests looks for garbage."""

from __future__ import annotations

import gc


def look_less_often() -> None:
    """Look less often, and no more among what is there now and stays to the end: modules, models, tests.

    What is left behind unclosed is still found, and fails, a little later.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
