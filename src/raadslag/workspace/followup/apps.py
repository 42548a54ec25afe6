"""The app of following up."""

from django.apps import AppConfig


class Followup(AppConfig):
    """What was decided, by whom it is done, and how far it is."""

    name = "raadslag.workspace.followup"
    label = "followup"

    def ready(self) -> None:
        """Tell the access table how commitments are found, and a trace what became of its product."""
        from raadslag.workspace.followup import subjects, traced  # noqa: F401
