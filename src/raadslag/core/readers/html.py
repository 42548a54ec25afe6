"""HTML bytes to lines: what a reader of the page sees, block by block, without the page's own machinery."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from raadslag.core.errors import UnreadableFile
from raadslag.core.readers.characters import clean
from raadslag.core.readers.lines import Extract, Line
from raadslag.core.readers.text import decode

MEDIA_TYPE = "text/html"
WIDE = "   "  # parts a label from its value, as in a printed head
MAX_ROW = 400  # characters: a longer row is a layout made with a table, and its cells are read one by one

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "ol",
        "optgroup",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    )
) | frozenset(_HEADINGS)
_CLOSE = frozenset(("dd", "li", "td", "th", "tr"))  # these follow each other without a blank line
_APART = frozenset(
    (
        "applet",
        "audio",
        "canvas",
        "datalist",
        "dialog",
        "embed",
        "frameset",
        "head",
        "iframe",
        "input",
        "map",
        "meter",
        "nav",
        "noscript",
        "object",
        "option",
        "progress",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
    )
)
_APART_ROLES = frozenset(
    (
        "alertdialog",
        "dialog",
        "menu",
        "menubar",
        "navigation",
        "search",
        "searchbox",
        "toolbar",
        "tooltip",
    )
)
_APART_CLASSES = frozenset(
    (
        "breadcrumb",
        "breadcrumbs",
        "dropdown-menu",
        "main-menu",
        "modal",
        "nav",
        "navbar",
        "navbar-nav",
        "pagination",
        "skip-link",
        "skip-links",
        "skiplink",
        "skiplinks",
    )
)
_COOKIES = re.compile(r"cookie|consent(?!us)|^coi-|^cc-(?:window|banner)", re.IGNORECASE)
_CONTENT = "h1, main, article, [role=main]"  # whatever holds one of these is the page, not its machinery
_ICON = re.compile(r"(?:^|[\s-])(?:icon|glyphicon|fa|fas|far|material-icons)(?:$|[\s-])", re.IGNORECASE)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\n\r\f]+")


def extract(data: bytes) -> Extract:
    """The lines of an HTML page in the order of its markup.

    A block is a line, and a blank line stands between blocks as between paragraphs of plain text. A row of
    a table is one line with its cells, unless the table only serves the layout. Items of lists carry "- " or
    their number. Navigation, dialogs, scripts, controls, cookie banners and what is hidden are left out;
    a folded panel that a button on the page unfolds is content. Raises UnreadableFile if nothing is left.
    """
    text, warnings = decode(data, declared_encoding(data))
    tree = LexborHTMLParser(text, scripting=True)
    body = tree.body or tree.root
    lines = _Page(tree).read(body) if body is not None else []
    if not lines:
        raise UnreadableFile("the file", "a page with text", "no text", "Save the page again when it has loaded fully.")
    return Extract(lines=tuple(lines), media_type=MEDIA_TYPE, reader="html", warnings=tuple(warnings))


def declared_encoding(data: bytes) -> str | None:
    """The 8-bit encoding that the head of a page declares; None for UTF-8, for an unknown one and for none.

    Latin-1 and ASCII mean Windows-1252, as in browsers (HTML standard, "Determining the character encoding").
    """
    found = _DECLARED.search(data[:4096])
    if found is None:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None
    if name in ("iso8859-1", "ascii"):
        return "cp1252"
    return name if name.startswith(("cp125", "iso8859-", "mac-")) else None


@dataclass(slots=True)
class _Row:
    """A row of a table while it is read: at which line it begins, and each of its cells."""

    start: int
    cells: list[int] = field(default_factory=list)
    heads: int = 0


class _Page:
    """One walk over a page, without recursion: the depth of the markup is up to who wrote it."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.lines: list[Line] = []
        self.words: list[str] = []  # of the line that is being read
        self.level: int | None = None
        self.marker = ""
        self.label: int | None = None  # the line of a <dt> that waits for its <dd>
        self.joins = False  # whether the next line is its value
        self.close = False  # whether the next line belongs close to the one before
        self.verbatim = 0
        self.rows: list[_Row] = []
        self.lists: list[int | None] = []  # the next number of each open list, None for bullets
        self.unfolded = _unfolded(tree)
        self.has_main = tree.css_first("main, article, [role=main]") is not None

    def read(self, top: LexborNode) -> list[Line]:
        node: LexborNode | None = top
        while node is not None:
            child = node.first_child if self._enter(node) else None
            if child is not None:
                node = child
                continue
            while node is not None:
                self._leave(node)
                if node.mem_id == top.mem_id:
                    node = None
                elif node.next is not None:
                    node = node.next
                    break
                else:
                    node = node.parent
        self._flush()
        while self.lines and not self.lines[-1].text:
            self.lines.pop()
        return self.lines

    def _enter(self, node: LexborNode) -> bool:
        """Take in what `node` itself says; whether to go on into its children."""
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "")
            return False
        if not node.is_element_node or tag in _APART or self._is_apart(node, tag):
            return False
        if tag == "br":
            self._flush()
            self.close = True
        elif tag == "img" or tag == "button":
            self.words.append(" ")
        elif tag in _BLOCKS:
            self._open(node, tag)
        return True

    def _open(self, node: LexborNode, tag: str) -> None:
        self._flush()
        self.close = (self.close or tag in _CLOSE) and not (tag == "li" and _is_unmarked(node))
        if tag in _HEADINGS:
            self.level = _HEADINGS[tag]
        elif tag == "pre":
            self.verbatim += 1
        elif tag in ("ul", "ol"):
            self.lists.append(_first_number(node) if tag == "ol" else None)
        elif tag == "li":
            self.marker = self._next_marker(node)
        elif tag == "tr":
            self.rows.append(_Row(len(self.lines)))
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].cells.append(len(self.lines))
            self.rows[-1].heads += tag == "th"
            self.label = None
        elif tag == "dd":
            self.joins = bool(self.lines) and self.label == len(self.lines) - 1
            self.label = None

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag not in _BLOCKS:
            return
        started = len(self.lines)
        self._flush()
        self.close = False
        if tag in _HEADINGS:
            self.level = None
        elif tag == "pre":
            self.verbatim = max(0, self.verbatim - 1)
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        elif tag == "li":
            self.marker, self.close = "", not _is_unmarked(node)
        elif tag == "dt" and len(self.lines) > started:
            self.label = len(self.lines) - 1
        elif tag in ("td", "th", "dd"):
            self.close, self.joins = True, False
        elif tag == "tr" and self.rows:
            row = self.rows.pop()
            if row.cells:
                self._join(row)
            self.close = True

    def _text(self, text: str) -> None:
        if not self.verbatim:
            self.words.append(text)
            return
        first, *rest = text.split("\n")
        self.words.append(first)
        for line in rest:
            self._flush()
            self.close = True
            self.words.append(line)

    def _flush(self) -> None:
        """The words so far as a line, if there are any."""
        text = "".join(self.words)
        self.words.clear()
        text = clean(text.rstrip() if self.verbatim else _BLANKS.sub(" ", text).strip())
        if not text or text.isspace():
            return
        if self.joins:
            text, self.joins = self.lines.pop().text + WIDE + text, False
        if (self.level or not self.close) and self.lines and self.lines[-1].text:
            self.lines.append(Line(""))
        self.close = False
        self.lines.append(Line(self.marker + text, heading=self.level))
        self.marker = " " * len(self.marker)

    def _next_marker(self, node: LexborNode) -> str:
        number = self.lists[-1] if self.lists else None
        if number is not None:
            given = _number(node.attributes.get("value"))
            number = number if given is None else given
            self.lists[-1] = number + 1
            return f"{number}. "
        return "" if _is_unmarked(node) or not self.lists else "- "

    def _join(self, row: _Row) -> None:
        """A row whose cells hold little is one line; the cells of others stay line by line."""
        made = self.lines[row.start :]
        ends = [*row.cells[1:], len(self.lines)]
        cells = [[line for line in self.lines[a:b] if line.text] for a, b in zip(row.cells, ends, strict=True)]
        texts = [" ".join(line.text.strip() for line in cell) for cell in cells]
        filled = [cell for cell in cells if cell]
        is_small = sum(map(len, texts)) <= MAX_ROW and not any(line.cells or line.heading for line in made)
        if len(filled) < 2 or not is_small or max(map(len, filled)) > (1 if len(filled) == 2 else 4):
            if len(made) > 1 and row.start and made[0].text and self.lines[row.start - 1].text:
                self.lines.insert(row.start, Line(""))
            return
        while not texts[-1]:
            texts.pop()
        is_labelled = len(filled) == 2 and (filled[0][0].text.endswith(":") or (row.heads == 1 and len(cells) == 2))
        opening = [Line("")] if made and not made[0].text else []
        joined = WIDE.join(filter(None, texts)) if is_labelled else " | ".join(texts)
        self.lines[row.start :] = [*opening, Line(joined, cells=not is_labelled)]

    def _is_apart(self, node: LexborNode, tag: str) -> bool:
        """Whether an element is machinery of the page, or hidden, rather than content."""
        if tag in ("body", "html", "main", "article"):
            return False
        marks = node.attributes
        if not marks:
            if tag == "span":
                return _is_counter(node)
            return (tag == "footer" and self._is_site_footer(node)) or (tag == "button" and not _is_disclosure(node))
        role, classes = (marks.get("role") or "").lower(), (marks.get("class") or "").lower().split()
        if _is_hidden(marks) and not self._unfolds(marks, role):
            return node.css_first(_CONTENT) is None
        if role in _APART_ROLES or not _APART_CLASSES.isdisjoint(classes):
            return node.css_first(_CONTENT) is None
        if any(_COOKIES.search(word) for word in (marks.get("id") or "", *classes)):
            return node.css_first(_CONTENT) is None
        if tag == "footer" or role == "contentinfo":
            return self._is_site_footer(node)
        if tag == "button" or (role == "button" and tag != "a"):
            return not _is_disclosure(node)
        if tag == "a" and (marks.get("href") or "").startswith("#"):
            return any("skip" in word or word in ("sr-only", "visually-hidden") for word in classes)
        return _is_counter(node)

    def _unfolds(self, marks: dict[str, str | None], role: str) -> bool:
        return marks.get("id") in self.unfolded or role == "tabpanel" or marks.get("hidden") == "until-found"

    def _is_site_footer(self, node: LexborNode) -> bool:
        """A footer beside the page's main part, not one of an article within it."""
        if not self.has_main or node.css_first(_CONTENT) is not None:
            return False
        parent = node.parent
        while parent is not None:
            if parent.tag in ("main", "article") or parent.attributes.get("role") == "main":
                return False
            parent = parent.parent
        return True


