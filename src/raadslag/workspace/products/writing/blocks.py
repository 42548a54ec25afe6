"""The text of a part as the editor holds it: CommonMark to blocks, and back.

What the editor knows is what `web/scripts/prose.mjs` describes: paragraphs, headings, nested lists, links, emphasis and
line breaks. `normal` says what of it a text can tell: no empty paragraphs, no two lists of a kind in a row. Of that
`write` makes a text from which `read` makes the same again; where CommonMark has no way to mark the very letters that
are marked, the marks are left out and the words stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token

DEEPEST = 6  # lists within each other: what lies deeper is told at that depth
_LAST_NUMBER = 99_999_999  # of a list: one with more digits is none
_TYPED = re.compile(r"^[ \t]*[•▪◦‣●∙]", re.MULTILINE)  # `core/text.py` takes a typed bullet for an item of a list
_ADDRESS = re.compile(r"(?:https?://|mailto:)\S+\Z", re.IGNORECASE)


class Run(NamedTuple):
    """Letters that are marked alike. `href` is the address they lead to, or empty."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""


class Break(NamedTuple):
    """The end of a line: one that was asked for, or `soft`, as the source had it."""

    soft: bool = False


class Block(NamedTuple):
    """A paragraph, heading, list or item of one, by the name that the editor has for it.

    A paragraph and a heading hold runs and breaks; a list holds items, an item a paragraph and what follows it.
    """

    kind: str
    content: tuple[Any, ...] = ()
    level: int = 0
    start: int = 1
    tight: bool = True


Inline: TypeAlias = Run | Break
EMPTY = Block("paragraph")
LISTS = ("bulletList", "orderedList")


def is_address(text: str) -> bool:
    """Whether a link may lead there."""
    return _ADDRESS.match(text) is not None


def same(one: Sequence[Block], other: Sequence[Block]) -> bool:
    """Whether two texts say the same, but for blank lines between the items of lists."""
    return [_without_space(block) for block in one] == [_without_space(block) for block in other]


def _without_space(block: Any) -> Any:
    if not isinstance(block, Block):
        return isinstance(block, Break) or block
    return block._replace(content=tuple(map(_without_space, block.content)), tight=True)


# --- what a text can tell ---


def normal(blocks: Iterable[Block], depth: int = 0) -> tuple[Block, ...]:
    """The blocks without what no text tells: nothing that is empty, no lists side by side, nothing too deep."""
    told: list[Block] = []
    for block in blocks:
        if block.kind in LISTS:
            one = _list(block, depth)
            if not one.content:
                continue
            if told and told[-1].kind == one.kind:
                told[-1] = told[-1]._replace(content=told[-1].content + one.content, tight=told[-1].tight and one.tight)
            else:
                told.append(one)
            continue
        content = tuple(_inlines(block.content, is_heading=block.kind == "heading"))
        if content:
            level = min(max(block.level, 1), 6) if block.kind == "heading" else 0
            told.append(Block("heading" if level else "paragraph", content, level=level))
    return tuple(told)


def _list(block: Block, depth: int) -> Block:
    items: list[Block] = []
    for item in block.content:
        within = normal(item.content, depth + 1)
        if depth + 1 >= DEEPEST:
            flat = [one for one in within if one.kind not in LISTS]
            items += [Block("listItem", tuple(flat))] if flat else []
            items += [inner for one in within if one.kind in LISTS for inner in one.content]
        elif within:
            items.append(Block("listItem", within))
    items = [
        item if item.content[0].kind == "paragraph" else item._replace(content=(EMPTY, *item.content))
        for item in items
    ]  # fmt: skip
    tight = block.tight and all(one.kind in LISTS for item in items for one in item.content[1:])
    start = min(max(block.start, 0), _LAST_NUMBER) if block.kind == "orderedList" else 1
    return Block(block.kind, tuple(items), start=start, tight=tight)


