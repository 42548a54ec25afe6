"""What HTML holds besides what it shows: comments, hidden elements, attributes, scripts, data addresses.

A saved page of a council's web site is full of things that programs read, so only three of them are a
concern of their own: prose in comments, prose in elements that are hidden, and an author in the metadata.
All the rest is screened for numbers.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from raadslag.core.readers import hidden
from raadslag.core.rules.screening import Passage, Standing, texts

_INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
        "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
        "time", "tt", "u", "var", "wbr",
    }
)  # fmt: skip
_PROGRAM = frozenset({"script", "style", "template", "noscript", "noframes", "iframe"})
_INTERFACE = frozenset({"form", "nav", "dialog", "label", "button", "select", "menu"})
_AUTHORS = re.compile(r"author|creator|editor|publisher|owner|modified.?by|company|manager", re.IGNORECASE)
_DRAWING = frozenset({"d", "points", "transform", "viewbox"})  # coordinates: columns of figures, never words
_DRAWN = re.compile(r"""\s(?:d|points|transform|viewBox)=(?:"[^"]*"|'[^']*')""")
_DATA = re.compile(r"""data:([\w.+/-]*)((?:;[\w.+-]+=[^;,]*)*)(;base64)?,([^\s"'<>)]*)""", re.IGNORECASE)
_RULE = re.compile(r"([^{}@]+)\{([^{}]*)\}")
_CONCEALED: tuple[tuple[Standing, re.Pattern[str]], ...] = (
    (
        "hidden",
        re.compile(
            r"display:none|visibility:(?:hidden|collapse)|opacity:0*(?:\.0+)?(?:%|;|$|!)|color:transparent"
            r"|(?:^|;)color:(?:#[0-9a-f]{3}0|#[0-9a-f]{6}00|rgba\([^()]*,0(?:\.0+)?\))(?:;|$|!)"
        ),
    ),
    ("tiny", re.compile(r"font(?:-size)?:(?:0|[01](?:\.\d+)?(?:px|pt)|0?\.[0-2]\d*r?em)(?:;|$|!|px|pt)")),
    ("outside", re.compile(r"(?:text-indent|left|right|top|margin-left):-\d{3,}")),
)
_WHITE = re.compile(r"(?:^|;)color:(?:white|#f{3}|#f{6}|#f[a-f]f[a-f]f[a-f]|rgba?\((?:255,?){3})")
_PAINT = re.compile(r"(?:^|;)(color|background)(?:-color)?:([^;!]+)")
_COLOURS = {"black": "#000", "#000000": "#000", "rgb(0,0,0)": "#000", "white": "#fff", "#ffffff": "#fff"}
_GIVEN = frozenset({"inherit", "initial", "unset", "revert", "currentcolor"})
_PROSE = re.compile(r"[^\W\d_]{2,}")


def passages(text: str, *, depth: int) -> Iterator[Passage]:
    """Every text of a page. Numbers are looked for in the raw source too, under all that is parsed."""
    tree = LexborHTMLParser(text)
    walk = _Walk(_styles(tree))
    if tree.root is not None:
        walk.visit(tree.root.parent or tree.root)  # comments may stand before and after the element of all
    for standing, place, words in walk.found:
        yield Passage(words, place, standing)
    for n, found in enumerate(_DATA.finditer(text), 1):
        yield from _data(found, f"data address {n}", depth)
    for n, inner in enumerate(walk.frames, 1):
        yield from hidden.inner(inner.encode(), name=f"frame {n}", depth=depth)
    yield Passage(_DRAWN.sub(" ", text), "source", "source")


