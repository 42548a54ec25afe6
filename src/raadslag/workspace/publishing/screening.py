"""What stands in the way of a release: what screening found in its texts and files, and who has looked at it (I13)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from raadslag.core.rules.screening import Hit, Passage, screen_record, texts
from raadslag.core.rules.screening import hits as hits_in
from raadslag.workspace.files.models import StoredFile
from raadslag.workspace.publishing.composing import attachments_of, files_of
from raadslag.workspace.publishing.models import Override, Shown

_TWO = frozenset({"cpr"})  # numbers of persons: two people look at them


class Finding(NamedTuple):
    """A hit, where it stands, and who has looked at it. `file` is the title of a file and `attachment` its id in the
    case, both "" for a text of the record."""

    key: str
    hit: Hit
    file: str
    override: Override | None
    attachment: str = ""

    @property
    def needs_two(self) -> bool:
        """Whether a second person has to look, too."""
        return self.hit.rule in _TWO

    @property
    def is_seen(self) -> bool:
        """Whether it stands in the way no longer."""
        return self.override is not None and (not self.needs_two or self.override.second_id is not None)

    @property
    def line(self) -> str:
        """Where it stands and why it is one, never the words: as the archive tells of it, too."""
        return f"{self.hit.place}: {self.hit.reason}"


def findings(shown: Shown, overrides: Iterable[Override]) -> list[Finding]:
    """Everything that a person has to look at before `shown`, a public record, is let out with its files. Two queries
    at most, whatever its length."""
    known = {one.key: one for one in overrides}
    said = dict(texts(shown))
    found = []
    for hit in screen_record(shown):
        place = hit.place.partition(", line")[0]
        found.append(_finding(hit, "", said.get(place, ""), known))
    names, attachments = files_of(shown), attachments_of(shown)
    for file in StoredFile.objects.filter(pk__in=names).defer("text").order_by("pk"):
        hits = [Hit(**hit) for hit in file.hits]
        if not file.is_screened and not any(hit.rule == "unscreenable" for hit in hits):
            hits += hits_in([Passage(file.media_type, "the file", "unscreenable")])
        found += [_finding(hit, names[file.pk], file.pk, known, attachments.get(file.pk, "")) for hit in hits]
    return found


def obstacles(found: Iterable[Finding]) -> list[str]:
    """What stands in the way of letting out what these were found in; an empty list means go."""
    if waiting := sum(not one.is_seen for one in found):
        return [_("Screening found %(count)s places that a person has to look at.") % {"count": waiting}]
    return []


def _finding(hit: Hit, file: str, within: str, known: Mapping[str, Override], attachment: str = "") -> Finding:
    told = "\x00".join((hit.rule, hit.place, hit.excerpt, within))
    key = hashlib.sha256(told.encode()).hexdigest()
    return Finding(key, hit, file, known.get(key), attachment)