def _inlines(content: Iterable[Inline], *, is_heading: bool) -> Iterator[Inline]:
    """The lines without white space at their ends; marks do not begin or end with white space."""
    lines: list[list[Run]] = [[]]
    soft: list[bool] = []
    for one in content:
        if isinstance(one, Break) and not is_heading:
            lines.append([])
            soft.append(one.soft)
        else:
            lines[-1].append(Run(" ") if isinstance(one, Break) else one)
    bare = [_line(line) for line in lines]
    while bare and not bare[0]:
        del bare[0], soft[:1]
    while bare and not bare[-1]:
        del bare[-1], soft[-1:]
    for number, line in enumerate(bare):
        if number:
            yield Break(soft[number - 1] and bool(bare[number - 1]) and bool(line))
        yield from line


_BLANK = re.compile(r"[\r\n\v\f\x1c-\x1f\x85\u2028\u2029]")
_PLAIN = (False, False, "")
_Letter: TypeAlias = tuple[str, bool, bool, str]


def _tidy(text: str) -> str:
    return _BLANK.sub(" ", text).replace("\0", "\ufffd")


def _line(runs: Sequence[Run]) -> list[Run]:
    if all(run[1:] == _PLAIN for run in runs):
        text = _tidy("".join(run.text for run in runs)).strip()
        return [Run(text)] if text else []
    letters = [
        (letter, run.bold, run.italic, run.href)
        for run in runs for letter in _tidy(run.text)
    ]  # fmt: skip
    while letters and letters[0][0].isspace():
        del letters[0]
    while letters and letters[-1][0].isspace():
        del letters[-1]
    return _runs(_narrowed(letters, str.isspace))


def _narrowed(letters: list[_Letter], leaves: Any) -> list[_Letter]:
    """The letters with each mark taken from those at its ends for which `leaves` is true."""
    told = [list(one) for one in letters]
    for mark in (1, 2, 3):
        for way in (range(len(told)), range(len(told) - 1, -1, -1)):
            before: Any = None
            for at in way:
                if told[at][mark] and told[at][mark] != before and leaves(str(told[at][0])):
                    told[at][mark] = "" if mark == 3 else False
                before = told[at][mark]
    return [tuple(one) for one in told]  # type: ignore[misc]


def _runs(letters: Iterable[_Letter]) -> list[Run]:
    told: list[Run] = []
    for letter, bold, italic, href in letters:
        if told and told[-1][1:] == (bold, italic, href):
            told[-1] = told[-1]._replace(text=told[-1].text + letter)
        else:
            told.append(Run(letter, bold, italic, href))
    return told


# --- reading ---


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark").enable("table")
    markdown.disable(["code", "fence", "blockquote", "hr", "lheading", "reference", "html_block"])
    markdown.disable(["backticks", "html_inline", "entity", "image"])
    markdown.validateLink = is_address  # type: ignore[method-assign]
    markdown.normalizeLink = lambda address: address  # type: ignore[method-assign]
    return markdown


def read(text: str) -> tuple[Block, ...] | None:
    """The blocks of a text; None for one that the editor would not give back as it was: tables, odd numbers."""
    blocks = _read(text)
    if blocks is None or _TYPED.search(text) or not same(normal(blocks), blocks):
        return None
    return blocks if same(_read(write(blocks)) or (), blocks) else None


def _read(text: str) -> tuple[Block, ...] | None:
    tokens = _markdown().parse(text.replace("\r\n", "\n").replace("\r", "\n"))
    try:
        return _Reader(tokens).blocks()
    except _Unknown:
        return None


class _Unknown(Exception):
    """The editor has nothing like that."""


