"""Registers the app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.people"
    label = "people"

    def ready(self) -> None:
        """A factor that is added or removed changes the level of the login: connect what listens."""
        from raadslag.workspace.people import login  # noqa: F401
