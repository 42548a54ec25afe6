"""Registers the app."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """See the package. Django has an app called messages, hence the label."""

    name = "raadslag.workspace.messages"
    label = "mail"

    def ready(self) -> None:
        """Connect what listens to the journal."""
        from raadslag.workspace.messages import listeners  # noqa: F401
