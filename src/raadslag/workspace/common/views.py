"""Pages that belong to no noun: whether the workspace is well, and a form that lay open too long."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from raadslag.workspace.common import journal


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether database and journal answer; nothing of what is in them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    journal.head()
    return JsonResponse({"status": "ok"})


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's own key has run out: what was written is shown, so that it can be sent again."""
    words = [
        (name, text) for name, text in request.POST.items() if name not in ("csrfmiddlewaretoken", "once") and text
    ]
    return render(request, "work/form_too_old.html", {"words": words}, status=403)
