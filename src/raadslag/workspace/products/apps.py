"""The app of products."""

from django.apps import AppConfig


class Products(AppConfig):
    """Products."""

    name = "raadslag.workspace.products"
    label = "products"

    def ready(self) -> None:
        """Tell the access table how products are found."""
        from raadslag.workspace.products import subjects  # noqa: F401
