"""Where a comment's words stand in a product today, and which have no place any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from raadslag.core.comparing import anchors
from raadslag.core.comparing.anchors import Anchor, Found
from raadslag.core.text import plain


class Placed(NamedTuple):
    """A comment and where it belongs. `element` is None without a place; `found` is None where no words are quoted.

    `now` are the words that stand there today. `is_moved`: they stand in another part than they did.
    """

    comment: Any
    element: UUID | None
    found: Found | None = None
    now: str = ""
    is_moved: bool = False

    @property
    def is_rewritten(self) -> bool:
        """Whether the words are taken for the quoted ones without being them."""
        return self.found is not None and not self.found.is_exact


def with_answers(comments: Any) -> Any:
    """The same rows with all that their answers tell. Three queries more, however many there are."""
    return comments.prefetch_related("answers__change", "answers__merged_into", "answers__by__person")


def place(comments: Iterable[Any], texts: Mapping[UUID, str]) -> list[Placed]:
    """Each comment at its place among the parts' texts, as they are read, without marks.

    A quotation is looked for in its own part first; one that is nowhere there, also not rewritten, and stands word for
    word in another, has moved. A comment on a part without a quotation stays with the part.
    """
    return [_place(one, texts) for one in comments]


def _place(comment: Any, texts: Mapping[UUID, str]) -> Placed:
    home = comment.element_id
    if not comment.quote:
        return Placed(comment, home if home in texts else None)
    anchor: Anchor = comment.anchor
    if home in texts and (own := anchors.find(anchor, texts[home])):
        return _at(comment, home, own, texts)
    for identity, text in texts.items():
        if identity != home and (there := anchors.find_elsewhere(anchor, text)):
            return _at(comment, identity, there, texts)
    return Placed(comment, None)


def _at(comment: Any, identity: UUID, found: Found, texts: Mapping[UUID, str]) -> Placed:
    return Placed(comment, identity, found, texts[identity][found.start : found.end], identity != comment.element_id)


class Group(NamedTuple):
    """A part with the comments that belong to it."""

    node: Any
    placed: Sequence[Placed]


def by_part(nodes: Sequence[Any], comments: Iterable[Any]) -> tuple[list[Group], list[Placed], list[Placed]]:
    """The comments in the order of the product's parts, where there are some; then those on the whole, and those whose
    place is gone."""
    placed = place(comments, {node.identity: plain(node.part.text) for node in nodes})
    groups = [Group(node, [one for one in placed if one.element == node.identity]) for node in nodes]
    on_all = [one for one in placed if one.comment.element_id is None]
    lost = [one for one in placed if one.element is None and one.comment.element_id is not None]
    return [group for group in groups if group.placed], on_all, lost
