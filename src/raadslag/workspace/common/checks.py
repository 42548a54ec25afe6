"""Django's check of the whole site: each route is in the access table, and each line of the table is a route."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from raadslag.workspace.common.access import table


def routes(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    """The name of every route of the site, with its namespace; a route without a name by its pattern."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from routes(one, f"{namespace}{one.namespace}:" if one.namespace else namespace)
        elif isinstance(one, URLPattern):
            yield f"{namespace}{one.name or one.pattern}"


@register
def every_route_is_declared(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """An error for each difference between the site and the table (I10)."""
    found, declared = set(routes()), set(table().subjects)
    return [
        *(Error(f"route {name} is not in access.toml", id="raadslag.E001") for name in sorted(found - declared)),
        *(
            Error(f"access.toml names {name}, which is no route", id="raadslag.E002")
            for name in sorted(declared - found)
        ),
    ]
