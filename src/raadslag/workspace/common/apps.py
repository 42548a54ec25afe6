"""Registers what all apps of the workspace stand on."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Journal, access table, errors, base model."""

    name = "raadslag.workspace.common"
    label = "common"

    def ready(self) -> None:
        """Let Django's own check look at the access table."""
        from raadslag.workspace.common import checks  # noqa: F401
