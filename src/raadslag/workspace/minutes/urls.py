"""Addresses of a meeting that is held, and of its minutes."""

from django.urls import path

from raadslag.workspace.minutes import agenda, sharing, views

app_name = "minutes"
_ONE = "moederum/<uuid:meeting>/"
_ITEM = _ONE + "punkt/<uuid:item>/"
urlpatterns = [
    path(_ONE, views.room, name="room"),
    path(_ONE + "foelg/", views.follow, name="follow"),
    path(_ONE + "skaerm/", views.wall, name="wall"),
    path(_ONE + "formand/", views.card, name="card"),
    path(_ONE + "aabn/", views.open_meeting, name="open"),
    path(_ONE + "tilstede/", views.happen, name="happen"),
    path(_ONE + "fortryd/<int:number>/", views.undo, name="undo"),
    path(_ONE + "dagsorden/", agenda.agenda, name="agenda"),
    path(_ONE + "dagsorden/godkendt/", agenda.adopt, name="adopt"),
    path(_ONE + "dagsorden/nyt/", agenda.add, name="agenda-add"),
    path(_ONE + "suppleant/<uuid:invitation>/", agenda.substitute, name="substitute"),
    path(_ONE + "oplaesning/", views.start_reading, name="start-reading"),
    path(_ONE + "haev/", views.adjourn, name="adjourn"),
    path(_ONE + "underskrift/", views.signing, name="signing"),
    path(_ONE + "underskrift/skriv/", views.sign, name="sign"),
    path(_ONE + "underskrift/papir/<uuid:person>/", views.sign_paper, name="sign-paper"),
    path(_ONE + "tablet/", sharing.shared, name="shared"),
    path(_ONE + "tablet/<uuid:person>/", sharing.sign, name="shared-sign"),
    path(_ONE + "tilfoej/", views.add, name="add"),
    path(_ONE + "referat.pdf", views.paper, name="paper"),
    path(_ONE + "udkast.pdf", views.draft, name="draft"),
    path(_ONE + "fremmoede.pdf", views.sheet, name="sheet"),
    path(_ONE + "papirsaet.pdf", views.kit, name="kit"),
    path(_ITEM, views.item, name="item"),
    path(_ITEM + "gem/", views.save, name="save"),
    path(_ITEM + "tag-ud/<uuid:entry>/", views.remove, name="remove"),
    path(_ITEM + "dagsorden/", agenda.change, name="item-agenda"),
    path(_ITEM + "gruppenotat/<uuid:note>/", views.insert_note, name="insert-note"),
    path(_ITEM + "naeste-moede/", views.next_meeting, name="next-meeting"),
    path(_ITEM + "dissens/", views.dissent, name="dissent"),
    path(_ITEM + "udfald/", views.outcome, name="outcome"),
    path(_ITEM + "laest/", views.tick, name="tick"),
    path(_ITEM + "begynd/", views.begin, name="begin"),
    path(_ITEM + "ret/", views.correct, name="correct"),
    path(_ITEM + "afstemning/", views.ballot, name="ballot"),
    path(_ITEM + "afstemning/<uuid:ballot>/", views.ballot_set, name="ballot-set"),
    path(_ITEM + "stem/<uuid:ballot>/", views.vote, name="vote"),
]
