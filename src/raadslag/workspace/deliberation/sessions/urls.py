"""Addresses of a deliberation at a meeting, and the short ones that stand on posters."""

from django.urls import path

from raadslag.workspace.deliberation.sessions import board_views, host_views, station_views, views

app_name = "sessions"
_ONE = "droeftelse/<uuid:session>/"
_ROUND = _ONE + "runde/<uuid:round>/"
_STATION = _ONE + "stand/<uuid:station>/"
_METHODS = "udvalg/<uuid:organization>/metoder/"
urlpatterns = [
    path("s/", station_views.door, name="door"),
    path("s/kvittering/<uuid:receipt>/", station_views.receipt, name="receipt"),
    path("s/<str:code>/", station_views.station, name="station"),
    path("s/<str:code>/nu/", station_views.now, name="now"),
    path(_METHODS, views.methods, name="methods"),
    path(_METHODS + "<uuid:method>/", views.method, name="method"),
    path("moeder/<uuid:meeting>/droeftelse/", views.plan, name="plan"),
    path(_ONE, views.run, name="run"),
    path(_ONE + "tilrettelaeg/", views.arrange, name="arrange"),
    path(_ONE + "afslut/", views.close, name="close"),
    path(_ONE + "print/<str:what>.pdf", views.printed, name="print"),
    path(_ONE + "oensker/", views.wishes, name="wishes"),
    path(_ONE + "skjul/<uuid:contribution>/", views.hide, name="hide"),
    path(_ROUND, views.round_set, name="round-set"),
    path(_ROUND + "ret/", views.round_edit, name="round-edit"),
    path(_ROUND + "pladser/", views.seats, name="seats"),
    path(_STATION, host_views.host, name="host"),
    path(_STATION + "vis/", station_views.preview, name="preview"),
    path(_STATION + "saml/", host_views.merge, name="host-merge"),
    path(_STATION + "ret/", views.station_edit, name="station-edit"),
    path(_ONE + "tavle/", board_views.board, name="board"),
    path(_ONE + "tavle/fra/", board_views.said, name="board-said"),
    path(_ONE + "tavle/kort/", board_views.new, name="card-new"),
    path(_ONE + "tavle/kort/<uuid:card>/", board_views.word, name="card"),
    path(_ONE + "tavle/kort/<uuid:card>/flyt/", board_views.change, name="card-set"),
    path(_ONE + "tavle/indsaet/", board_views.insert, name="insert"),
]
