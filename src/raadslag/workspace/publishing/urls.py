"""Addresses of what may be public, and of papers of other systems."""

from django.urls import path

from raadslag.workspace.publishing import views
from raadslag.workspace.publishing.importing import views as importing

app_name = "publishing"
_ONE = "publicering/<uuid:meeting>/"
_IMPORT = "import/<uuid:organization>/"
_PAPER = _IMPORT + "<uuid:paper>/"
urlpatterns = [
    path(_ONE, views.page, name="page"),
    path(_ONE + "alt/", views.shown, name="shown"),
    path(_ONE + "referat/", views.release, name="release"),
    path(_ONE + "dagsorden/", views.release_agenda, name="release-agenda"),
    path(_ONE + "fund/", views.see, name="see"),
    path(_ONE + "traek-tilbage/<uuid:release>/", views.withdraw, name="withdraw"),
    path(_ONE + "punkt/<uuid:item>/", views.face, name="face"),
    path("import/", importing.imports, name="imports"),
    path(_IMPORT, importing.papers, name="import"),
    path(_IMPORT + "hent/", importing.bring, name="import-bring"),
    path(_IMPORT + "del/", importing.piece, name="import-piece"),
    path(_PAPER, importing.paper, name="import-paper"),
    path(_PAPER + "kilde/", importing.source, name="import-source"),
    path(_PAPER + "gem/", importing.save, name="import-save"),
    path(_PAPER + "godkend/", importing.approve, name="import-approve"),
    path(_PAPER + "til-side/", importing.put_aside, name="import-aside"),
]
