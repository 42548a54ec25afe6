"""What publishing asks of a person where it is no meeting: look, say why a hit may stand, publish, take back, and where
what was taken back had been shown. The same for a committee, a version of a product and a commitment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from raadslag.workspace.common.telling import tell
from raadslag.workspace.publishing import actions, served_lists

Action = Callable[..., object]


class Steps:
    """The pages of one kind of thing, whose routes begin with `name`; its template is called after it.

    `shown` tells what its page shows beside what all show: `prepared` and what it is called there. `see` and `release`
    are the kind's own actions.
    """

    def __init__(self, name: str, shown: Callable[[Any], dict[str, Any]], *, see: Action, release: Action) -> None:
        self._name, self._shown, self._see, self._release = name, shown, see, release

    def urls(self, where: str) -> list[URLPattern]:
        """Their addresses, below `where`."""
        name = self._name
        return [
            path(where, require_safe(self._page), name=name),
            path(f"{where}publicer/", require_POST(self._publish), name=f"{name}-release"),
            path(f"{where}fund/", require_POST(self._look_at), name=f"{name}-see"),
            path(f"{where}traek-tilbage/<uuid:release>/", require_POST(self._withdraw), name=f"{name}-withdraw"),
            path(f"{where}vist.csv", require_safe(self._served), name=f"{name}-served"),
        ]

    def _page(self, request: HttpRequest, **where: Any) -> HttpResponse:
        """Everything that publishing it asks of a person, on one page."""
        one = request.subject.row
        own = self._shown(one)
        rows = one.releases.select_related("made_by__person", "withdrawn_by__person", "served").defer("record")
        releases = list(rows)
        shown = {
            **own, "found": own["prepared"].found, "releases": releases, "archive": settings.ARCHIVE,
            "served": served_lists.lists(releases),
            "see_at": reverse(f"publishing:{self._name}-see", kwargs=where),
            "served_table": reverse(f"publishing:{self._name}-served", kwargs=where),
        }  # fmt: skip
        return render(request, f"publishing/{self._name}.html", shown)

    def _look_at(self, request: HttpRequest, **where: Any) -> HttpResponse:
        """A hit that a person has looked at."""
        key, reason = request.POST.get("key", ""), request.POST.get("reason", "")
        return self._act(request, where, lambda told: self._see(request.subject.row, key, reason, **told))

    def _publish(self, request: HttpRequest, **where: Any) -> HttpResponse:
        """Publish it as it was shown."""
        identity = request.POST.get("identity", "")
        done = _("It is on its way, and stands on the public site within a minute.")
        return self._act(request, where, lambda told: self._release(request.subject.row, identity, **told), done)

    def _withdraw(self, request: HttpRequest, *, release: UUID, **where: Any) -> HttpResponse:
        """Take it back."""
        one = get_object_or_404(request.subject.row.releases.all(), pk=release)
        ground = request.POST.get("ground", "")
        done = _("It is taken back. The archive shows it no more within a minute.")
        return self._act(request, where, lambda told: actions.withdraw(one, ground, **told), done)

    def _served(self, request: HttpRequest, **_where: Any) -> HttpResponse:
        """Where, when and how often what was withdrawn had been shown, as a table."""
        return served_lists.table(request.subject.row.releases)

    def _act(self, request: HttpRequest, where: dict[str, Any], act: Callable[[dict[str, Any]], object], done: str = ""
             ) -> HttpResponse:  # fmt: skip
        tell(request, lambda: act({"by": request.user, "at": timezone.now()}), done)
        return redirect(reverse(f"publishing:{self._name}", kwargs=where))
