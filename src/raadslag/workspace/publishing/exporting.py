"""What a committee and its groups were set up for, and who takes part, as records: for who takes all of it home."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.core import write
from raadslag.workspace.closing.exporting import Asked, Piece, exports
from raadslag.workspace.publishing.organizations.composing import wholes


@exports
def mandate_and_members(asked: Asked) -> Iterator[Piece]:
    """Of a group, too: its page tells the same to everyone who works here."""
    some = [asked.organization, *asked.organization.groups.all()]
    found = wholes(some, timezone.localdate(asked.at))
    for number, one in enumerate(some):
        path = f"grupper/{number:02}" if number else "udvalg"
        for to in ("html", "json"):
            title = _("%(name)s: mandate and members") % {"name": one.name}
            yield Piece(f"{path}.{to}", f"{title} ({to.upper()})", write(found[one.pk], to))
