"""Addresses of what follows a decision."""

from django.urls import path

from raadslag.workspace.followup import views

app_name = "followup"
_ONE = "opfoelgning/<uuid:commitment>/"
urlpatterns = [
    path("produkter/<uuid:product>/<label:label>/overdrag/", views.hand_over, name="hand-over"),
    path("opfoelgning/", views.commitments, name="commitments"),
    path("opfoelgning/<uuid:meeting>/<uuid:item>/nyt/", views.commit, name="commit"),
    path(_ONE, views.commitment, name="commitment"),
    path(_ONE + "ret/", views.reword, name="reword"),
    path(_ONE + "opdater/", views.report, name="report"),
]
