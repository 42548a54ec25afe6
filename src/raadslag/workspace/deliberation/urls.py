"""Addresses of comments on a product, its fact notes and evidence gaps."""

from django.urls import path

from raadslag.workspace.deliberation import views

app_name = "deliberation"
_ONE = "produkter/<uuid:product>/"
_NOTE = _ONE + "viden/notat/<uuid:note>/"
_GAP = _ONE + "viden/hul/<uuid:gap>/"
urlpatterns = [
    path(_ONE + "kommentarer/", views.contributions, name="contributions"),
    path(_ONE + "kommentarer/spoerg/", views.invite, name="invite"),
    path(_ONE + "kommentarer/svar/", views.answer, name="answer"),
    path(_ONE + "kommentarer/skriv/", views.comment_on_all, name="comment-on-all"),
    path(_ONE + "del/<uuid:element>/kommenter/", views.comment, name="comment"),
    path(_ONE + "kommentarer/<uuid:contribution>/tag-tilbage/", views.take_back, name="take-back"),
    path(_ONE + "spor/", views.trace, name="trace"),
    path(_ONE + "spor.json", views.trace_data, name="trace-data"),
    path(_ONE + "viden/", views.knowledge, name="knowledge"),
    path(_ONE + "viden/nyt-notat/", views.new_note, name="note-new"),
    path(_ONE + "viden/nyt-hul/", views.new_gap, name="gap-new"),
    path(_NOTE, views.note, name="note"),
    path(_NOTE + "ret/", views.edit_note, name="note-edit"),
    path(_NOTE + "tegning.svg", views.chart, name="note-chart"),
    path(_NOTE + "brug/", views.use_note, name="note-use"),
    path(_NOTE + "tag-ud/", views.withdraw_note, name="note-withdraw"),
    path(_GAP + "luk/", views.close_gap, name="gap-close"),
    path(_GAP + "aabn/", views.reopen_gap, name="gap-reopen"),
    path(_GAP + "brug/", views.use_gap, name="gap-use"),
]
