"""Addresses of committees."""

from django.urls import path

from raadslag.workspace.bodies import views

app_name = "bodies"
urlpatterns = [
    path("start/", views.first_run, name="first-run"),
    path("udvalg/", views.organizations, name="organizations"),
    path("udvalg/nyt/", views.found, name="found"),
    path("valgperioder/", views.terms, name="terms"),
    path("udvalg/<uuid:organization>/", views.organization, name="organization"),
    path("udvalg/<uuid:organization>/kommissorium/", views.mandate, name="mandate"),
    path("udvalg/<uuid:organization>/medlemmer/", views.appoint, name="appoint"),
    path("udvalg/<uuid:organization>/medlemmer/<uuid:membership>/slut/", views.end_membership, name="end-membership"),
    path("udvalg/<uuid:organization>/regler/", views.policies, name="policies"),
    path("udvalg/<uuid:organization>/regler/<str:name>/", views.policy, name="policy"),
]
