"""The text that all fields use: a small part of CommonMark, parsed once into a tree that every writer renders.

The part is: paragraphs, headings (`#`), nested lists, tables, links to http, https and mailto, emphasis.
Everything else, raw HTML and code among it, is ordinary text and is shown as it stands. Three things are
other than in CommonMark, since a text may also be plain prose that a reader found in a paper:

- **No letter and no digit is lost.** A list keeps its numbers as written ("2018.", "3)"). Where markup would
  drop something (a cell too many in a row, lists nested beyond reason), and where a text or a table is larger
  than a page can bear, the whole text is taken as plain paragraphs instead.
- **A typed bullet is a bullet.** Lines that begin with "•" or its like are items of a list, as papers of
  word processors have them, and a line after them that evidently begins anew is none.
- **A single newline is a space, unless the line evidently ended on purpose**: it is much shorter than its
  neighbours, so the next word would have fitted on it. Prose that was wrapped by a page flows again; a list
  of names or figures keeps its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_NESTING = 20  # of markup: ten lists inside each other
MAX_MARKUP = 16_000  # characters, eight pages: hostile markup of that length is parsed in a quarter of a second
MAX_COLUMNS = 30  # of a table: on A4 no column would hold more than two digits
MAX_CELLS = 10_000  # of all tables: only short rows that are filled up to the width of the head make more
_NARROW = 60  # characters: few pages wrap prose so narrowly, so a paragraph of such lines was broken by hand
_EARLY = 0.8  # share of the longest line below which a line ended early, letters being of unequal width
_LINK = re.compile(r"(?:https?://|mailto:)\S+\Z", re.IGNORECASE)


class _Node(msgspec.Struct, frozen=True, tag=str.lower):
    """Base of the tree. `tag` names the type in JSON, which is how the PDF template gets it."""


class Text(_Node, frozen=True):
    """Characters without markup and without newline."""

    text: str


class Break(_Node, frozen=True):
    """The end of a source line: to be kept (`hard`), or as good as a space."""

    hard: bool = True


class Emphasis(_Node, frozen=True):
    children: tuple[Inline, ...]


class Strong(_Node, frozen=True):
    children: tuple[Inline, ...]


class Link(_Node, frozen=True):
    """`href` begins with http:, https: or mailto: and holds no white space."""

    href: str
    children: tuple[Inline, ...]


class Mark(_Node, frozen=True):
    """Words that came or went, with the word that says so ("nyt"). Writers compose it; no text holds one."""

    gone: bool
    word: str
    text: str


Inline: TypeAlias = Text | Break | Emphasis | Strong | Link | Mark


class Paragraph(_Node, frozen=True):
    children: tuple[Inline, ...]


class Heading(_Node, frozen=True):
    """`level` is 1 to 6 within the text; a writer sets it below the heading that the text stands under."""

    level: int
    children: tuple[Inline, ...]


class ListItem(_Node, frozen=True):
    """`marker` is the number as written ("3.", "2018)"), None for a bullet."""

    marker: str | None
    blocks: tuple[Block, ...]


class List(_Node, frozen=True):
    items: tuple[ListItem, ...]


class Table(_Node, frozen=True):
    """All rows, the head too, have the same number of cells."""

    head: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]


Block: TypeAlias = Paragraph | Heading | List | Table


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of `text`. Total: any string has a tree, and no tree is deeper than a hand can follow."""
    if len(text) <= MAX_MARKUP:
        marked = _bulleted(text) if _SIGN.search(text) else text
        if _MARKUP.search(marked) or _MARKED_LINE.search(f"\n{marked}"):
            tokens = _markdown().parse(marked)
            if not _deep(tokens) and not _broad(tokens):
                blocks = _Builder(tokens).blocks()
                if not _lossy(text, blocks):
                    return blocks
    return _paragraphs(text)


def plain(text: str | Iterable[Block]) -> str:
    """What a person reads of `text`, without markup: blank lines between blocks, cells parted by " | "."""
    return "\n".join(_plain_lines(parse(text) if isinstance(text, str) else text)).strip("\n")


def says_the_same(one: str, other: str) -> bool:
    """Whether two texts are read alike, however their markup and the ends of their lines are written."""
    return one == other or _flowing(parse(one)) == _flowing(parse(other))


def _flowing(node: Any) -> Any:
    """A tree with lines that flow as one run of characters."""
    if isinstance(node, tuple):
        told: list[Any] = []
        for child in map(_flowing, node):
            child = Text(" ") if child == Break(hard=False) else child
            if isinstance(child, Text) and told and isinstance(told[-1], Text):
                told[-1] = Text(told[-1].text + child.text)
            else:
                told.append(child)
        return tuple(told)
    if isinstance(node, _Node):
        return type(node)(*(_flowing(getattr(node, name)) for name in node.__struct_fields__))
    return node


