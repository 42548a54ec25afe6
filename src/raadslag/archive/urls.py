"""The public addresses: Danish from the root, English below `/en/`."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from raadslag.archive.pages import machines

handler404 = "raadslag.archive.pages.views.not_found"
urlpatterns = [
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", machines.sitemap_section, name="sitemap-part"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("intake", include("raadslag.archive.delivery.urls")),
    path("health", machines.health, name="health"),
    *i18n_patterns(path("", include("raadslag.archive.pages.urls")), prefix_default_language=False),
]
