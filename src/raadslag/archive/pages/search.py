"""Search: one form that sends words, facets that are plain links, and help where nothing is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import TypeAlias, get_args
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.archive import models
from raadslag.archive.pages import views, words
from raadslag.archive.search import Facet, Hit, Kind, Results, open_index, search
from raadslag.archive.search.question import read

__all__ = ["Hit", "Question", "asked_of", "search_page"]

PER_PAGE = 10
MAX_LAG = 60  # seconds that the index may be behind
MAX_WORDS = 300  # characters; nobody asks longer questions

# Facets in the order of the page: what the search calls them, and what the address does.
PARAMETERS = {"kind": "slags", "body": "kommune", "organization": "udvalg", "year": "aar", "outcome": "udfald"}

ORDER, NEWEST = "orden", "nyeste"

# Endings that part a noun from the shorter word inside it, the longest first: "ensomheden" holds "ensom".
ENDINGS = ("hederne", "heden", "heder", "ningerne", "ningen", "ninger", "hed", "ning", "erne", "ene", "er", "en", "et")


@dataclass(frozen=True)
class Choice:
    """One way to narrow or to widen: its words, how many hits it leaves (None: not counted), its address."""

    label: str
    count: int | None
    address: str
    is_chosen: bool = False


@dataclass(frozen=True)
class ChoiceGroup:
    """A facet: its name, what is chosen (nothing where all are shown), and the choices."""

    name: str
    chosen: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Try:
    """A concrete next step where nothing was found."""

    label: str
    address: str


Answer: TypeAlias = Callable[..., HttpResponse]


def address_of(hit: Hit) -> str:
    """The address of the page that shows what was found."""
    body = hit.body.slug
    if hit.edition:
        address = reverse("pages:product", args=[body, hit.edition.product.slug])
        return f"{address}#{hit.anchor}" if hit.anchor else address
    if hit.standing:
        return reverse("pages:commitment", args=[body, hit.standing.commitment.slug])
    if hit.meeting is None:
        return reverse("pages:organization", args=[body, hit.organization.slug])
    meeting = hit.meeting.slug
    if hit.case:
        return reverse("pages:case", args=[body, hit.case.slug])
    if hit.attachment and hit.attachment.file:
        return reverse("pages:attachment-page", args=[body, meeting, hit.attachment.file.sha256])
    if hit.item:
        return reverse("pages:item", args=[body, meeting, hit.item.slug])
    return reverse("pages:meeting", args=[body, meeting])


def unless_behind(view: Answer) -> Answer:
    """The view, or status 503 while the index is so far behind that it may know what has been withdrawn."""

    @wraps(view)
    def answer(request: HttpRequest, **parts: str) -> HttpResponse:
        if open_index().lag(timezone.now()) <= MAX_LAG:
            return view(request, **parts)
        context = {"body": views.only_body()}
        headers = {"Retry-After": str(MAX_LAG), "Cache-Control": "no-store"}
        return HttpResponse(render_to_string("pages/behind.html", context, request), status=503, headers=headers)

    return answer


@unless_behind
def search_page(request: HttpRequest, body: str | None = None) -> HttpResponse:
    """Hits on the words of `q` under the chosen facets. Without words and choices: the form alone."""
    asked, found_body = _question(request, body)
    query = asked.query
    is_asked = query or asked.chosen.keys() - {"body"}
    results = _results(asked, _number(request.GET.get("side")) or 1) if is_asked else None
    return views.page(
        request,
        "search.html",
        "search",
        found_body,
        query=query,
        results=results,
        groups=tuple(_groups(asked, results)) if results else (),
        tries=_tries(asked, found_body) if results and not results.total else (),
        ways=(asked.in_format("feed"), asked.in_format("table")) if results and results.total else (),
        orders=asked.orders if query and results else (),
        kept=[(PARAMETERS[name], value) for name, value in asked.in_address.items()] + asked.kept_order,
        earlier=asked.address(page=results.page - 1) if results and results.page > 1 else None,
        later=asked.address(page=results.page + 1) if results and results.page < results.pages else None,
    )


def suggestions(request: HttpRequest, body: str | None = None) -> HttpResponse:
    """Ways to end the last word of `q`, as a JSON list. While the index is behind there are none."""
    asked, found = _question(request, body)
    index = open_index()
    is_behind = index.lag(timezone.now()) > MAX_LAG
    ways = () if is_behind else index.suggest(asked.query, body=found.slug if found else None)
    return JsonResponse(list(ways), safe=False, json_dumps_params={"ensure_ascii": False})


def asked_of(
    request: HttpRequest, body: str | None, *, per_page: int, newest: bool = False
) -> tuple[Question, Results]:
    """The question of an address, and its first `per_page` hits, for a feed or a table of them."""
    asked, _found_body = _question(request, body)
    return asked, _results(asked, 1, per_page=per_page, newest=newest)


def _question(request: HttpRequest, body: str | None) -> tuple[Question, models.Body | None]:
    """What an address asks, and the body that it asks of."""
    found = views.get_body(body) if body else views.only_body()
    query = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:MAX_WORDS]
    chosen = {name: value for name, parameter in PARAMETERS.items() if (value := request.GET.get(parameter, "")[:200])}
    if found:
        chosen["body"] = found.slug
    newest = request.GET.get(ORDER) == NEWEST
    return Question(body, query, chosen, fixed_body=found is not None, newest=newest), found


@dataclass(frozen=True)
class Question:
    """The words and choices of an address, and the addresses that differ from it in one thing."""

    body: str | None
    query: str
    chosen: Mapping[str, str]
    fixed_body: bool
    newest: bool = False

    @property
    def orders(self) -> tuple[Choice, ...]:
        """The two orders of the hits."""
        best, newest = replace(self, newest=False), replace(self, newest=True)
        return (
            Choice(_("Best first"), None, best.address(), not self.newest),
            Choice(_("Newest first"), None, newest.address(), self.newest),
        )

    @property
    def kept_order(self) -> list[tuple[str, str]]:
        return [(ORDER, NEWEST)] if self.newest else []

    @property
    def path(self) -> str:
        """The page of the search."""
        return reverse("pages:body-search", args=[self.body]) if self.body else reverse("pages:search")

    def in_format(self, name: str) -> str:
        """The address of the whole search as a feed or a table."""
        place = reverse(f"pages:body-search-{name}", args=[self.body]) if self.body else reverse(f"pages:search-{name}")
        return place + self.address().removeprefix(self.path)

    @property
    def in_address(self) -> dict[str, str]:
        return {name: value for name, value in self.chosen.items() if not (name == "body" and self.fixed_body)}

    def address(self, *, query: str | None = None, page: int = 1, **changes: str) -> str:
        chosen = {**self.in_address, **changes}
        pairs = {"q": self.query if query is None else query}
        pairs |= {PARAMETERS[name]: chosen[name] for name in PARAMETERS if chosen.get(name)}
        pairs |= dict(self.kept_order)
        if page > 1:
            pairs["side"] = str(page)
        return f"{self.path}?{urlencode(pairs)}"

    def without_choices(self, query: str | None = None) -> str:
        return f"{self.path}?{urlencode({'q': self.query if query is None else query})}"


def _results(asked: Question, page: int, *, per_page: int = PER_PAGE, newest: bool = False) -> Results:
    kind = asked.chosen.get("kind")
    year = asked.chosen.get("year")
    if (kind and kind not in get_args(Kind)) or (year and not _number(year)):
        return Results(hits=(), total=0, facets={}, page=1, pages=0)
    return search(
        asked.query,
        kind=kind,
        body=asked.chosen.get("body"),
        organization=asked.chosen.get("organization"),
        year=_number(year),
        outcome=asked.chosen.get("outcome"),
        page=page,
        per_page=per_page,
        newest=newest or asked.newest,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None


def _groups(asked: Question, results: Results) -> Iterator[ChoiceGroup]:
    names = {
        "kind": _("Kind"),
        "body": _("Municipality"),
        "organization": _("Committee"),
        "year": _("Year"),
        "outcome": _("Outcome"),
    }
    for name, facets in results.facets.items():
        value = asked.chosen.get(name)
        if (name == "body" and (asked.fixed_body or len(facets) < 2)) or (not facets and not value):
            continue
        choices = tuple(
            Choice(_label(name, facet), facet.count, asked.address(**{name: facet.value}), facet.value == value)
            for facet in facets
        )
        label = next((choice.label for choice in choices if choice.is_chosen), value or "")
        everything = Choice(_("All"), None if value else results.total, asked.address(**{name: ""}), not value)
        yield ChoiceGroup(names[name], label, (everything, *choices))


def _label(name: str, facet: Facet) -> str:
    if name == "kind":
        return str(words.KINDS[facet.value])
    if name == "outcome":
        return dict(words.in_language().outcome).get(facet.value, facet.value)
    return facet.label


def _tries(asked: Question, body: models.Body | None) -> tuple[Try, ...]:
    """Three things to do that may find something: wider choices, fewer words, a shorter word, or to look around."""
    typed = asked.query.split()
    tries = []
    question = read(asked.query)
    if question.unwanted or any(clause.is_phrase for clause in question.wanted):
        plain = " ".join(word for clause in question.wanted for word in clause.words)
        tries.append(Try(_("Search for the words alone, in any order"), asked.without_choices(plain)))
    if asked.in_address:
        tries.append(Try(_("Search everywhere for “%(words)s”") % {"words": asked.query}, asked.without_choices()))
    if len(typed) > 1:
        longest = max(typed, key=len)
        tries.append(Try(_("Search only for “%(word)s”") % {"word": longest}, asked.without_choices(longest)))
    if typed and (shorter := _shorter(max(typed, key=len))):
        tries.append(
            Try(_("Search for the shorter word “%(word)s”") % {"word": shorter}, asked.without_choices(shorter))
        )
    if body:
        tries.append(Try(_("See all decisions"), reverse("pages:decisions", args=[body.slug])))
        tries.append(Try(_("See all meetings"), reverse("pages:meetings", args=[body.slug])))
        tries.append(
            Try(_("Search in all municipalities"), f"{reverse('pages:search')}?{urlencode({'q': asked.query})}")
        )
    else:
        tries.append(Try(_("See the latest meetings and decisions"), reverse("pages:front")))
        tries.append(Try(_("Start again with other words"), reverse("pages:search")))
        tries.append(Try(_("Read how to use this site"), reverse("pages:about")))
    return tuple(tries[:3])


def _shorter(word: str) -> str:
    for ending in ENDINGS:
        if word.casefold().endswith(ending) and len(word) - len(ending) > 3:
            return word[: -len(ending)]
    return ""
