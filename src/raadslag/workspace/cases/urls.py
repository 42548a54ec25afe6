"""Addresses of cases."""

from django.urls import path

from raadslag.workspace.cases import views

app_name = "cases"
urlpatterns = [
    path("sager/", views.cases, name="cases"),
    path("udvalg/<uuid:organization>/sager/ny/", views.new, name="new"),
    path("sager/<uuid:case>/", views.case, name="case"),
    path("sager/<uuid:case>/ret/", views.edit, name="edit"),
    path("sager/<uuid:case>/til/<slug:state>/", views.move, name="move"),
    path("sager/<uuid:case>/udgaver/<int:number>/", views.version, name="version"),
    path("sager/<uuid:case>/bilag/", views.attach, name="attach"),
    path("sager/<uuid:case>/bilag/del/", views.piece, name="piece"),
    path("sager/<uuid:case>/bilag/<uuid:attachment>/udgaver/", views.attachment_versions, name="attachment-versions"),
    path("sager/<uuid:case>/bilag/<uuid:attachment>/", views.attachment, name="attachment"),
    path("sager/<uuid:case>/bilag/<uuid:attachment>/ret/", views.attachment_set, name="attachment-set"),
    path("sager/<uuid:case>/habilitet/", views.bar, name="bar"),
]
