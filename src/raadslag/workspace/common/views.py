"""Pages that belong to no noun: whether the workspace is well, and a form that lay open too long."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from raadslag.workspace.common import journal

UNSEEN = ("once", "version", "next")
SECRET = ("csrfmiddlewaretoken", "signing_code", "signing_code_again", "evaluation_code")
_KEY = re.compile(r"[a-z0-9_:-]{1,40}")  # what a choice, a number or an id looks like


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether database and journal answer; nothing of what is in them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    journal.head()
    return JsonResponse({"status": "ok"})


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's own key has run out: what was written is shown, so that it can be sent again.

    Only a form of our own pages gets a new key, never what another site has filled in.
    """
    is_ours = request.headers.get("Origin") == settings.ADDRESS
    return render(request, "work/form_too_old.html", {**written(request), "may_send": is_ours}, status=403)


def written(request: HttpRequest) -> dict[str, Any]:
    """What a request brought, for a page that shows it and sends it again: texts to be seen, and what goes with them.

    Choices and keys go along unseen. Files have to be chosen again, and a secret is typed again.
    """
    fields = [(name, text) for name in request.POST for text in request.POST.getlist(name) if text]
    fields = [(name, text) for name, text in fields if name not in SECRET]
    is_text = [name not in UNSEEN and not _KEY.fullmatch(text) for name, text in fields]
    return {
        "words": [field for field, seen in zip(fields, is_text, strict=True) if seen],
        "unseen": [field for field, seen in zip(fields, is_text, strict=True) if not seen],
        "path": request.get_full_path(),
        "may_send": True,
    }
