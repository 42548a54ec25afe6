"""Registers the app."""

from django.apps import AppConfig


class ReadingConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.reading"
    label = "reading"
