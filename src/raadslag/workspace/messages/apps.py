"""Registers the app."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """See the package. Django has an app called messages, hence the label."""

    name = "raadslag.workspace.messages"
    label = "mail"
