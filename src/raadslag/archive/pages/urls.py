"""Addresses of the pages. What belongs to a body begins with the body."""

from django.urls import path, register_converter

from raadslag.archive.pages import (
    attachments,
    commitments,
    decision,
    figures,
    follow,
    papers,
    products,
    search,
    traces,
    views,
)
from raadslag.archive.pages.converters import (
    Edition,
    Format,
    Paper,
    ProductForm,
    ProductFormat,
    ProductVersion,
    Sha256,
    Year,
)

register_converter(Paper, "paper")
register_converter(Edition, "edition")
register_converter(Format, "format")
register_converter(Sha256, "sha256")
register_converter(Year, "year")
register_converter(ProductVersion, "version")
register_converter(ProductForm, "product_form")
register_converter(ProductFormat, "product_format")

app_name = "pages"
urlpatterns = [
    path("", views.front, name="front"),
    path("om/", views.about, name="about"),
    path("foelg/", views.following, name="following"),
    path("tilgaengelighed/", views.accessibility, name="accessibility"),
    path("soeg/", search.search_page, name="search"),
    path("soeg/nyt.atom", follow.search_feed, name="search-feed"),
    path("soeg/liste.csv", follow.search_table, name="search-table"),
    path("soeg/forslag.json", search.suggestions, name="suggestions"),
    path("nyt.atom", follow.everything_feed, name="everything-feed"),
    path("<slug:body>/", views.body, name="body"),
    path("<slug:body>/om/", views.about, name="body-about"),
    path("<slug:body>/foelg/", views.following, name="body-following"),
    path("<slug:body>/tilgaengelighed/", views.accessibility, name="body-accessibility"),
    path("<slug:body>/tema.css", views.theme, name="theme"),
    path("<slug:body>/logo", views.logo, name="logo"),
    path("<slug:body>/sager/", views.cases, name="cases"),
    path("<slug:body>/udvalg/", views.organizations, name="organizations"),
    path("<slug:body>/udvalg/<slug:organization>/", views.organization, name="organization"),
    path("<slug:body>/udvalg/<slug:organization>/<year:year>/", views.organization, name="organization-year"),
    path("<slug:body>/udvalg/<slug:organization>/udvalg.<format:format>", papers.portrait, name="portrait"),
    path("<slug:body>/udvalg/<slug:organization>/tal/", figures.figures, name="organization-figures"),
    path("<slug:body>/udvalg/<slug:organization>/tal/<year:year>/", figures.figures, name="organization-figures-year"),
    path(
        "<slug:body>/udvalg/<slug:organization>/tal/<year:year>/moeder.svg",
        figures.meetings_chart,
        name="organization-meetings-chart",
    ),
    path(
        "<slug:body>/udvalg/<slug:organization>/tal/udfald.svg",
        figures.outcomes_chart,
        name="organization-outcomes-chart",
    ),
    path("<slug:body>/tal/", figures.figures, name="figures"),
    path("<slug:body>/tal/<year:year>/", figures.figures, name="figures-year"),
    path("<slug:body>/tal/<year:year>/moeder.svg", figures.meetings_chart, name="meetings-chart"),
    path("<slug:body>/tal/udfald.svg", figures.outcomes_chart, name="outcomes-chart"),
    path("<slug:body>/moeder/", views.meetings, name="meetings"),
    path("<slug:body>/beslutninger/", views.decisions, name="decisions"),
    path("<slug:body>/beslutning/<slug:meeting>/<slug:item>/", decision.decision, name="decision"),
    path("<slug:body>/soeg/", search.search_page, name="body-search"),
    path("<slug:body>/soeg/nyt.atom", follow.search_feed, name="body-search-feed"),
    path("<slug:body>/soeg/liste.csv", follow.search_table, name="body-search-table"),
    path("<slug:body>/soeg/forslag.json", search.suggestions, name="body-suggestions"),
    path("<slug:body>/nyt.atom", follow.body_feed, name="body-feed"),
    path("<slug:body>/udvalg/<slug:organization>/nyt.atom", follow.organization_feed, name="organization-feed"),
    path("<slug:body>/udvalg/<slug:organization>/moeder.ics", follow.calendar, name="calendar"),
    path("<slug:body>/produkter/", products.products, name="products"),
    path("<slug:body>/spor/<slug:product>/", traces.trace, name="product-trace"),
    path("<slug:body>/spor/<slug:product>/spor.json", traces.data, name="product-trace-data"),
    path("<slug:body>/produkt/<slug:product>/", products.product, name="product"),
    path("<slug:body>/produkt/<slug:product>/<version:version>/", products.version, name="product-version"),
    path(
        "<slug:body>/produkt/<slug:product>/<version:version>/<product_form:form>.<product_format:format>",
        products.paper,
        name="product-paper",
    ),
    path(
        "<slug:body>/produkt/<slug:product>/<version:version>/fakta/<int:number>.svg",
        products.fact_chart,
        name="product-facts-chart",
    ),
    path(
        "<slug:body>/produkt/<slug:product>/<version:version>/siden/<version:since>/",
        products.since,
        name="product-since",
    ),
    path(
        "<slug:body>/produkt/<slug:product>/<version:version>/siden/<version:since>/aendringer.<product_format:format>",
        products.changes_paper,
        name="product-changes-paper",
    ),
    path("<slug:body>/opfoelgning/", commitments.commitments, name="commitments"),
    path("<slug:body>/opfoelgning/nyt.atom", follow.commitments_feed, name="commitments-feed"),
    path("<slug:body>/opfoelgning/<slug:commitment>/", commitments.commitment, name="commitment"),
    path("<slug:body>/opfoelgning/<slug:commitment>/loefte.json", commitments.data, name="commitment-data"),
    path("<slug:body>/sag/<slug:case>/", views.case, name="case"),
    path("<slug:body>/sag/<slug:case>/forloeb.svg", figures.course_chart, name="course-chart"),
    path("<slug:body>/sag/<slug:case>/nyt.atom", follow.case_feed, name="case-feed"),
    path("<slug:body>/moede/<slug:meeting>/", views.meeting, name="meeting"),
    path("<slug:body>/moede/<slug:meeting>/<edition:paper>/udgave/<int:number>/", views.edition, name="edition"),
    path("<slug:body>/moede/<slug:meeting>/punkt/<slug:item>/", views.item, name="item"),
    path("<slug:body>/moede/<slug:meeting>/<paper:paper>.<format:format>", papers.paper, name="paper"),
    path("<slug:body>/moede/<slug:meeting>/kilde/<sha256:sha256>", papers.source, name="source"),
    path("<slug:body>/moede/<slug:meeting>/bilag/<sha256:sha256>", papers.attachment, name="attachment"),
    path(
        "<slug:body>/moede/<slug:meeting>/bilag/<sha256:sha256>/om/",
        attachments.attachment_page,
        name="attachment-page",
    ),
]
