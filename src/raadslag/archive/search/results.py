"""What a search answers: hits, counts and the ways to narrow it, as plain values without markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from raadslag.archive.models import Attachment, Body, Case, Edition, Item, Meeting, Organization, Portrait, Standing

Kind: TypeAlias = Literal["decision", "case", "item", "product", "commitment", "meeting", "organization", "attachment"]
MAX_CHOICES = 100  # of one facet
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Passage:
    """A piece of plain text and where the words searched for stand in it.

    `marks` are `(start, end)` in characters, in order and apart from each other. `cut_before` and
    `cut_after` tell that the text goes on there.
    """

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    cut_before: bool = False
    cut_after: bool = False

    @property
    def parts(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, `(piece, is_marked)`: joined they are the text. A template escapes each."""
        at = 0
        for start, end in self.marks:
            if at < start:
                yield self.text[at:start], False
            yield self.text[start:end], True
            at = end
        if at < len(self.text):
            yield self.text[at:], False


@dataclass(frozen=True)
class Hit:
    """One thing found. `meeting` comes with its organization and body; `item` is None for a meeting. Of an organization
    there is neither, but its `portrait` with both, of a product its newest `edition`, where `anchor` is the part of it,
    and of a commitment its `standing`.

    Of a case `meeting` and `item` are the newest that it was on. `title` may be empty where the paper shows none.
    `text` is the passage that answers the words best, out of all `texts`.
    """

    kind: Kind
    meeting: Meeting | None
    item: Item | None
    attachment: Attachment | None
    title: Passage
    text: Passage
    texts: tuple[str, ...] = ()
    case: Case | None = None
    portrait: Portrait | None = None
    edition: Edition | None = None
    standing: Standing | None = None
    anchor: str = ""

    @property
    def organization(self) -> Organization:
        """Whose it is, or the organization itself."""
        if self.meeting:
            return self.meeting.organization
        if self.edition:
            return self.edition.product.organization
        if self.standing:
            return self.standing.commitment.organization
        if self.portrait is None:
            raise TypeError("a hit is of a meeting, an organization, a product or a commitment")
        return self.portrait.organization

    @property
    def body(self) -> Body:
        """The body of that organization."""
        return self.meeting.body if self.meeting else self.organization.body

    @property
    def day(self) -> str:
        """The day of the meeting, on which the product was frozen, or as of which the organization or the commitment is
        told of."""
        if self.edition:
            return self.edition.day
        if self.standing:
            return self.standing.day
        return self.meeting.start[:10] if self.meeting else self.portrait.as_of[:10] if self.portrait else ""


@dataclass(frozen=True)
class Facet:
    """One way to narrow the search: the value to ask for, what it is called, and how many hits it leaves.

    `label` is the name of an organization or body; for kinds, years and outcomes it equals `value`, since
    their words are the page's to choose.
    """

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Results:
    """One page of hits, the best first, and what is needed around it.

    `total` counts the hits under all filters. `facets` has the keys `kind`, `body`, `organization`,
    `year` and `outcome`; each counts under all other filters, so that a choice can be changed. The value
    of an organization is `body-slug/organization-slug`. `is_loose` tells that nothing held all the words,
    so that hits with some of them are shown. `respelled` are words that nothing holds as they were typed,
    each with the word, one letter apart, that was looked for in its place.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[Facet, ...]]
    page: int
    pages: int
    is_loose: bool = False
    respelled: tuple[tuple[str, str], ...] = ()
