"""A part's text as blocks, as a Yjs document and as CommonMark again; and what a shared text is to its part."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import XmlElement, XmlFragment, XmlText

from raadslag.core.text import words
from raadslag.workspace.common.errors import Conflict
from raadslag.workspace.products import actions
from raadslag.workspace.products.models import Change, Element, Shared
from raadslag.workspace.products.writing import keeping
from raadslag.workspace.products.writing.admission import Who
from raadslag.workspace.products.writing.blocks import EMPTY, Block, Break, Run, normal, read, same, write
from raadslag.workspace.products.writing.documents import FIELD, begun, blocks_of, changed, document
from tests.web.test_prose import SEEDS, invented, tree

from .conftest import World
from .test_products import Draft

# --- texts ---

ADDRESSES = ("https://example.org/a_(b)", "mailto:a@example.org")
LETTERS = st.text(st.sampled_from("aæ €😀 *_-#.1)(<>[]\\|•`~&!:\t\n "), max_size=12) | st.sampled_from(
    ["2018. ", "- x", "# nej", "|---|", "a_b_c", "https://example.org", "5 * 3", "<http://a.b>", "](", "**"]
)
RUNS = st.builds(
    Run, LETTERS, st.booleans(), st.booleans(),
    st.sampled_from(["", "", "", *ADDRESSES]),
)  # fmt: skip
LINES = st.lists(RUNS | st.builds(Break, st.booleans()), max_size=5).map(tuple)
PARAGRAPHS = st.builds(Block, st.just("paragraph"), LINES)
HEADINGS = st.builds(Block, st.just("heading"), LINES, st.integers(1, 6))


def lists(blocks: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    """A list of items, each of which begins with a paragraph."""
    item = st.tuples(PARAGRAPHS, st.lists(blocks, max_size=2)).map(lambda one: Block("listItem", (one[0], *one[1])))
    items = st.lists(item, min_size=1, max_size=3).map(tuple)
    bullets = st.builds(Block, st.just("bulletList"), items, tight=st.booleans())
    numbers = st.builds(Block, st.just("orderedList"), items, start=st.integers(0, 12), tight=st.booleans())
    return bullets | numbers


DOCUMENTS = st.lists(st.recursive(PARAGRAPHS | HEADINGS, lists, max_leaves=8), max_size=4).map(tuple)


def letters(nodes: Iterable[Any]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Run):
            yield node.text
        elif isinstance(node, Block):
            yield from letters(node.content)
            yield " "
        else:
            yield " "


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_whatever_the_editor_holds_is_the_same_as_text(blocks: tuple[Block, ...]) -> None:
    """The same blocks, with the same words; where marks could not be told, the words alone. And it is told once."""
    text = write(blocks)
    back = keeping_marks = read_all(text)
    assert [shape(one) for one in back] == [shape(one) for one in normal(blocks)]
    assert same(normal(keeping_marks), keeping_marks)
    assert write(back) == write(read_all(write(back)))


def read_all(text: str) -> tuple[Block, ...]:
    """The blocks; typed bullets are for the editor what they are."""
    from raadslag.workspace.products.writing import blocks

    told = blocks._read(text)
    assert told is not None, text
    return told


def shape(block: Block) -> Any:
    """Kind, place and words; an address that could not be a link any more stands behind its words."""
    if block.kind in ("paragraph", "heading"):
        told = "".join(letters(block.content))
        for address in ADDRESSES:
            told = told.replace(f"({address})", "")
        return block.kind, block.level, "".join(told.split())
    return block.kind, block.start, [shape(one) for one in block.content]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_a_document_says_what_it_was_given_and_then_what_it_was_changed_to(
    before: tuple[Block, ...], after: tuple[Block, ...]
) -> None:
    before, after = normal(before), normal(after)
    doc = document(begun(before))
    assert blocks_of(doc) == (before or (EMPTY,))
    elsewhere = document(doc.get_update())
    update = changed(doc, after)
    assert same(normal(blocks_of(doc)), after)
    assert (update == b"") == (before == after or (same(before, after) and not update))
    if update:
        other = document(elsewhere.get_update(), update)
        assert blocks_of(other) == blocks_of(doc)


def test_who_writes_elsewhere_is_not_disturbed_by_a_change() -> None:
    one = document(begun(read("Første afsnit.\n\nAndet afsnit.") or ()))
    two = document(one.get_update())
    update = changed(one, read("Det første afsnit.\n\nAndet afsnit.") or ())
    text = two.get(FIELD, type=XmlFragment).children[0].children[0]
    text.insert(len("Første afsnit.".encode()), " Mere.", {})
    merged = document(one.get_update(), two.get_update(), update)
    assert write(blocks_of(merged)) == "Det første afsnit. Mere.\n\nAndet afsnit."


def test_whatever_is_put_into_a_document_is_told_as_far_as_words_go() -> None:
    doc = document()
    children = doc.get(FIELD, type=XmlFragment).children
    with doc.transaction():
        for tag, attributes in (("script", []), ("heading", [("level", "x")]), ("orderedList", [("start", 1e30)])):
            children.append(XmlElement(tag, attributes))
            inner = XmlText()
            children[len(children) - 1].children.append(inner)
            inner.insert(0, f"<{tag}>", {"link": {"href": "javascript:alert(1)"}, "ukendt": {}})
        deep: Any = children
        for _ in range(500):
            deep.append(XmlElement("bulletList"))
            deep[len(deep) - 1].children.append(XmlElement("listItem"))
            deep = deep[len(deep) - 1].children[0].children
        deep.append(XmlText("dybt"))
    assert write(blocks_of(doc)) == "\\<script>\n\n### \\<heading>"
    with pytest.raises(ValueError, match="no update"):
        document(b"\xff" * 9)


@pytest.mark.slow
def test_the_binding_of_the_editor_gives_documents_the_very_shape() -> None:
    texts = [text for text in map(invented, SEEDS) if read(text)]
    texts += ["Æ €😀 ø **å** [x😀](https://example.org) ny", "## Overskrift\n\n3. et\n4. to\n   - a\n\n   b"]
    given_ = [[text, base64.b64encode(begun(read(text) or ())).decode()] for text in texts]
    script = Path(__file__).with_name("bound.mjs")
    done = subprocess.run(["node", str(script)], input=json.dumps(given_), capture_output=True, text=True, check=True)
    told = [(text, one) for text, one in zip(texts, json.loads(done.stdout), strict=True) if one]
    assert len(told) > len(SEEDS) // 3
    for text, one in told:
        blocks = read(text)
        assert blocks
        assert one["isSame"], text
        assert blocks_of(document(base64.b64decode(one["update"]))) == blocks, text
        assert words(write(blocks)) == words(one["written"]), text
        if not any(
            "\n" in line for line in map(str.strip, text.split("\n\n"))
        ):  # in one line, emphasis cannot be joined
            assert tree(write(blocks)) == tree(text), text


# --- rows ---


@pytest.fixture
def draft(world: World) -> Draft:
    return Draft(world)


class Together:
    """A part with a shared text, and those who write in it, one after the other."""

    def __init__(self, draft: Draft, text: str = "Først.") -> None:
        self.draft, self.at = draft, draft.world.at
        self.part = draft.add("Ensomhed", text)
        actions.assign(self.part, draft.group, [], **draft.told)
        self.shared = keeping.begin(self.part.pk, self.at)
        self.doc = document(*(row.data for row in keeping.since(self.shared.pk, 0, 0, self.at).rows))

    def write(self, user: Any, text: str, minutes: int = 0) -> None:
        """Let the text be that."""
        update = changed(self.doc, read(text) or ())
        told: dict[str, Any] = {
            "here": [],
            "head": 0,
            "last": 0,
            "presence": 0,
            "at": self.at + timedelta(minutes=minutes),
        }
        who = Who(1, user.pk, "", "low", "")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keeping.admission, "refusals", lambda *_: {})
            keeping.keep(self.shared.pk, [(who, update)], [], **told)

    def saved(self) -> Element:
        return actions.take_in(Element.objects.select_related("product").get(pk=self.part.pk), at=self.at)


@pytest.mark.django_db
def test_a_sitting_is_one_change_with_all_who_wrote_and_each_saving_can_be_restored(draft: Draft) -> None:
    together, other = Together(draft), draft.world.appoint("other", "member", draft.group)
    together.write(draft.writer, "Først. Så.")
    assert together.saved().text == "Først. Så."
    together.write(other, "Først. Så. Og så.", minutes=20)
    together.write(draft.writer, "Først. Så. Og så. Nu.", minutes=21)
    part = together.saved()
    together.write(other, "Senere.", minutes=90)
    part = together.saved()
    told = [(row.text, row.change.number, {one.pk for one in row.authors.all()}) for row in part.versions.all()[:3]]
    assert told == [
        ("Senere.", 3, {other.pk}), ("Først. Så. Og så. Nu.", 2, {other.pk, draft.writer.pk}),
        ("Først. Så.", 2, {draft.writer.pk}),
    ]  # fmt: skip
    change = Change.objects.get(number=2)
    assert (change.kind, change.by, change.group) == ("together", draft.writer, draft.group)
    assert together.saved().version == part.version  # nothing new, and nothing saved

    actions.restore(part, part.version - 1, **draft.told)
    fresh = keeping.since(together.shared.pk, 0, 0, together.at)
    assert write(blocks_of(document(*(row.data for row in fresh.rows)))) == "Først. Så. Og så. Nu."


@pytest.mark.django_db
def test_who_saves_the_plain_field_meets_what_was_written_together(draft: Draft) -> None:
    together = Together(draft)
    together.write(draft.writer, "Først. Sammen.")
    with pytest.raises(Conflict):
        draft.write(together.part, "Alene.")
    together.saved()
    draft.write(together.part, "Først. Sammen.", title="Ny overskrift")
    part = draft.write(together.part, "Alene. Sammen.")
    assert [one.text for one in part.versions.all()] == ["Alene. Sammen.", "Først. Sammen.", "Først. Sammen.", "Først."]
    # What is not in the form cannot be in conflict; its heading can.
    together.doc = document(*(row.data for row in keeping.since(together.shared.pk, 0, 0, together.at).rows))
    opened = part.version
    together.write(draft.writer, "Alene. Sammen igen.")
    part = draft.write(part, None, title="Nyere", version=opened)
    assert (part.title, part.text) == ("Nyere", "Alene. Sammen igen.")
    with pytest.raises(Conflict):
        draft.write(part, None, title="Nyest", version=opened)


@pytest.mark.django_db
def test_a_form_that_meets_it_shows_both_and_may_be_sent_again(draft: Draft, browser_of: Callable[..., Client]) -> None:
    together = Together(draft)
    together.write(draft.writer, "Sammens ord.")
    edit = reverse("products:element", args=[draft.product.pk, together.part.pk])
    client = browser_of("writer")
    assert "data-together=" in client.get(edit).content.decode()
    told = {"kind": "text", "title": "Ny", "cause": "correction", "version": 1, "once": "n1"}
    for _ in range(2):
        shown = client.post(edit, {**told, "text": "Alenes ord."})
        assert shown.status_code == 422
        page = shown.content.decode()
        assert "Sammens ord." in page
        assert "Alenes ord." in page
        assert "data-together=" not in page  # what was written alone goes with the form
    assert client.post(edit, told).status_code == 302  # a form without the text
    together.part.refresh_from_db()
    assert (together.part.title, together.part.text) == ("Ny", "Sammens ord.")
    history = reverse("products:history", args=[draft.product.pk, together.part.pk])
    assert "Prøve writer · Æ-02 Skrevet sammen" in client.get(history).content.decode()
    older = client.get(history, {"foer": "2"}).content.decode()
    assert ("number 1" in older or "nummer 1" in older, "nummer 2" in older) == (True, False)
    assert "Lad den sige dette igen" in older

    draft.write(together.part, "| a | b |\n|---|---|\n| 1 | 2 |")
    assert "data-together=" not in client.get(edit).content.decode()


@pytest.mark.django_db
def test_a_frozen_version_holds_the_last_word_and_what_was_left_behind_is_taken_in(draft: Draft) -> None:
    together = Together(draft)
    together.write(draft.writer, "Frosset.")
    assert draft.freeze().decoded().elements[0].text == "Frosset."
    together.write(draft.writer, "Efterladt.")
    assert actions.take_in_all(together.at + timedelta(minutes=1)) == 0
    assert actions.take_in_all(together.at + timedelta(minutes=3)) == 1
    together.part.refresh_from_db()
    assert together.part.text == "Efterladt."


@pytest.mark.django_db
def test_many_updates_become_one_and_nobody_misses_any(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_PACKED_AT", 10)
    together = Together(draft)
    for number in range(12):
        together.write(draft.writer, "Ord " * (number + 1), minutes=number)
    halfway = keeping.since(together.shared.pk, 6, 0, together.at).rows
    before = Shared.objects.defer("state").get()  # who reads in the moment in which they are packed
    actions.take_in(Element.objects.select_related("product").get(), at=together.at + timedelta(minutes=12))
    shared = Shared.objects.get()
    assert (shared.packed, shared.updates.count()) == (11, 2)
    assert [row.number for row in keeping._rows(before, 0)] == [11, 12, 13]
    ready = keeping.text_ahead(together.part)
    assert (ready.last, ready.text) == (13, ("Ord " * 12).strip())
    for last in (0, 6, 12):
        rows = keeping.since(shared.pk, last, 0, together.at).rows
        assert rows[-1].number == 13
    assert write(blocks_of(document(bytes(shared.state), *(row.data for row in rows)))) != ""
    whole = document(*(row.data for row in keeping.since(shared.pk, 0, 0, together.at).rows))
    assert write(blocks_of(whole)) == ("Ord " * 12).strip()
    assert [row.number for row in halfway] == [7, 8, 9, 10, 11, 12, 13]
