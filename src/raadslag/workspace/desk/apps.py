"""Registers the app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.desk"
    label = "desk"
