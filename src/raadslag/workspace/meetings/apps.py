"""Registers the app."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.meetings"
    label = "meetings"

    def ready(self) -> None:
        """Let the access table find what this app holds."""
        from raadslag.workspace.meetings import subjects  # noqa: F401
