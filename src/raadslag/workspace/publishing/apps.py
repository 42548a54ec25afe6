"""Registers the app and what it hears of the journal."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.publishing"

    def ready(self) -> None:
        """Listen to the agendas that go out, let the access table find what this app holds, and look at what is not let
        out before a committee is closed."""
        from raadslag.workspace.publishing import agendas, closing, subjects  # noqa: F401  # register themselves
