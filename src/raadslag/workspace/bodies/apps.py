"""Registers the app."""

from django.apps import AppConfig


class BodiesConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.bodies"
    label = "bodies"

    def ready(self) -> None:
        """Let the access table find what this app holds."""
        from raadslag.workspace.bodies import subjects  # noqa: F401
