"""Addresses of the intake. They are no part of the public site."""

from django.urls import path, register_converter

from raadslag.archive.delivery import views
from raadslag.archive.pages.converters import Sha256

register_converter(Sha256, "delivered")

app_name = "delivery"
urlpatterns = [
    path("", views.deliver, name="deliver"),
    path("/files/<delivered:sha256>", views.file, name="file"),
    path("/receipts/<delivered:identity>", views.receipt, name="receipt"),
    path("/served/<delivered:sha256>", views.served, name="served"),
]