class _Reader:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens, self._at = tokens, 0

    def blocks(self, closing: str = "") -> tuple[Block, ...]:
        told: list[Block] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type == closing:
                break
            match token.type:
                case "paragraph_open":
                    told.append(Block("paragraph", self._line()))
                case "heading_open":
                    told.append(Block("heading", self._line(), level=int(token.tag[1])))
                case "bullet_list_open":
                    tight = self._is_tight()
                    told.append(Block("bulletList", self._items("bullet_list_close", None), tight=tight))
                case "ordered_list_open":
                    start = int(token.attrGet("start") if token.attrGet("start") is not None else 1)  # type: ignore[arg-type]
                    tight = self._is_tight()
                    told.append(
                        Block("orderedList", self._items("ordered_list_close", start), start=start, tight=tight)
                    )
                case _:
                    raise _Unknown
        return tuple(told)

    def _items(self, closing: str, number: int | None) -> tuple[Block, ...]:
        told: list[Block] = []
        while (token := self._tokens[self._at]).type != closing:
            self._at += 1
            if number is not None:
                if (token.info, token.markup) != (str(number), "."):
                    raise _Unknown  # the editor counts, and nothing else
                number += 1
            content = self.blocks("list_item_close")
            told.append(Block("listItem", content if content and content[0].kind == "paragraph" else (EMPTY, *content)))
        self._at += 1
        return tuple(told)

    def _is_tight(self) -> bool:
        depth = 1
        for token in self._tokens[self._at :]:
            if token.type == "paragraph_open":
                return token.hidden
            depth += token.nesting if token.type.endswith(("list_open", "list_close")) else 0
            if not depth:
                break
        return True

    def _line(self) -> tuple[Inline, ...]:
        token = self._tokens[self._at]
        self._at += 2
        told: list[Inline] = []
        bold = italic = False
        href = ""
        for child in token.children or ():
            match child.type:
                case "text" | "text_special" if child.content:
                    run = Run(child.content, bold, italic, href)
                    if told and isinstance(told[-1], Run) and told[-1][1:] == run[1:]:
                        run = run._replace(text=told.pop().text + run.text)  # type: ignore[union-attr]
                    told.append(run)
                case "softbreak" | "hardbreak":
                    told.append(Break(child.type == "softbreak"))
                case "strong_open" | "strong_close":
                    bold = self._turned(bold, child)
                case "em_open" | "em_close":
                    italic = self._turned(italic, child)
                case "link_open":
                    if child.attrGet("title"):
                        raise _Unknown
                    href = str(child.attrGet("href"))
                case "link_close":
                    href = ""
                case "text" | "text_special":
                    pass
                case _:
                    raise _Unknown
        return tuple(told)

    @staticmethod
    def _turned(was: bool, child: Token) -> bool:
        if was == (child.nesting > 0):
            raise _Unknown  # emphasis in emphasis: the editor knows one of each
        return not was


# --- writing ---


def write(blocks: Iterable[Block]) -> str:
    """The blocks as CommonMark, of which `read` makes what is `normal` of them, or the same words with fewer marks."""
    return "\n\n".join("\n".join(_written(block)) for block in normal(blocks))


def _written(block: Block) -> list[str]:
    match block.kind:
        case "paragraph":
            return _prose(block.content, "").split("\n")
        case "heading":
            return [f"{'#' * block.level} {_prose(block.content, '#')}"]
    told: list[str] = []
    for number, item in enumerate(block.content):
        marker = f"{block.start + number}. " if block.kind == "orderedList" else "- "
        lines: list[str] = []
        for one in item.content if item.content[0].content else item.content[1:]:
            if lines and not (block.tight and _goes_on(one)):
                lines.append("")
            lines += _written(one)
        if number and not block.tight:
            told.append("")
        told.append((marker + lines[0]).rstrip())
        told += [" " * len(marker) + line if line else "" for line in lines[1:]]
    return told


def _goes_on(block: Block) -> bool:
    """Whether a list may follow the line above without a blank one: it begins with words, and with the number one."""
    return block.start == 1 and bool(block.content[0].content[0].content)


def _prose(content: Sequence[Inline], sign: str) -> str:
    """The first of the ways to write a line of which the same is read, or else without marks."""
    text = ""
    for tried, slanted in _ways(content):
        text = _lines(tried, slanted, sign)
        back = _read(f"{sign} {text}".lstrip())
        if back is not None and len(back) == 1 and same(back, [back[0]._replace(content=tuple(tried))]):
            break
    return text


