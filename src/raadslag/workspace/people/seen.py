"""Where somebody is logged in, and since when he was not seen there: noted at first, then once a minute.

The library notes it at every request, so that each page that is only looked at would wait for its turn to write.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

EVERY = timedelta(minutes=1)


class Seen(UserSessionsMiddleware):  # type: ignore[misc]  # the library has no types here
    """Lets the library note it, unless it just has."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and _is_noted(request.session.session_key):
            return self.get_response(request)
        return super().__call__(request)


def _is_noted(session: str) -> bool:
    from allauth.usersessions.models import UserSession

    return UserSession.objects.filter(session_key=session, last_seen_at__gt=timezone.now() - EVERY).exists()
