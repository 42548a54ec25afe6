"""The public addresses: Danish from the root, English below `/en/`."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

handler404 = "raadslag.archive.pages.views.not_found"
urlpatterns = i18n_patterns(path("", include("raadslag.archive.pages.urls")), prefix_default_language=False)
