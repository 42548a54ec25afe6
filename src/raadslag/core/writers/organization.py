"""An organization as one HTML file, as `core.writers.html` writes a meeting: what it is for, and who sits in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from raadslag.core.record import Member, Organization
from raadslag.core.text import parse
from raadslag.core.writers.html import escape, head, write_pieces
from raadslag.core.writers.labels import Labels, labels
from raadslag.core.writers.paper import day_of, municipality


def write_organization(organization: Organization, language: str = "da") -> bytes:
    """`organization` as an HTML document in UTF-8, safe whatever it says; the same record gives the same bytes.

    A member whose last day lies before the moment of the record is a former one.
    """
    return "".join(_page(organization, labels(language))).encode()


def _page(organization: Organization, say: Labels) -> Iterator[str]:
    body = municipality(organization.body, say) or ""
    yield f'<!doctype html>\n<html lang="{say.language}" data-record="organization">\n'
    yield from head(organization.name, "html.css")
    yield f"<body>\n<header><p>{escape(body)}</p></header>\n<main>\n<h1>{escape(organization.name)}</h1>\n"
    facts = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>\n" for label, value in _facts(organization, say)
    )
    yield f"<dl>\n{facts}</dl>\n" if facts else ""
    yield from _mandate(organization, say)
    today = (organization.as_of or "")[:10]
    former = [one for one in organization.members if one.end and one.end < today]
    yield from _members(say.listed, "medlemmer", [one for one in organization.members if one not in former], say)
    yield from _members(say.former, "tidligere", former, say)
    yield f"</main>\n<footer><p>{escape(organization.name)}</p></footer>\n</body>\n</html>\n"


def _facts(organization: Organization, say: Labels) -> Iterator[tuple[str, str]]:
    if organization.classification:
        yield say.classification, organization.classification
    if organization.parent:
        yield say.parent, organization.parent
    if organization.start or organization.end:
        yield say.period, _period(organization.start, organization.end, say)
    if organization.as_of:
        yield say.as_of, day_of(organization.as_of[:10], say)


def _mandate(organization: Organization, say: Labels) -> Iterator[str]:
    if not organization.purpose and not organization.tasks:
        return
    yield f'<section class="closing" aria-labelledby="kommissorium"><h2 id="kommissorium">{escape(say.mandate)}</h2>\n'
    yield write_pieces(parse(organization.purpose or ""), say, under=2)
    if organization.tasks:
        yield f"<h3>{escape(say.tasks)}</h3>\n<ol>\n"
        for task in organization.tasks:
            text = write_pieces(parse(task.text), say, under=3)
            yield f'<li class="numbered"><span class="marker">{escape(task.number)}.</span><div>{text}</div></li>\n'
        yield "</ol>\n"
    yield "</section>\n"


def _members(heading: str, anchor: str, members: Iterable[Member], say: Labels) -> Iterator[str]:
    if not (lines := [_member(one, say) for one in members]):
        return
    yield f'<section class="closing" aria-labelledby="{anchor}"><h2 id="{anchor}">{escape(heading)}</h2>\n<ul>\n'
    yield from (f'<li class="bullet"><div>{escape(line)}</div></li>\n' for line in lines)
    yield "</ul></section>\n"


def _member(member: Member, say: Labels) -> str:
    name = f"{member.person} ({member.party})" if member.party else member.person
    return ", ".join(filter(None, [name, member.role, _period(member.start, member.end, say)]))


def _period(start: str | None, end: str | None, say: Labels) -> str:
    if not start and not end:
        return ""
    return f"{day_of(start, say) if start else ''}–{day_of(end, say) if end else ''}"