class _Walk:
    """One pass over the tree: shown text as lines, and each thing that is not shown with its place."""

    def __init__(self, styles: dict[int, str]) -> None:
        self.styles = styles
        self.found: list[tuple[Standing, str, str]] = []
        self.frames: list[str] = []

    def visit(self, root: LexborNode) -> None:
        shown: list[str] = []
        # A stack, not recursion: a hostile page nests deeper than Python can.
        stack: list[tuple[LexborNode | str, list[str], bool, bool]] = [(root, shown, False, False)]
        concealed: list[tuple[Standing, str, list[str]]] = []
        while stack:
            node, out, in_interface, on_ground = stack.pop()
            if isinstance(node, str):
                out.append(node)
                continue
            if node.is_text_node:
                out.append(re.sub(r"\s+", " ", node.text_content or ""))
                continue
            if node.is_comment_node:
                self._comment(node.comment_content or "")
                continue
            tag = node.tag or ""
            self._attributes(node, tag)
            if tag in _PROGRAM:
                self._program(node, tag)
                continue
            style = self.styles.get(node.mem_id, "")
            in_interface = in_interface or tag in _INTERFACE or node.attributes.get("role") in ("dialog", "navigation")
            on_ground = on_ground or "background" in style
            if standing := _concealment(node, style, on_ground):
                concealed.append(("technical" if in_interface else standing, f"<{tag}>", []))
                out = concealed[-1][2]
            mark = " | " if tag in ("td", "th") else "" if tag in _INLINE else "\n"
            out.append(mark)
            stack.append((mark, out, False, False))
            stack += [(child, out, in_interface, on_ground) for child in reversed(list(node.iter(include_text=True)))]
        self.found.insert(0, ("visible", "text", _lines(shown)))
        for standing, place, parts in concealed:
            words = _lines(parts)
            is_label = len(words.split()) <= 1 and not words[-1:].isalnum()  # nothing, a mark, or "Information:"
            self.found.append(("technical" if is_label else standing, place, words))

    def _comment(self, words: str) -> None:
        prose = len(_PROSE.findall(words)) >= 3 and not re.search(r"[<>{}=]|\[if|\[endif|^\W*(?:end|start|/)", words)
        self.found.append(("comment" if prose else "technical", "comment", words))

    def _attributes(self, node: LexborNode, tag: str) -> None:
        for name, value in node.attributes.items():
            if not value or name in _DRAWING or value.startswith("data:"):
                continue
            kind = node.attributes.get("name") or node.attributes.get("property") or ""
            if tag == "meta" and name == "content" and _AUTHORS.search(kind):
                self.found.append(("metadata", f"meta {kind}", value))
            elif name == "srcdoc":
                self.frames.append(value)
            else:
                self.found.append(("technical", f"attribute {name} of <{tag}>", value))

    def _program(self, node: LexborNode, tag: str) -> None:
        words = node.inner_html or "" if tag in ("template", "iframe") else node.text() or ""
        try:
            for place, text in texts(json.loads(words, parse_int=str, parse_float=str)):
                self.found.append(("technical", f"<{tag}> {place}", text))
        except (ValueError, RecursionError):
            self.found.append(("technical", f"<{tag}>", words))


def _lines(parts: list[str]) -> str:
    return "\n".join(line for part in "".join(parts).split("\n") if (line := part.strip(" |")))


def _styles(tree: LexborHTMLParser) -> dict[int, str]:
    """What the page itself says of each element's style, without spaces, by the element's memory id."""
    styles: dict[int, str] = {}
    for sheet in tree.css("style"):
        # Rules inside @media hold for some screens only; a rule of a saved page may hide what others show.
        plain = re.sub(r"@[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|/\*.*?\*/", "", sheet.text() or "", flags=re.DOTALL)
        for rule in _RULE.finditer(plain):
            style = re.sub(r"\s+", "", rule[2]).lower()
            if not (_WHITE.search(style) or any(p.search(style) for _, p in _CONCEALED) or "background" in style):
                continue
            try:
                nodes = tree.css(rule[1].strip())
            except SelectolaxError:  # a selector that the parser does not know
                continue
            for node in nodes:
                styles[node.mem_id] = f"{styles.get(node.mem_id, '')};{style}"
    for node in tree.css("[style]"):
        style = re.sub(r"\s+", "", node.attributes.get("style") or "").lower()
        styles[node.mem_id] = f"{styles.get(node.mem_id, '')};{style}"
    return styles


def _concealment(node: LexborNode, style: str, on_ground: bool) -> Standing | None:
    """How an element is kept from sight, by its own attribute or style."""
    if "hidden" in node.attributes:
        return "hidden"
    for standing, pattern in _CONCEALED:
        if pattern.search(style):
            return standing
    painted = {name: _COLOURS.get(value, value) for name, value in _PAINT.findall(style)}
    if "color" in painted and painted["color"] == painted.get("background") and painted["color"] not in _GIVEN:
        return "faint"  # the black bar that is only black text on black
    return "faint" if _WHITE.search(style) and not on_ground else None


def _data(found: re.Match[str], name: str, depth: int) -> Iterator[Passage]:
    """A data address as the file that it is. Pictures in a page are no concern; they have no text."""
    media_type, is_base64, payload = found[1].lower(), found[3], unquote_to_bytes(found[4])
    try:
        data = base64.b64decode(payload + b"===") if is_base64 else payload
    except binascii.Error:
        data = payload
    is_picture = re.match(r"(?:image|font|audio|video)/(?!svg)", media_type) is not None
    if not is_picture:
        yield Passage(media_type or "text/plain", name, "embedded")
    for p in hidden.inner(data, name=name, depth=depth, media_type=media_type):
        if not (is_picture and p.standing == "unscreenable"):
            yield p
