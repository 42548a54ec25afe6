"""Texts in markup without the words: those of XML in place, and a web page told anew by its plainest elements."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from raadslag.core.readers.hidden.html import concealed
from raadslag.core.redacting.words import MARK, Words


class Piece(NamedTuple):
    """A piece of a running text, and how to put another in its place; what parts it from the next cannot be put."""

    text: str
    put: Callable[[str], object] | None = None


def scrub(pieces: Iterable[Piece], words: Words) -> None:
    """Take the words out of a running text that lies in pieces: a mark in the first piece of each, nothing in the rest.

    A word is found however it is cut up.
    """
    listed = list(pieces)
    starts, whole = [], ""
    for piece in listed:
        starts.append(len(whole))
        whole += piece.text
    spans = words.spans(whole)
    if not spans:
        return
    for start, piece in zip(starts, listed, strict=True):
        inside = [
            (max(a - start, 0), b - start, a >= start) for a, b in spans if a < start + len(piece.text) and b > start
        ]
        text = piece.text
        for a, b, begins_here in reversed(inside):
            text = text[:a] + (MARK if begins_here else "") + text[b:]
        if inside and piece.put:
            piece.put(text)


_KEPT = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "blockquote",
        "pre",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "figure",
        "figcaption",
        "div",
        "b",
        "i",
        "em",
        "strong",
        "u",
        "s",
        "sub",
        "sup",
        "span",
        "br",
        "hr",
    ]
)
_DROPPED = frozenset(
    [
        "head",
        "script",
        "style",
        "template",
        "noscript",
        "noframes",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "canvas",
        "audio",
        "video",
        "img",
        "picture",
        "form",
        "nav",
        "dialog",
        "button",
        "select",
        "textarea",
        "input",
        "datalist",
        "meta",
        "link",
        "base",
    ]
)
_ATTRIBUTES = {"td": ("colspan", "rowspan"), "th": ("colspan", "rowspan", "scope"), "ol": ("start",)}
_VOID = frozenset({"br", "hr"})
_BLOCKS = frozenset({"b", "i", "em", "strong", "u", "s", "sub", "sup", "span"})


def without(page: str, words: Words) -> str:
    """A web page with the text that it shows, in headings, paragraphs, lists and tables; without the words.

    Scripts, styles, comments, hidden elements, links, pictures and all attributes but those of tables are left out.
    """
    parts: list[list[str]] = [[]]  # each a piece of markup or, in the second place, of text
    out: list[Piece] = []

    def text(words_: str) -> None:
        place = [html.escape(words_, quote=False)]
        parts.append(place)
        out.append(Piece(words_, lambda new: place.__setitem__(0, html.escape(new, quote=False))))

    def markup(tag: str) -> None:
        parts.append([tag])

    tree = LexborHTMLParser(page)
    language = (tree.root.attributes.get("lang") or "") if tree.root else ""
    hidden = concealed(tree)
    stack: list[Any] = [tree.body] if tree.body else []
    while stack:  # not recursion: a hostile page nests deeper than Python can
        node = stack.pop()
        if isinstance(node, str):
            markup(node)
        elif isinstance(node, Piece):
            out.append(node)
        elif node.is_text_node:
            text(re.sub(r"\s+", " ", node.text_content or ""))
        elif not node.is_comment_node and node.tag not in _DROPPED and node.mem_id not in hidden:
            tag = node.tag if node.tag in _KEPT else None
            between = Piece("" if tag in _BLOCKS else "\n")
            out.append(between)
            if tag:
                markup(f"<{tag}{_attributes(node, tag)}>")
            stack.append(between)
            if tag and tag not in _VOID:
                stack.append(f"</{tag}>")
            stack += reversed(list(node.iter(include_text=True)))
    scrub(out, words)
    body = "".join(part[0] for part in parts if part)
    lang = f' lang="{language}"' if re.fullmatch(r"[a-zA-Z-]{2,8}", language) else ""
    return (
        f'<!doctype html>\n<html{lang}>\n<meta charset="utf-8">\n<title>{MARK}</title>\n<body>{body}</body>\n</html>\n'
    )


def _attributes(node: LexborNode, tag: str) -> str:
    told = ((name, node.attributes.get(name) or "") for name in _ATTRIBUTES.get(tag, ()))
    return "".join(
        f' {name}="{value}"' for name, value in told if re.fullmatch(r"\d{1,4}|row|col|rowgroup|colgroup", value)
    )
