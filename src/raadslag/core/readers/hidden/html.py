"""What HTML holds besides what it shows: comments, hidden elements, attributes, scripts, data addresses.

A saved page of a council's web site is full of things that programs read, so only three of them are a
concern of their own: prose in comments, prose in elements that are hidden, and an author in the metadata.
All the rest is screened for numbers.
"""

from __future__ import annotations

import base64
import binascii
import colorsys
import json
import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias
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
_NONE = r"(?:0+(?:\.0\d*)?|\.0\d*)%?"  # less than a tenth
_CONCEALED: tuple[tuple[Standing, re.Pattern[str]], ...] = (
    (
        "hidden",
        re.compile(
            rf"display:none|visibility:(?:hidden|collapse)|opacity[:(]{_NONE}(?:[;!)]|$)|color:transparent"
            r"|(?:^|;)color:(?:#[0-9a-f]{3}0|#[0-9a-f]{6}00|rgba\([^()]*,0(?:\.0+)?\))(?:;|$|!)"
            r"|(?:^|;)clip:rect\((?:[01](?:px|pt|r?em)?[, ]?){4}\)"
            r"|clip-path:(?:inset\((?:[^()]*\b100%|[5-9]\d(?:\.\d+)?%\))|(?:circle|ellipse)\(0(?![.\d])"
            r"|polygon\((?:0(?:px|%)?[, ]?)+\))"
            rf"|scale(?:x|y|z|3d)?\((?:[^()]*,)?{_NONE}[,)]|(?:^|;)scale:{_NONE}(?:[;! ]|$)|rotate[xy]\(-?90deg\)"
        ),
    ),
    ("tiny", re.compile(r"font(?:-size)?:(?:0|[01](?:\.\d+)?(?:px|pt)|0?\.[0-2]\d*r?em)(?:[;/! ]|$|px|pt)")),
    (
        "outside",
        re.compile(
            r"(?:text-indent|left|right|top|margin-left):-\d{3,}|translate(?:x|y|z|3d)?\([^()]*-\d{3,}(?![\d.%])"
        ),
    ),
)
_NO_ROOM = re.compile(
    r"(?:^|;)(?:(?:max-|line-)?height|(?:max-)?width|(?:max-)?(?:block|inline)-size):(?:0|[01](?:\.\d+)?px)"
    r"(?:[;!a-z%]|$)"
)
_CUT_OFF = re.compile(r"(?:^|;)overflow(?:-[xy])?:(?:hidden|clip)")
_OVER_ALL = re.compile(r"(?:^|;)inset:0(?:px|%)?(?: 0(?:px|%)?)*(?:;|$|!)")
_EDGES = tuple(
    re.compile(rf"(?:^|;)(?:{edge})(?:px|%)?(?:;|$|!)")
    for edge in ("top:0", "left:0", "right:0|width:100", "bottom:0|height:100")
)
_TELLS = re.compile(r"(?:^|;)(?:color|background|overflow|position:absolute|inset)")
_INK = re.compile(r"(?:^|;)color:([^;!]+)")
_GROUND = re.compile(r"(?:^|;)background(?:-color|-image)?:([^;!]+)")
_COLOUR = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|(rgb|hsl)a?\(([^()]{1,60})\)")
_WORD = re.compile(r"[^ (]*(?:\([^()]*\))?")
_NAMES = {
    "black": "#000", "white": "#fff", "snow": "#fffafa", "ivory": "#fffff0", "whitesmoke": "#f5f5f5",
    "ghostwhite": "#f8f8ff", "floralwhite": "#fffaf0", "red": "#f00", "yellow": "#ff0", "blue": "#00f",
    "green": "#008000", "gray": "#808080", "grey": "#808080",
}  # fmt: skip
_GIVEN = frozenset({"inherit", "initial", "unset", "revert", "revert-layer", "none", "transparent"})
_NEAR = 12  # of 255 in each of red, green and blue: too little to be seen
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


