"""The app of closing."""

from django.apps import AppConfig


class Closing(AppConfig):
    """The evaluation of a committee's work, what stands open before it is closed, and the export of all of it."""

    name = "raadslag.workspace.closing"
    label = "closing"

    def ready(self) -> None:
        """Tell the access table how evaluations are found, and who has notes that the committee is closed."""
        from raadslag.workspace.closing import listeners, subjects  # noqa: F401
