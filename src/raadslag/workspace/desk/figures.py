"""Figures of how the workspace runs, for Prometheus: counts and moments, nothing of anybody's work."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from raadslag import __version__
from raadslag.web import metrics
from raadslag.workspace.common import journal, rounds
from raadslag.workspace.common.watching import has_token
from raadslag.workspace.messages.models import Mail
from raadslag.workspace.publishing import watching
from raadslag.workspace.publishing.models import Release


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """All of them, for a program on this machine or with the token; for anybody else there is no such page."""
    if not (request.is_local or has_token(request)):  # type: ignore[attr-defined]
        raise Http404
    return HttpResponse("\n".join([*_lines(), ""]), content_type=metrics.CONTENT_TYPE)


def _lines() -> Iterator[str]:
    yield from metrics.head("raadslag_info", "gauge", "Which version runs.")
    yield f'raadslag_info{{version="{__version__}"}} 1'
    yield from metrics.lines()
    yield from metrics.gauge("raadslag_followers", "Who follows the events of a meeting.", metrics.followers())
    yield from metrics.gauge("raadslag_journal_head", "The number of the journal's last entry.", journal.head()[0])
    waiting = Mail.objects.filter(state=Mail.State.WAITING).count()
    yield from metrics.gauge("raadslag_mails_waiting", "Mails that wait to be sent.", waiting)
    failed = Mail.objects.undelivered().count()
    yield from metrics.gauge("raadslag_mails_failed", "Mails that could not be delivered.", failed)
    due = Release.objects.due(timezone.now()).count()
    yield from metrics.gauge(
        "raadslag_releases_waiting", "Releases and withdrawals that the archive is to be told.", due
    )
    moment, faults = rounds.last() or (None, 0)
    at = moment.timestamp() if moment else 0
    yield from metrics.gauge("raadslag_work_last_round_seconds", "When the background work last ran (Unix time).", at)
    yield from metrics.gauge(
        "raadslag_work_faults", "Steps of the background work that failed in its last round.", faults
    )
    if seen := watching.last():
        looked = "When the public site was last looked at (Unix time)."
        yield from metrics.gauge("raadslag_watch_last_look_seconds", looked, seen[0].timestamp())
        yield from metrics.gauge("raadslag_watch_alarms", "Alarms that this look raised.", seen[1])