def _ways(content: Sequence[Inline]) -> Iterator[tuple[list[Inline], str]]:
    plain = all(isinstance(one, Break) or one[1:] == _PLAIN for one in content)
    yield list(content), "*"
    if plain:
        return
    yield list(content), "_"
    inner = _apart(content, lambda letter: not letter.isalnum())
    yield inner, "*"
    yield inner, "_"
    for less in ({"italic": False}, {"bold": False}, {"italic": False, "bold": False}):
        yield [one if isinstance(one, Break) else one._replace(**less) for one in inner], "*"
    told: list[Inline] = []
    for at, one in enumerate(content):
        if isinstance(one, Run):
            following = content[at + 1] if at + 1 < len(content) else None
            ends = bool(one.href) and not (isinstance(following, Run) and following.href == one.href)
            address = f" ({one.href})" if ends and one.text != one.href else ""
            told.append(Run(one.text + address))
        else:
            told.append(one)
    yield _apart(told, lambda _: False), "*"


def _apart(content: Sequence[Inline], leaves: Any) -> list[Inline]:
    """Each line with its runs narrowed and joined."""
    told: list[Inline] = []
    line: list[_Letter] = []
    for one in [*content, None]:
        if isinstance(one, Run):
            line += [(letter, one.bold, one.italic, one.href) for letter in one.text]
        else:
            told += _runs(_narrowed(line, leaves))
            line = []
            told += [one] if one is not None else []
    return told


def _lines(content: Sequence[Inline], slanted: str, sign: str) -> str:
    told: list[str] = []
    open_marks: list[str] = []
    is_first = True
    for at, one in enumerate(content):
        following = content[at + 1] if at + 1 < len(content) else None
        if isinstance(one, Break):
            told.append("\n" if one.soft else "\\\n")
            is_first = True
            continue
        wanted = (["**"] if one.bold else []) + ([slanted] if one.italic else [])
        while open_marks and (open_marks != wanted[: len(open_marks)]):
            told.append(open_marks.pop())
        for mark in wanted[len(open_marks) :]:
            told.append(mark)
            open_marks.append(mark)
        told.append(_linked(one) if one.href else _escaped(one.text, is_first and not sign, sign, following))
        is_first = False
        if following is None or isinstance(following, Break):
            after = content[at + 2] if at + 2 < len(content) else None
            while open_marks and not (isinstance(after, Run) and _has(after, open_marks[-1])):
                told.append(open_marks.pop())
    return "".join([*told, *reversed(open_marks)])


def _has(run: Run, mark: str) -> bool:
    return run.bold if mark == "**" else run.italic


def _linked(run: Run) -> str:
    """A link of its own: emphasis lies around it, and begins and ends with it."""
    if run.text in (run.href, run.href.removeprefix("mailto:")) and not re.search(r"[<>\s]", run.text):
        return f"<{run.text}>"
    text = re.sub(r"(?<!\\)[\[\]]", r"\\\g<0>", _escaped(run.text, False, "", None))
    address = re.sub(r"[()\\]", r"\\\g<0>", run.href)
    return f"[{text}]({address})"


_ANYWHERE = re.compile(r"[*\\]|(?<![^\W_])_|_(?![^\W_])|\](?=\()|<(?=[a-z])", re.IGNORECASE)
_AT_START = re.compile(r"(?:[-+]|#{1,6})(?=\s|$)|(?<=\d)[.)](?=\s|$)")
_NUMBER = re.compile(r"\d{1,9}(?=[.)](?:\s|$))")
_RULE = re.compile(r"[|:\-\s]*-[|:\-\s]*\Z")  # what would make the line above the head of a table


def _escaped(text: str, is_first: bool, sign: str, following: Inline | None) -> str:
    told = _ANYWHERE.sub(r"\\\g<0>", text)
    if told.endswith("]") and isinstance(following, Run):
        told = f"{told[:-1]}\\]"
    if is_first:
        number = _NUMBER.match(told)
        at = number.end() if number else 0
        if _AT_START.match(told, at) or (not at and _RULE.match(told)):
            told = f"{told[:at]}\\{told[at:]}"
    if sign and following is None:
        told = re.sub(r"#+\Z", lambda found: "".join(f"\\{one}" for one in found[0]), told)
    return told
