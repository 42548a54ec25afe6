"""A page for each attachment: what it is, where it belongs, what it says, and the file itself."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from raadslag.archive import models
from raadslag.archive.pages import views

SHOWN = 200_000  # characters of a text; whoever reads on fetches the file


def attachment_page(request: HttpRequest, body: str, meeting: str, sha256: str) -> HttpResponse:
    """What an attachment of this meeting is and says, and every open item of the body that has it."""
    found = views.get_meeting(body, meeting)
    uses = list(
        models.Attachment.objects.given_out()
        .filter(item__meeting__body=found.body, file__sha256=sha256, file__withdrawn_at=None)
        .select_related("item__version")
        .with_meeting()
        .defer("item__text", "item__version__record")
        .order_by("-item__meeting__start_on", "item__meeting", "-item__version__is_current", "item__order", "order")
    )
    of_item = {(use.item.meeting_id, use.item.slug): use for use in reversed(uses)}  # the minutes before the agenda
    uses = list(reversed(of_item.values()))
    here = [use for use in uses if use.item.meeting_id == found.pk]
    if not here or here[0].file is None:
        raise Http404
    text = here[0].file.text
    return views.page(
        request,
        "attachment.html",
        "meetings",
        found.body,
        meeting=found,
        attachment=here[0],
        file=here[0].file,
        uses=here,
        elsewhere=list({use.item.meeting_id: use for use in uses if use not in here}.values()),
        text=text[:SHOWN],
        is_cut=len(text) > SHOWN,
    )
