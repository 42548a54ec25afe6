"""Registers the app."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """See the package."""

    name = "raadslag.workspace.files"
    label = "files"
