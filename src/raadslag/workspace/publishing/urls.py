"""Addresses of what may be public."""

from django.urls import path

from raadslag.workspace.publishing import views

app_name = "publishing"
_ONE = "publicering/<uuid:meeting>/"
urlpatterns = [
    path(_ONE, views.page, name="page"),
    path(_ONE + "alt/", views.shown, name="shown"),
    path(_ONE + "referat/", views.release, name="release"),
    path(_ONE + "dagsorden/", views.release_agenda, name="release-agenda"),
    path(_ONE + "fund/", views.see, name="see"),
    path(_ONE + "traek-tilbage/<uuid:release>/", views.withdraw, name="withdraw"),
    path(_ONE + "punkt/<uuid:item>/", views.face, name="face"),
]
