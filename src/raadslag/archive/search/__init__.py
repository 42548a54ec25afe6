"""Search in what the archive shows: a small interface; which engine stands behind it is nobody's business.

The index is made from the public rows of the database alone and can always be made again. It only finds:
what a hit shows is read from the database at that moment, so a stale index can show nothing that is no
longer public.

    results = search('ensomhed "ny skole" -cykler', kind="decision", year=2018, page=1)
    for hit in results.hits:
        for part in hit.title.parts: ...
"""

from __future__ import annotations

from raadslag.archive.search.index import Index, IndexBehind, open_index
from raadslag.archive.search.results import KINDS, Facet, Hit, Kind, Passage, Results

__all__ = ["KINDS", "Facet", "Hit", "Index", "IndexBehind", "Kind", "Passage", "Results", "open_index", "search"]


def search(
    words: str,
    *,
    kind: Kind | None = None,
    body: str | None = None,
    organization: str | None = None,
    year: int | None = None,
    outcome: str | None = None,
    page: int = 1,
    per_page: int = 10,
    newest: bool = False,
) -> Results:
    """What the archive of this process's settings holds on `words`; see `Index.search`."""
    return open_index().search(
        words,
        kind=kind,
        body=body,
        organization=organization,
        year=year,
        outcome=outcome,
        page=page,
        per_page=per_page,
        newest=newest,
    )
