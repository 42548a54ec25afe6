"""The answer to a piece of a file, for every page that takes files in pieces."""

from __future__ import annotations

from collections.abc import Callable

from django.db import models
from django.http import HttpRequest, HttpResponse, JsonResponse

from raadslag.workspace.common.errors import Blocked, Refused
from raadslag.workspace.common.typed import number_of
from raadslag.workspace.files import keeping
from raadslag.workspace.files.arriving import Arriving, Gap


def take_piece(request: HttpRequest, whose: models.Model, take: Callable[[bytes, str], object]) -> HttpResponse:
    """How much there is of a file for `whose`, or one piece more; with the last one `take` gets the whole and its name.

    The address tells `id` (the sender's name for the file), and with a piece its `offset`, the file's `length` and
    `name`. 200 with what there is; 409 with from where to go on; 422 with the reasons of what `take` refused.
    """
    told = request.GET
    length, offset = (number_of(told.get(name)) for name in ("length", "offset"))
    coming = Arriving(keeping.arriving(), f"{request.user.pk}:{whose.pk}:{told.get('id', '')}", length)
    if request.method == "GET":
        return JsonResponse({"there_is": coming.there_is()})
    name = told.get("name", "")
    if request.content_type != "application/octet-stream":
        return HttpResponse(status=415)
    try:
        if length > keeping.LARGEST:
            raise Blocked([keeping.too_large(name)])
        there_is = coming.add(offset, request.body)
        if there_is < length:
            return JsonResponse({"there_is": there_is})
        take(coming.whole(), name)
        coming.forget()
        return JsonResponse({"there_is": length, "is_in": True})
    except Gap as gap:
        return JsonResponse({"there_is": gap.there_is}, status=409)
    except Refused as refusal:
        coming.forget()
        return JsonResponse({"refused": refusal.obstacles}, status=422)
