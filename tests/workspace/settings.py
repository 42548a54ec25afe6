"""The workspace's settings with a data folder of this test run's own; PostgreSQL where `DATABASE_URL` names one."""

import os
import tempfile

_data = tempfile.TemporaryDirectory(prefix="raadslag-test-")
os.environ["RAADSLAG_WORKSPACE"] = _data.name
os.environ["RAADSLAG_WORKSPACE_DATABASE"] = os.environ.get("DATABASE_URL", "")
os.environ["RAADSLAG_WORKSPACE_ADDRESS"] = "http://testserver"
os.environ["RAADSLAG_MAIL_FROM"] = "raadslag@proeve.example"

from raadslag.workspace.settings import *  # noqa: E402, F403

if not os.environ["RAADSLAG_WORKSPACE_DATABASE"]:  # in a file, as it is run: threads meet each other as they do there
    DATABASES["default"]["TEST"] = {"NAME": f"{_data.name}/test.sqlite3"}  # noqa: F405
