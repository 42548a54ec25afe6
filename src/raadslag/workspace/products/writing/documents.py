"""The text of a part as a Yjs document, in the very shape that the editor's binding (y-tiptap) gives it.

A block is an element of the editor's name, letters are text with marks as formats. Whatever somebody puts into a
document by other means is told as far as words go: what the editor does not know is a paragraph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from raadslag.workspace.products.writing.blocks import EMPTY, LISTS, Block, Break, Inline, Run, is_address, normal

FIELD = "text"
_DEEPEST = 60  # elements within each other: no editor of ours makes as many
_INLINE = ("hardBreak",)


def document(*updates: bytes) -> Doc[Any]:
    """A document with what was written in it. Raises ValueError for what is no update."""
    made: Doc[Any] = Doc()
    made.get(FIELD, type=XmlFragment)
    for update in updates:
        apply(made, update)
    return made


def apply(doc: Doc[Any], update: bytes) -> None:
    """Take an update in. Raises ValueError for what is none; the document may then hold a part of it."""
    try:
        doc.apply_update(update)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:  # the library panics at some, which is no Exception
        raise ValueError("no update") from fault


def blocks_of(doc: Doc[Any]) -> tuple[Block, ...]:
    """What the document says."""
    return _blocks(doc.get(FIELD, type=XmlFragment).children, 0)


def begun(blocks: Sequence[Block]) -> bytes:
    """The first update of a document: these blocks, or a paragraph to begin in."""
    doc = document()
    with doc.transaction():
        _insert(doc.get(FIELD, type=XmlFragment), 0, blocks or (EMPTY,))
    return doc.get_update()


def changed(doc: Doc[Any], blocks: Sequence[Block]) -> bytes:
    """Let the document say `blocks`, touching what differs alone: who writes elsewhere in it is not disturbed.

    Returns the update, empty where nothing differs.
    """
    before = doc.get_state()
    fragment = doc.get(FIELD, type=XmlFragment)
    old = [_comparable(block) for block in _all(fragment.children, 0)]
    new = [_comparable(block) for block in blocks or (EMPTY,)]
    if normal(old) == normal(new):
        return b""
    with doc.transaction():
        known: dict[Block, int] = {}
        signs = [[known.setdefault(block, len(known)) for block in side] for side in (old, new)]
        for what, low, high, first, last in reversed(SequenceMatcher(None, *signs, autojunk=False).get_opcodes()):
            if what == "equal":
                continue
            pairs = min(high - low, last - first)
            if last - first > pairs:
                _insert(fragment, high, list(blocks or (EMPTY,))[first + pairs : last])
            for at in reversed(range(low + pairs, high)):
                del fragment.children[at]
            for step in reversed(range(pairs)):
                _turn(fragment, low + step, old[low + step], (blocks or (EMPTY,))[first + step])
    return doc.get_update(before)


def _comparable(block: Block) -> Block:
    return (normal([block]) or (EMPTY,))[0] if block.kind not in LISTS else block


def _turn(fragment: XmlFragment, at: int, old: Block, new: Block) -> None:
    """Let one block say another thing: letter by letter where both are lines of a kind, or as a whole."""
    element = fragment.children[at]
    texts = list(element.children) if isinstance(element, XmlElement) else []
    is_line = len(texts) == 1 and isinstance(texts[0], XmlText) and (old.kind, old.level) == (new.kind, new.level)
    if not is_line or new.kind in LISTS or not all(isinstance(one, Run) for one in new.content):
        del fragment.children[at]
        _insert(fragment, at, [new])
        return
    text = texts[0]
    before = [(letter, _marks(run)) for run in _runs(text) for letter in run.text]
    after = [(letter, _marks(run)) for run in new.content for letter in run.text]
    low = 0
    while low < min(len(before), len(after)) and before[low] == after[low]:
        low += 1
    high = 0
    while high < min(len(before), len(after)) - low and before[-1 - high] == after[-1 - high]:
        high += 1
    units = [len(letter.encode()) for letter, _ in before]
    start, end = sum(units[:low]), sum(units[: len(before) - high])
    if end > start:
        del text[start:end]
    for marks, letters in groupby(after[low : len(after) - high], key=lambda one: one[1]):
        told = "".join(letter for letter, _ in letters)
        text.insert(start, told, marks)
        start += len(told.encode())


# --- into a document ---


def _insert(parent: Any, at: int, blocks: Iterable[Block]) -> None:
    for number, block in enumerate(blocks):
        element = XmlElement(block.kind, list(_attributes(block)))
        parent.children.insert(at + number, element)
        if block.kind in (*LISTS, "listItem"):
            _insert(element, 0, block.content)
        else:
            _fill(element, block.content)


def _attributes(block: Block) -> Iterator[tuple[str, Any]]:
    if block.kind == "heading":
        yield "level", block.level
    if block.kind == "orderedList":
        yield "start", block.start
    if block.kind in LISTS:
        yield "tight", block.tight


def _fill(element: XmlElement, content: Sequence[Inline]) -> None:
    for is_run, some in groupby(content, key=lambda one: isinstance(one, Run)):
        if is_run:
            text = XmlText()
            element.children.append(text)
            at = 0
            for run in some:
                text.insert(at, run.text, _marks(run))  # type: ignore[union-attr]
                at += len(run.text.encode())  # type: ignore[union-attr]
        else:
            for one in some:
                element.children.append(XmlElement("hardBreak", [("soft", one.soft)]))  # type: ignore[union-attr, list-item]


def _marks(run: Run) -> dict[str, Any]:
    marks: dict[str, Any] = {}
    if run.bold:
        marks["bold"] = {}
    if run.italic:
        marks["italic"] = {}
    if run.href:
        marks["link"] = {"href": run.href}
    return marks


# --- out of a document ---


def _all(nodes: Iterable[Any], depth: int) -> Iterator[Block]:
    """A block for each node: also what is empty has its place."""
    for node in nodes:
        if isinstance(node, XmlElement) and node.tag in LISTS:
            items = [
                Block("listItem", _blocks(item.children, depth + 2)) for item in node.children
                if isinstance(item, XmlElement) and depth < _DEEPEST
            ]  # fmt: skip
            yield Block(
                str(node.tag),
                tuple(items),
                start=_number(node, "start", 1),
                tight=node.attributes.get("tight") is not False,
            )
        elif isinstance(node, XmlElement) and node.tag == "heading":
            yield Block("heading", tuple(_content([node], depth)), level=_number(node, "level", 3))
        else:
            yield Block("paragraph", tuple(_content([node], depth)))


def _blocks(nodes: Iterable[Any], depth: int) -> tuple[Block, ...]:
    return tuple(_all(nodes, depth))


def _number(node: XmlElement, name: str, otherwise: int) -> int:
    told = node.attributes.get(name)
    return int(told) if isinstance(told, int | float) and abs(told) < 10**9 else otherwise


def _content(nodes: Iterable[Any], depth: int) -> Iterator[Inline]:
    for node in nodes:
        if isinstance(node, XmlText):
            yield from _runs(node)
        elif isinstance(node, XmlElement) and node.tag == "hardBreak":
            yield Break(node.attributes.get("soft") is True)
        elif isinstance(node, XmlElement | XmlFragment) and depth < _DEEPEST:
            yield from _content(node.children, depth + 1)


def _runs(text: XmlText) -> Iterator[Run]:
    for told, marks in text.diff():
        if isinstance(told, str):
            given = marks or {}
            link = given.get("link")
            href = link.get("href") if isinstance(link, dict) else ""
            href = href if isinstance(href, str) and is_address(href) else ""
            yield Run(told, given.get("bold") is not None, given.get("italic") is not None, href)