def inline_text(inlines: Iterable[Inline]) -> str:
    """The characters of a run of inlines; a line that ends on purpose ends in a newline."""
    return "".join(_characters(inlines))


def words(text: str) -> list[str]:
    """The words and numbers of `text` in order: runs of letters and digits, whatever stands between them."""
    return _WORD.findall(text)


_WORD = re.compile(r"[^\W_]+")

# A text without any of these is plain prose, which needs no CommonMark parser (and is most of a paper).
# Sought apart, either is found at the pace of one sign: any of a few, or a newline before the start of a line.
_MARKUP = re.compile(r"[*_\\\[<|\t]")
_MARKED_LINE = re.compile(r"\n(?:(?<=  \n)| {0,3}(?:#{1,6}|[-+]|\d{1,9}[.)])(?: |$))", re.MULTILINE)

# A line of a typed list: what stands before its sign, and the sign.
_SIGN = re.compile(r"^([ \t]*)[•▪◦‣●∙][ \t]*(?=\S)", re.MULTILINE)
_INDENT = 3  # spaces: CommonMark takes a list that stands further in for the paragraph above


def _bulleted(text: str) -> str:
    """`text` with typed signs as CommonMark's, and a blank line where prose begins anew after a list."""
    lines = text.split("\n")
    marked: list[str] = []
    in_list = False
    for line, begins_anew in zip(lines, [False, *_kept_breaks(lines)], strict=True):
        sign = _SIGN.match(line)
        if in_list and not sign and begins_anew and not line.lstrip()[:1].islower():
            marked.append("")
            in_list = False
        if sign:
            indent = sign[1] if len(sign[1]) <= _INDENT else ""
            marked.append(f"{indent}- {line[sign.end() :]}")
            in_list = True
        else:
            marked.append(line)
    return "\n".join(marked)


@cache
def _markdown() -> MarkdownIt:
    """The parser of the subset, loaded by the first text that needs it."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    markdown.disable(["code", "fence", "blockquote", "hr", "lheading", "reference", "html_block"])
    markdown.disable(["backticks", "html_inline", "entity", "image"])
    markdown.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]
    markdown.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return markdown


class _Builder:
    """Turns the flat tokens of markdown-it into the tree."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = iter(tokens)

    def blocks(self, closing: str | None = None) -> tuple[Block, ...]:
        """The blocks up to the token of type `closing`."""
        found: list[Block] = []
        for token in self._tokens:
            match token.type:
                case "paragraph_open":
                    found.append(Paragraph(self._inlines_up_to("paragraph_close")))
                case "heading_open":
                    found.append(Heading(int(token.tag[1]), self._inlines_up_to("heading_close")))
                case "bullet_list_open" | "ordered_list_open":
                    found.append(self._list(token.type.replace("open", "close")))
                case "table_open":
                    found.append(self._table())
                case _ if token.type == closing:
                    break
        return tuple(found)

    def _list(self, closing: str) -> List:
        items: list[ListItem] = []
        for token in self._tokens:
            if token.type == closing:
                break
            marker = token.info + token.markup if token.info else None
            items.append(ListItem(marker, self.blocks("list_item_close")))
        return List(tuple(items))

    def _table(self) -> Table:
        rows: list[tuple[tuple[Inline, ...], ...]] = []
        row: list[tuple[Inline, ...]] = []
        for token in self._tokens:
            if token.type in ("th_open", "td_open"):
                row.append(self._inlines_up_to(token.type.replace("open", "close")))
            elif token.type == "tr_close":
                rows.append(tuple(row))
                row = []
            elif token.type == "table_close":
                break
        return Table(rows[0], tuple(rows[1:]))

    def _inlines_up_to(self, closing: str) -> tuple[Inline, ...]:
        inlines: tuple[Inline, ...] = ()
        for token in self._tokens:
            if token.type == closing:
                break
            inlines = _Inlines(token).tree()
        return inlines


