"""Addresses of products, their parts and versions."""

from django.urls import path, register_converter

from raadslag.workspace.products import bring_views, views


class Label:
    """The name of a version: "v0.3"."""

    regex = r"v\d{1,3}\.\d{1,3}"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(Label, "label")
app_name = "products"
_ONE = "produkter/<uuid:product>/"
_PART = _ONE + "del/<uuid:element>/"
urlpatterns = [
    path("udvalg/<uuid:organization>/produkter/", views.products, name="products"),
    path("udvalg/<uuid:organization>/produkter/nyt/", views.begin, name="begin"),
    path(_ONE, views.product, name="product"),
    path(_ONE + "tilfoej/", views.add, name="add"),
    path(_ONE + "hent/", bring_views.bring, name="bring"),
    path(_ONE + "frys/", views.freeze, name="freeze"),
    path(_ONE + "sammenlign/", views.compare, name="compare"),
    path(_ONE + "aendringer/", views.changes, name="changes"),
    path(_PART, views.edit, name="element"),
    path(_PART + "sammen/", views.together, name="together"),
    path(_PART + "flyt/", views.move, name="move"),
    path(_PART + "tag-ud/", views.remove, name="remove"),
    path(_PART + "fordel/", views.assign, name="assign"),
    path(_PART + "historie/", views.history, name="history"),
    path(_PART + "historie/<int:number>/", views.restore, name="restore"),
    path(_PART + "foreslaa/", views.propose, name="propose"),
    path(_ONE + "forslag/", views.proposals, name="proposals"),
    path(_ONE + "forslag/<uuid:proposal>/", views.proposal, name="proposal"),
    path(_ONE + "forslag/<uuid:proposal>/afgoer/", views.decide, name="decide"),
    path(_ONE + "forslag/<uuid:proposal>/tag-tilbage/", views.take_back, name="take-back"),
    path(_ONE + "kladde.<str:form>", views.draft_paper, name="draft-paper"),
    path(_ONE + "genaabn/", views.reopen, name="reopen"),
    path(_ONE + "<label:label>/godkend/", views.approve, name="approve"),
    path(_ONE + "<label:label>/", views.version, name="version"),
    path(_ONE + "<label:label>.<str:form>", views.paper, name="paper"),
]
