"""Registers the app and what it hears of the journal."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.publishing"

    def ready(self) -> None:
        """Listen to the agendas that go out."""
        from raadslag.workspace.publishing import agendas  # noqa: F401  # registers its listener
