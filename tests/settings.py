"""The archive's settings with a data folder of this test run's own, gone when the run ends."""

import os
import tempfile

_data = tempfile.TemporaryDirectory(prefix="raadslag-test-")
os.environ["RAADSLAG_DATA"] = _data.name

from raadslag.archive.settings import *  # noqa: E402, F403
