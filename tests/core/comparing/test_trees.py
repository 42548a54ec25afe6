"""Two versions of a product: each difference, applied to the old, gives the new; what moved is not said to be new."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from raadslag.core.comparing import after, apply, before, compare, moves
from raadslag.core.record import Element
from tests.core.comparing.test_texts import TEXTS


def element(identity: str, parent: str | None = None, **more: Any) -> Element:
    return Element(**{"id": identity, "kind": "text", "parent": parent, "title": identity, "text": "", **more})


@st.composite
def trees(draw: st.DrawFn, identities: tuple[str, ...] = tuple("abcdefgh")) -> tuple[Element, ...]:
    """Some of the elements, each below one before it or at the top, in reading order."""
    chosen = draw(st.lists(st.sampled_from(identities), unique=True, max_size=8))
    parents: dict[str, str | None] = {}
    for at, one in enumerate(chosen):
        parents[one] = draw(st.sampled_from([None, *chosen[:at]]))
    read: list[Element] = []

    def walk(parent: str | None) -> None:
        for one in (one for one in chosen if parents[one] == parent):
            text = draw(st.none() | TEXTS)
            title = draw(st.none() | st.sampled_from(["Bænke", "Lys", "Lys på stierne"]))
            read.append(Element(id=one, kind="text", number=str(len(read)), title=title, text=text, parent=parent))
            walk(one)

    walk(None)
    return tuple(read)


@given(trees(), trees())
def test_a_difference_applied_to_the_old_gives_the_new(old: tuple[Element, ...], new: tuple[Element, ...]) -> None:
    told = compare(old, new)
    assert after(told) == new
    assert apply(old, told) == new
    assert before(told, [one.id for one in old]) == old
    assert {one.element.id for one in told if one.is_changed} >= {
        one.id
        for one in new
        if one not in old and replace(one, number=None) not in {replace(o, number=None) for o in old}
    }


@given(trees())
def test_a_version_does_not_differ_from_itself(tree: tuple[Element, ...]) -> None:
    assert not any(one.is_changed for one in compare(tree, tree))


def test_differences_of_another_version_are_refused() -> None:
    told = compare([element("a", text="Før")], [element("a", text="Nu")])
    with pytest.raises(ValueError, match="another version"):
        apply([element("a", text="Noget andet")], told)


def test_an_identity_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        compare([element("a"), element("a")], [])


def test_one_that_was_moved_up_is_the_one_that_moved() -> None:
    old = [element(one) for one in "abcd"]
    told = compare(old, [old[3], *old[:3]])
    assert [one.element.id for one in told if one.is_moved] == ["d"]
    assert [one.element.id for one in told] == ["d", "a", "b", "c"]


def test_one_with_another_parent_moved_and_its_children_did_not() -> None:
    old = [element("a"), element("b"), element("c", "b"), element("d", "c")]
    told = compare(old, [element("a"), element("c", "a"), element("d", "c"), element("b")])
    assert [one.element.id for one in told if one.is_moved] == ["c"]


def test_what_went_stands_where_it_stood() -> None:
    told = compare([element(one) for one in "abc"], [element("a"), element("c"), element("d")])
    assert [(one.element.id, one.old is None, one.new is None) for one in told] == [
        ("a", False, False), ("b", False, True), ("c", False, False), ("d", True, False),
    ]  # fmt: skip


def test_a_new_number_alone_is_no_change() -> None:
    told = compare([element("a", number="1")], [element("a", number="2")])
    assert not told[0].is_changed


@pytest.mark.parametrize(
    "moved", ["Mange ved ikke, hvem de kan spørge.", "Mange ved slet ikke, hvem de nu kan spørge."]
)
def test_a_passage_that_stands_in_another_element_was_moved(moved: str) -> None:
    told = compare(
        [element("a", text="Først.\n\nMange ved ikke, hvem de kan spørge.\n"), element("b", text="Om lys.\n")],
        [element("a", text="Først.\n"), element("b", text=f"Om lys.\n\n{moved}\n")],
    )
    ((number, (source, target)),) = moves(told).items()
    assert (number, source.id, target.id) == (1, "a", "b")


def test_a_hundred_pages_rewritten_all_over_are_compared() -> None:
    """No bar of time here (`make bench` has it): only that nothing in it grows beyond reason."""
    chance = random.Random(1)
    vocabulary = [f"ord{n}" for n in range(4000)]

    def text() -> str:
        return "\n\n".join(" ".join(chance.choices(vocabulary, k=60)) for _ in range(7))

    old = [element(str(n), text=text()) for n in range(100)]
    new = [replace(one, text=text()) for one in old]
    told = compare(old, new)
    assert after(told) == tuple(new)