class _Inlines:
    """Turns the inline token of one block into inlines, deciding for each newline whether it is kept."""

    def __init__(self, token: Token) -> None:
        self._tokens = iter(token.children or ())
        self._kept = iter(_kept_breaks(token.content.split("\n")))

    def tree(self, closing: str | None = None) -> tuple[Inline, ...]:
        found: list[Inline] = []
        for token in self._tokens:
            match token.type:
                case "text" | "text_special":
                    if token.content:
                        found.append(Text(token.content))
                case "softbreak" | "hardbreak":
                    found.append(Break(next(self._kept, False) or token.type == "hardbreak"))
                case "em_open":
                    found.append(Emphasis(self.tree("em_close")))
                case "strong_open":
                    found.append(Strong(self.tree("strong_close")))
                case "link_open":
                    found.append(Link(str(token.attrs["href"]), self.tree("link_close")))
                case _ if token.type == closing:
                    break
        return tuple(found)


def _paragraphs(text: str) -> tuple[Block, ...]:
    """`text` as prose: blank lines part its paragraphs, and nothing else means anything."""
    paragraphs: list[Block] = []
    for chunk in re.split(
        r"\n[ \t]*(?:\n[ \t]*)+", text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    ):
        if lines := [line.strip(" \t") for line in chunk.strip(" \t\n").split("\n") if chunk.strip(" \t\n")]:
            inlines: list[Inline] = [Text(lines[0])]
            for line, hard in zip(lines[1:], _kept_breaks(lines), strict=True):
                inlines += Break(hard), Text(line)
            paragraphs.append(Paragraph(tuple(inlines)))
    return tuple(paragraphs)


def _kept_breaks(lines: list[str]) -> list[bool]:
    """For each end of a line but the last: whether the line ended on purpose."""
    longest = max(map(len, lines))
    kept = []
    for line, following in pairwise(lines):
        first_word = following.split(maxsplit=1)[:1]
        kept.append(longest < _NARROW or len(line) + 1 + len("".join(first_word)) < _EARLY * longest)
    return kept


def _deep(tokens: Sequence[Token]) -> bool:
    """Whether markup is nested so deeply that the parser gave up or the tree would be a burden."""
    return any(max((child.level for child in token.children or ()), default=0) > MAX_NESTING for token in tokens)


def _broad(tokens: Sequence[Token]) -> bool:
    """Whether a table has more columns than a page can show, or the tables more cells than anyone wrote."""
    types = [token.type for token in tokens if token.type in ("table_open", "th_open", "td_open")]
    columns = (len(tuple(head)) for kind, head in groupby(types) if kind == "th_open")
    return len(types) > MAX_CELLS or max(columns, default=0) > MAX_COLUMNS


def _lossy(text: str, blocks: tuple[Block, ...]) -> bool:
    """Whether a letter or digit of `text` stands nowhere in its tree, or markup would join two numbers to one."""
    held = "".join(_everything(blocks))
    text = _TWICE.sub(r"\1", text)
    return _letters(text) != _letters(held) or _NUMBER.findall(text) != _NUMBER.findall(held)


_NUMBER = re.compile(r"\d+")
_TWICE = re.compile(r"\[([^\[\]\s]+)\]\((?:mailto:)?\1\)")  # a link that shows its own address: `<address>` in full


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _everything(nodes: Iterable[Block | Inline]) -> Iterator[str]:
    """What was written in the source, in order: characters, numbers of lists and addresses of links."""
    for node in nodes:
        match node:
            case Text(text):
                yield text
            case Break():
                yield " "
            case Link(href, children):
                yield from _everything(children)
                if inline_text(children) not in (href, href.removeprefix("mailto:")):  # <address> is written once
                    yield f" {href} "
            case Emphasis(children) | Strong(children):
                yield from _everything(children)
            case Paragraph(children) | Heading(_, children):
                yield from (*_everything(children), " ")
            case List(items):
                for item in items:
                    yield f"{item.marker or ''} "
                    yield from _everything(item.blocks)
            case Table(head, rows):
                for row in (head, *rows):
                    for cell in row:
                        yield from (*_everything(cell), " ")


def _characters(inlines: Iterable[Inline]) -> Iterator[str]:
    for inline in inlines:
        match inline:
            case Text(text):
                yield text
            case Break(hard):
                yield "\n" if hard else " "
            case Mark(_, word, text):
                yield f"[{word}: {text}]"
            case _:
                yield from _characters(inline.children)


def _plain_lines(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph(children) | Heading(_, children):
                yield from inline_text(children).split("\n")
            case List(items):
                yield from (line for item in items for line in _item_lines(item))
            case Table(head, rows):
                yield from (" | ".join(map(inline_text, row)) for row in (head, *rows))
        yield ""


def _item_lines(item: ListItem) -> Iterator[str]:
    marker = item.marker or "-"
    lines = [line for line in _plain_lines(item.blocks) if line] or [""]
    yield f"{marker} {lines[0]}".rstrip()
    yield from (f"{' ' * len(marker)} {line}" for line in lines[1:])
