"""Registers the app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.cases"
    label = "cases"

    def ready(self) -> None:
        """Let the access table find what this app holds."""
        from raadslag.workspace.cases import subjects  # noqa: F401
