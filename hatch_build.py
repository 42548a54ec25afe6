"""Builds no wheel that lacks what is made rather than written: styles, translations and typefaces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MADE = ("web/static/dist/site.css", "web/locale/da/LC_MESSAGES/django.mo", "core/writers/fonts")


class MadeFilesAreThere(BuildHookInterface):
    """Stops a build in a clone that has not been set up; an editable install needs none of it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises FileNotFoundError, with the remedy, for the first thing that is missing."""
        if version == "editable":
            return
        for name in MADE:
            if not (Path(self.root) / "src" / "raadslag" / name).exists():
                raise FileNotFoundError(f"src/raadslag/{name} has not been made yet. Run make setup first.")