def _unfolded(tree: LexborHTMLParser) -> frozenset[str]:
    """The ids of panels that a button or a tab on the page shows; menus are not among them."""
    ids: set[str] = set()
    for node in tree.css("[aria-controls], [data-bs-toggle=collapse], [data-toggle=collapse]"):
        marks = node.attributes
        if not marks.get("aria-haspopup"):
            targets = (marks.get("aria-controls"), marks.get("data-bs-target"), marks.get("data-target"))
            ids.update(word.lstrip("#") for target in targets if target for word in target.split())
    return frozenset(ids)


def _is_hidden(marks: dict[str, str | None]) -> bool:
    if "hidden" in marks or marks.get("aria-hidden") == "true":
        return True
    style = marks.get("style")
    return style is not None and _HIDING.search(style) is not None


def _is_disclosure(node: LexborNode) -> bool:
    """A button that is the heading of a panel: it stands in a heading, holds one, or unfolds something."""
    marks = node.attributes
    if marks.get("aria-haspopup") or "dropdown-toggle" in (marks.get("class") or ""):
        return False
    in_heading = node.parent is not None and node.parent.tag in _HEADINGS
    toggles = "collapse" in (marks.get("data-toggle"), marks.get("data-bs-toggle")) or marks.get("role") == "tab"
    return in_heading or toggles or "aria-expanded" in marks or node.css_first("h1, h2, h3, h4, h5, h6") is not None


def _is_counter(node: LexborNode) -> bool:
    """A bare number beside an icon counts something for the page's own use (attachments, comments)."""
    beside = node.prev
    while beside is not None and not beside.is_element_node:
        beside = beside.prev
    if beside is None or not _ICON.search(beside.attributes.get("class") or ""):
        return False
    return beside.text().strip() == "" and node.text().strip().isdecimal()


def _is_unmarked(item: LexborNode) -> bool:
    """Whether a list item shows no bullet: then it is a paragraph like any other."""
    marks = item.parent.attributes if item.parent is not None else {}
    style = (marks.get("style") or "").replace(" ", "").lower()
    return "list-unstyled" in (marks.get("class") or "").split() or "list-style:none" in style


def _first_number(node: LexborNode) -> int:
    number = _number(node.attributes.get("start"))
    return 1 if number is None else number


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
