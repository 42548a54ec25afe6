"""Addresses of what may be public, meetings, committees, products and commitments, and of papers of other systems."""

from django.urls import path

from raadslag.workspace.publishing import views
from raadslag.workspace.publishing.commitments import views as commitments
from raadslag.workspace.publishing.importing import views as importing
from raadslag.workspace.publishing.organizations import views as organizations
from raadslag.workspace.publishing.versions import views as versions

app_name = "publishing"
_ONE = "publicering/<uuid:meeting>/"
_ORGANIZATION = "publicering/udvalg/<uuid:organization>/"
_VERSION = "publicering/produkt/<uuid:product>/<label:label>/"
_COMMITMENT = "publicering/opfoelgning/<uuid:commitment>/"
_IMPORT = "import/<uuid:organization>/"
_PAPER = _IMPORT + "<uuid:paper>/"
urlpatterns = [
    path(_ONE, views.page, name="page"),
    path(_ONE + "alt/", views.shown, name="shown"),
    path(_ONE + "referat/", views.release, name="release"),
    path(_ONE + "dagsorden/", views.release_agenda, name="release-agenda"),
    path(_ONE + "fund/", views.see, name="see"),
    path(_ONE + "traek-tilbage/<uuid:release>/", views.withdraw, name="withdraw"),
    path(_ONE + "traek-alt-tilbage/", views.withdraw_all, name="withdraw-all"),
    path(_ONE + "vist.csv", views.served, name="served"),
    path(_ONE + "bilag/<uuid:attachment>/uden/", views.redact, name="redact"),
    path(_ONE + "punkt/<uuid:item>/", views.face, name="face"),
    path(_ONE + "punkt/<uuid:item>/aabn/", views.open_after, name="open-after"),
    path(_ONE + "punkt/<uuid:item>/hold-tilbage/", views.hold, name="hold"),
    path(_ONE + "punkt/<uuid:item>/besked-givet/", views.lift, name="lift"),
    *organizations.steps.urls(_ORGANIZATION),
    *versions.steps.urls(_VERSION),
    *commitments.steps.urls(_COMMITMENT),
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
