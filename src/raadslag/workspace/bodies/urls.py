"""Addresses of committees."""

from django.urls import path

from raadslag.workspace.bodies import recruiting_views as recruiting
from raadslag.workspace.bodies import views

app_name = "bodies"
_CALLS = "udvalg/<uuid:organization>/borgere/"
_CALL = _CALLS + "<uuid:call>/"
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
    path(_CALLS, recruiting.calls, name="calls"),
    path(_CALLS + "nyt/", recruiting.call_new, name="call-new"),
    path(_CALL, recruiting.call, name="call"),
    path(_CALL + "ret/", recruiting.call_set, name="call-set"),
    path(_CALL + "ansoegning/", recruiting.apply, name="apply"),
    path(_CALL + "ansoegning/<uuid:application>/", recruiting.application, name="application"),
    path(_CALL + "ansoegning/<uuid:application>/saet/", recruiting.application_set, name="application-set"),
    path(_CALL + "indstilling/", recruiting.nomination, name="nomination"),
    path(_CALL + "beslutning/", recruiting.decide, name="decide"),
    path(_CALL + "slet/", recruiting.forget, name="forget"),
]
