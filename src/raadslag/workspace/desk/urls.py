"""Addresses of the composed pages."""

from django.urls import path

from raadslag.workspace.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("soeg/", views.search, name="search"),
    path("mit/", views.own, name="own"),
    path("stop/<str:token>/", views.stop_mail, name="stop-mail"),
]
