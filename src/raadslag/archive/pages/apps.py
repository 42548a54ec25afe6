"""The public pages as a Django application."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Names the application; it has no models of its own."""

    name = "raadslag.archive.pages"
    label = "pages"
