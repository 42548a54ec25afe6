"""The app of deliberation."""

from django.apps import AppConfig


class Deliberation(AppConfig):
    """What is said of a product, and what it stands on."""

    name = "raadslag.workspace.deliberation"
    label = "deliberation"

    def ready(self) -> None:
        """Tell the access table how comments, notes and gaps are found, and a product what it leans on."""
        from raadslag.workspace.deliberation import ground, subjects  # noqa: F401
        from raadslag.workspace.deliberation.sessions import shown  # noqa: F401
        from raadslag.workspace.deliberation.sessions import subjects as of_sessions  # noqa: F401
