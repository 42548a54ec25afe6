"""The archive as a Django application."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """Names the application; its models are in `archive.models`."""

    name = "raadslag.archive"
    label = "archive"
    default_auto_field = "django.db.models.BigAutoField"
