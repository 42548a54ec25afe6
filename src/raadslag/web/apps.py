"""The shared look as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Names the application; it has no models."""

    name = "raadslag.web"
    label = "web"