def concealed(tree: LexborHTMLParser) -> set[int]:
    """The memory ids of the elements that are kept from sight, in whichever way; what stands in them is not named."""
    walk = _Walk(_styles(tree))
    if tree.root is not None:
        walk.visit(tree.root.parent or tree.root)
    return walk.concealed


class _Walk:
    """One pass over the tree: shown text as lines, and each thing that is not shown with its place."""

    def __init__(self, styles: dict[int, str]) -> None:
        self.styles = styles
        self.found: list[tuple[Standing, str, str]] = []
        self.frames: list[str] = []
        self.concealed: set[int] = set()

    def visit(self, root: LexborNode) -> None:
        shown: list[str] = []
        # A stack, not recursion: a hostile page nests deeper than Python can.
        stack: list[tuple[LexborNode | str, _Way]] = [(root, _Way(shown, shown, _Paint()))]
        concealed: list[tuple[Standing, str, list[str]]] = []
        while stack:
            node, way = stack.pop()
            if isinstance(node, str):
                way.out.append(node)
                continue
            if node.is_text_node:
                way.out.append(re.sub(r"\s+", " ", node.text_content or ""))
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
            if tag in _INTERFACE or node.attributes.get("role") in ("dialog", "navigation"):
                way = way._replace(in_interface=True)
            children = list(node.iter(include_text=True))
            covers = {child.mem_id for child in children if _covers(self.styles.get(child.mem_id, ""))}
            paint = way.paint.under(style)
            over = way._replace(out=way.base, paint=paint)  # for what lies on top of the other children
            if standing := _concealment(node, style) or ("covered" if covers else None):
                out: list[str] = []
                way = _Way(out, out, paint, way.in_interface)
            elif paint.is_faint and paint != way.paint:
                standing, way = "faint", _Way([], way.base, paint, way.in_interface)
            else:
                way = way._replace(out=way.out if paint.is_faint else way.base, paint=paint)
            if standing:
                self.concealed.add(node.mem_id)
                concealed.append(("technical" if way.in_interface else standing, f"<{tag}>", way.out))
            if standing != "covered":
                over = way
            mark = " | " if tag in ("td", "th") else "" if tag in _INLINE else "\n"
            way.out.append(mark)
            stack.append((mark, way))
            stack += [(child, over if child.mem_id in covers else way) for child in reversed(children)]
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


Colour: TypeAlias = tuple[int, int, int] | str  # red, green and blue of 255; as written where that is not known


class _Paint(NamedTuple):
    """The colour of an element's letters and of what they stand on; at first as a page has them."""

    ink: Colour = (0, 0, 0)
    ground: Colour = (255, 255, 255)

    def under(self, style: str) -> _Paint:
        """The paint inside an element of a style. Of several inks, one that is not seen: rules outdo each other."""
        ground = self.ground
        for value in _GROUND.findall(style):
            ground = "a picture" if "url(" in value or "gradient(" in value else _colour(value, self.ground) or ground
        inks = [ink for value in _INK.findall(style) if (ink := _colour(value, ground)) not in (None, "currentcolor")]
        ink = next((ink for ink in inks if _is_near(ink, ground)), inks[-1] if inks else self.ink)
        return _Paint(ink, ink if ground == "currentcolor" else ground)  # a bar in the colour of its own letters

    @property
    def is_faint(self) -> bool:
        return _is_near(self.ink, self.ground)


class _Way(NamedTuple):
    """How the walk came to a node: where its text goes, where it would go if it could be seen, its colours."""

    out: list[str]
    base: list[str]
    paint: _Paint
    in_interface: bool = False


def _colour(value: str, under: Colour) -> Colour | None:
    """A colour of CSS as it looks over another; None where it is that of the element around."""
    word = _WORD.match(value)[0]  # type: ignore[index]  # it may match nothing, so it always matches
    if word in _GIVEN:
        return None
    if (parts := _parts(_NAMES.get(word, word))) is None:
        return word
    *lights, alpha = (min(max(part, 0.0), 1.0) for part in parts)
    if isinstance(under, str):
        under = (0, 0, 0)
        if alpha < 1:
            return word
    red, green, blue = (round(255 * light * alpha + b * (1 - alpha)) for light, b in zip(lights, under, strict=True))
    return red, green, blue


