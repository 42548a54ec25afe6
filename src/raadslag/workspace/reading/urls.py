"""Addresses of what members read."""

from django.urls import path

from raadslag.workspace.reading import note_views, views

app_name = "reading"
_ITEM = "laes/<uuid:meeting>/punkt/<uuid:item>/"
urlpatterns = [
    path("laes/<uuid:meeting>/", views.meeting, name="meeting"),
    path("laes/<uuid:meeting>/afstemninger/", views.ballots, name="ballots"),
    path("laes/<uuid:meeting>/dagsorden.pdf", views.paper, name="paper"),
    path("laes/<uuid:meeting>/svar/", views.reply, name="reply"),
    path(_ITEM, views.item, name="item"),
    path(_ITEM + "spoerg/", views.ask, name="ask"),
    path(_ITEM + "spoergsmaal/<uuid:question>/", views.answer, name="answer"),
    path(_ITEM + "note/", views.note_item, name="note-item"),
    path(_ITEM + "bilag/<uuid:attachment>/", views.file, name="file"),
    path(_ITEM + "bilag/<uuid:attachment>/fil/", views.open_file, name="open-file"),
    path("noter/", note_views.mine, name="notes"),
    path("noter/hent/", note_views.take_home, name="notes-file"),
    path("noter/<uuid:note>/", note_views.note, name="note"),
    path("produkter/<uuid:product>/del/<uuid:element>/note/", note_views.at_part, name="note-part"),
]
