"""Addresses of evaluating and closing a committee."""

from django.urls import path

from raadslag.workspace.closing import views

app_name = "closing"
_EVALUATION = "udvalg/<uuid:organization>/evaluering/"
_CLOSING = "udvalg/<uuid:organization>/afslutning/"
urlpatterns = [
    path(_CLOSING, views.committee, name="committee"),
    path(_CLOSING + "afslut/", views.close_committee, name="close"),
    path(_CLOSING + "genaabn/", views.reopen_committee, name="reopen"),
    path(_CLOSING + "gruppe/<uuid:group>/slut/", views.end_group, name="end-group"),
    path(_CLOSING + "hent/", views.export, name="export"),
    path(_EVALUATION, views.evaluation, name="evaluation"),
    path(_EVALUATION + "spoergsmaal/", views.write, name="evaluation-write"),
    path(_EVALUATION + "aabn/", views.open_, name="evaluation-open"),
    path(_EVALUATION + "svar/", views.answer, name="evaluation-answer"),
    path(_EVALUATION + "luk/", views.close, name="evaluation-close"),
    path(_EVALUATION + "opgiv/", views.give_up, name="evaluation-give-up"),
    path(_EVALUATION + "<int:number>.svg", views.chart, name="evaluation-chart"),
]
