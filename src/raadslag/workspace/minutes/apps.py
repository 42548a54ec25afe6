"""Registers the app."""

from django.apps import AppConfig


class MinutesConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.minutes"
    label = "minutes"