def _parts(word: str) -> tuple[float, float, float, float] | None:
    """Red, green, blue and how much covers what is below, of 1; None for a colour written in another way."""
    found = _COLOUR.fullmatch(word)
    if found is None:
        return None
    if digits := found[1]:
        pairs = re.findall("..", digits if len(digits) > 4 else re.sub("(.)", r"\1\1", digits))
        red, green, blue, alpha = (int(pair, 16) / 255 for pair in (*pairs, "ff")[:4])
        return red, green, blue, alpha
    numbers = [(float(number), sign) for number, sign in re.findall(r"(-?\d*\.?\d+)(%?)", found[3])]
    if len(numbers) < 3:
        return None
    (first, _), (second, _), (third, _), *rest = numbers
    alpha = next((number / 100 if sign else number for number, sign in rest), 1.0)
    if found[2] == "hsl":
        return *colorsys.hls_to_rgb(first / 360 % 1, min(third / 100, 1), second / 100), alpha
    red, green, blue = (number / (100 if sign else 255) for number, sign in numbers[:3])
    return red, green, blue, alpha


def _is_near(ink: Colour, ground: Colour) -> bool:
    if isinstance(ink, str) or isinstance(ground, str):
        return ink == ground
    return all(abs(a - b) <= _NEAR for a, b in zip(ink, ground, strict=True))


def _styles(tree: LexborHTMLParser) -> dict[int, str]:
    """What the page itself says of each element's style, without needless spaces, by the element's memory id."""
    styles: dict[int, str] = {}

    def add(node: LexborNode, style: str) -> None:
        styles[node.mem_id] = f"{styles.get(node.mem_id, '')};{style}"

    for node in tree.css("font[color], body[text], [bgcolor]"):
        for name, rule in (("color", "color"), ("text", "color"), ("bgcolor", "background")):
            if (value := (node.attributes.get(name) or "").strip().lower()) and (name != "color" or node.tag == "font"):
                add(node, f"{rule}:{'#' * (re.fullmatch(r'[0-9a-f]{6}', value) is not None)}{value}")
    for sheet in tree.css("style"):
        # Rules inside @media hold for some screens only; a rule of a saved page may hide what others show.
        plain = re.sub(r"@[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|/\*.*?\*/", "", sheet.text() or "", flags=re.DOTALL)
        for found in _RULE.finditer(plain):
            style = _tight(found[2])
            if not (_TELLS.search(style) or _NO_ROOM.search(style) or any(p.search(style) for _, p in _CONCEALED)):
                continue
            try:
                nodes = tree.css(found[1].strip())
            except SelectolaxError:  # a selector that the parser does not know
                continue
            for node in nodes:
                add(node, style)
    for node in tree.css("[style]"):
        add(node, _tight(node.attributes.get("style") or ""))
    return styles


def _tight(style: str) -> str:
    """A style in small letters, with a space only between the words of a value."""
    return re.sub(r" ?([:;,()!/]) ?", r"\1", " ".join(style.lower().split()))


def _concealment(node: LexborNode, style: str) -> Standing | None:
    """How an element is kept from sight, by its own attribute or style; its colours are told apart elsewhere."""
    if "hidden" in node.attributes:
        return "hidden"
    for standing, pattern in _CONCEALED:
        if pattern.search(style):
            return standing
    return "hidden" if _CUT_OFF.search(style) and _NO_ROOM.search(style) else None


def _covers(style: str) -> bool:
    """Whether an element lies in one colour over all that the element around it holds."""
    if "position:absolute" not in style or "opacity:" in style or "z-index:-" in style:
        return False
    grounds = [_colour(value, "") for value in _GROUND.findall(style)]
    is_solid = any(isinstance(ground, tuple) for ground in grounds)  # no picture, and nothing to look through
    return is_solid and (_OVER_ALL.search(style) is not None or all(edge.search(style) for edge in _EDGES))


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
