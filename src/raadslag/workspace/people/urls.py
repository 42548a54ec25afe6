"""Addresses of people and logins."""

from django.urls import path

from raadslag.workspace.people import views

app_name = "people"
urlpatterns = [
    path("ind/<str:secret>/", views.link, name="link"),
    path("sprog/<slug:code>/", views.language, name="language"),
    path("mit/underskriftskode/", views.signing_code, name="signing-code"),
    path("personer/", views.people, name="people"),
    path("personer/<uuid:pk>/", views.person, name="person"),
    path("personer/<uuid:pk>/<slug:what>/", views.person_set, name="person-set"),
]
