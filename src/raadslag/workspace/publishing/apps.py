"""Registers the app and what it hears of the journal."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.publishing"

    def ready(self) -> None:
        """Listen to the agendas that go out, and let the access table find what this app holds."""
        from raadslag.workspace.publishing import agendas, subjects  # noqa: F401  # register themselves
