"""Addresses of meetings and agendas."""

from django.urls import path

from raadslag.workspace.meetings import views

app_name = "meetings"
_ONE = "moeder/<uuid:meeting>/"
urlpatterns = [
    path("moeder/", views.meetings, name="meetings"),
    path("moeder.ics", views.calendar_file, name="calendar"),
    path("svar-uden-plads/", views.unmatched, name="unmatched"),
    path("udvalg/<uuid:organization>/moeder/nyt/", views.new, name="new"),
    path("udvalg/<uuid:organization>/moeder/aar/", views.year, name="year"),
    path(_ONE, views.meeting, name="meeting"),
    path(_ONE + "indkald/", views.call, name="call"),
    path(_ONE + "flyt/", views.change, name="change"),
    path(_ONE + "aflys/", views.cancel, name="cancel"),
    path(_ONE + "suppleant/<uuid:invitation>/", views.substitute, name="substitute"),
    path(_ONE + "svar/<uuid:invitation>/", views.answer_for, name="answer-for"),
    path(_ONE + "dagsorden/", views.agenda, name="agenda"),
    path(_ONE + "dagsorden/nyt/", views.add, name="add"),
    path(_ONE + "dagsorden/vis/", views.preview, name="preview"),
    path(_ONE + "dagsorden/formand/", views.to_chair, name="to-chair"),
    path(_ONE + "dagsorden/udsend/", views.send, name="send"),
    path(_ONE + "dagsorden/<uuid:item>/", views.item, name="item"),
    path(_ONE + "dagsorden/<uuid:item>/flyt/", views.item_move, name="item-move"),
]
