"""Registers the app and what it hears of the journal."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.publishing"

    def ready(self) -> None:
        """Listen to the agendas that go out, let the access table find what this app holds, and tell what it knows to
        who closes a committee or takes its papers home."""
        from raadslag.workspace.publishing import agendas, closing, exporting, subjects  # noqa: F401  # register themselves
