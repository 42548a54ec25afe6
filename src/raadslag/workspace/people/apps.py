"""Registers the app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.people"
    label = "people"
