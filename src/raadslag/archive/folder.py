"""The archive's data folder."""

from __future__ import annotations

from pathlib import Path

from raadslag.web import folder

ENVIRONMENT = "RAADSLAG_DATA"


def data_folder() -> Path:
    """The archive's data folder: what `RAADSLAG_DATA` names, else the user's folder for application data."""
    return folder.data_folder(ENVIRONMENT, "archive")
