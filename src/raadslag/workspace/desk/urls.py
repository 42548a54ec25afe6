"""Addresses of the composed pages."""

from django.urls import path

from raadslag.workspace.desk import groups, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("soeg/", views.search, name="search"),
    path("mit/", views.own, name="own"),
    path("udvalg/<uuid:organization>/gruppe/", groups.group, name="group"),
    path("udvalg/<uuid:organization>/gruppe/spoerg/", groups.invite, name="group-invite"),
    path("udvalg/<uuid:organization>/gruppe/spoerg-en-anden/", groups.invite_other, name="group-invite-other"),
    path("udvalg/<uuid:organization>/gruppe/notat/", groups.note, name="group-note"),
    path("udvalg/<uuid:organization>/gruppe/notat/<uuid:note>/tilbage/", groups.note_back, name="group-note-back"),
    path("gruppeinvitation/<uuid:invitation>/svar/", groups.answer, name="group-answer"),
    path("gruppeinvitation/<uuid:invitation>/tag-tilbage/", groups.uninvite, name="group-uninvite"),
    path("udvalg/<uuid:organization>/forloeb/", views.process, name="process"),
    path("stop/<str:token>/", views.stop_mail, name="stop-mail"),
]
