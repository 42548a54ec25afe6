"""A page's content, read glyph by glyph and written anew in a plain form.

Every string is written at a place of its own (Tm, TJ), so that a glyph can go, and its neighbours move, without a
trace of how much room it took. What programs alone read goes: replacement text and other properties of marked content,
names of resources, layers. What stands in a layer that is off goes with it. Source: ISO 32000-2, 8.2, 9.4, 14.6, 8.11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator

from raadslag.core.readers.hidden.pages import Matrix
from raadslag.core.readers.hidden.pages import product as _product
from raadslag.core.redacting.fonts import Font, UnknownFont
from raadslag.core.redacting.words import MARK

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_PAINTING = frozenset({"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n"})
TAGS = frozenset(
    [
        "P",
        "Span",
        "H",
        "H1",
        "H2",
        "H3",
        "H4",
        "H5",
        "H6",
        "Artifact",
        "Figure",
        "Table",
        "THead",
        "TBody",
        "TFoot",
        "TR",
        "TH",
        "TD",
        "L",
        "LI",
        "Lbl",
        "LBody",
        "Link",
        "Sect",
        "Div",
        "Part",
        "Art",
        "Document",
        "Caption",
        "Note",
        "Reference",
        "Form",
        "Formula",
        "Quote",
        "BlockQuote",
        "TOC",
        "TOCI",
        "Index",
        "Code",
        "NonStruct",
        "Private",
        "Annot",
        "Title",
        "Em",
        "Strong",
        "FENote",
        "Aside",
        "Sub",
        "BibEntry",
        "Ruby",
        "Warichu",
        "DocumentFragment",
    ]
)
_SPACES = frozenset({"/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/Pattern", "/G", "/RGB", "/CMYK", "/I", "/Indexed"})
_FORM = ("/Type", "/Subtype", "/FormType", "/BBox", "/Matrix", "/Group", "/StructParents", "/StructParent")
_MARK_SIZE, _MARK_WIDTH = 0.9, 3.335  # of the letters around it; in ems of Helvetica


class Unsure(Exception):
    """What the page shows cannot be told for sure, so nothing can be removed for sure."""


@dataclass(eq=False)
class Glyph:
    """A code as it is drawn: `offset` and `width` along its string, the rest on the page, in points.

    `along` and `across` are its place in the direction of its line; `reach` is how far it goes.
    """

    code: bytes
    offset: float
    width: float
    x: float
    y: float
    em: float
    along: float
    across: float
    reach: float
    turn: tuple[float, float]
    is_gone: bool = False
    mark: float | None = None  # where along the line a mark is to stand in its place
    moved: float | None = None  # where along the line it is to stand


@dataclass(frozen=True)
class _State:
    """What text is drawn with."""

    ctm: Matrix = _IDENTITY
    font: Font | None = None
    font_name: Name | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0


@dataclass
class _Show:
    """A string with its place and state."""

    at: Matrix
    state: _State
    operand: list[Any]
    glyphs: list[Glyph]

    def written(self, mark_font: Callable[[], Name]) -> Iterable[tuple[list[Any], Operator]]:
        if not any(g.is_gone or g.moved is not None for g in self.glyphs):
            yield _moved_to(self.at)
            yield [Array(self.operand)], Operator("TJ")
            return
        scale = self._scale
        piece: list[Glyph] = []
        for glyph in self.glyphs:
            if piece and (glyph.is_gone or abs(_shift(glyph) - _shift(piece[-1])) > 0.01):
                yield from self._piece(piece, scale)
                piece = []
            if glyph.mark is not None:
                yield from self._mark(glyph, glyph.mark, scale, mark_font())
            if not glyph.is_gone:
                piece.append(glyph)
        if piece:
            yield from self._piece(piece, scale)

    @property
    def _scale(self) -> float:
        a, b, *_ = _product(self.at, self.state.ctm)
        return float((a * a + b * b) ** 0.5) or 1.0

    def _piece(self, piece: list[Glyph], scale: float) -> Iterable[tuple[list[Any], Operator]]:
        first, state = piece[0], self.state
        yield _moved_to(_product((1, 0, 0, 1, first.offset + _shift(first) / scale, 0), self.at))
        string: list[Any] = []
        end = first.offset
        unit = state.size * state.stretch / 1000
        for glyph in piece:
            off = round((end - glyph.offset) / unit, 2) if unit else 0.0
            if off or not string:
                string += [off, b""] if off else [b""]
            string[-1] += glyph.code
            end = glyph.offset + glyph.width
        yield [Array([pikepdf.String(one) if isinstance(one, bytes) else one for one in string])], Operator("TJ")

    def _mark(self, glyph: Glyph, along: float, scale: float, font: Name) -> Iterable[tuple[list[Any], Operator]]:
        state = self.state
        for operator, plain in (("Tc", 0), ("Tw", 0), ("Tz", 100)):
            yield [plain], Operator(operator)
        yield [font, state.size * _MARK_SIZE], Operator("Tf")
        yield _moved_to(_product((1, 0, 0, 1, glyph.offset + (along - glyph.along) / scale, 0), self.at))
        yield [pikepdf.String(MARK)], Operator("Tj")
        yield [state.font_name, state.size], Operator("Tf")
        for operator, value in (("Tc", state.spacing), ("Tw", state.word_spacing), ("Tz", state.stretch * 100)):
            yield [value], Operator(operator)


def mark_width(glyph: Glyph) -> float:
    """How much room a mark takes on the page in the place of a glyph."""
    return glyph.em * _MARK_SIZE * _MARK_WIDTH


def _shift(glyph: Glyph) -> float:
    return 0.0 if glyph.moved is None else glyph.moved - glyph.along


def _moved_to(matrix: Matrix) -> tuple[list[Any], Operator]:
    return [round(value, 5) for value in matrix], Operator("Tm")


@dataclass
class _Form:
    """A form drawn on the page, with what it holds."""

    object: pikepdf.Object
    content: Content


@dataclass
class Content:
    """The content of a page or a form. `glyphs` and `has_pictures` tell of all that it draws."""

    steps: list[Any] = field(default_factory=list)
    resources: dict[str, dict[str, pikepdf.Object]] = field(default_factory=dict)
    glyphs: list[Glyph] = field(default_factory=list)

    def codes(self) -> Iterator[tuple[Font, set[bytes]]]:
        """The codes of each font that are still drawn."""
        for step in self.steps:
            if isinstance(step, _Show) and step.state.font:
                yield step.state.font, {glyph.code for glyph in step.glyphs if not glyph.is_gone}
            elif isinstance(step, _Form):
                yield from step.content.codes()

    def written(self, pdf: pikepdf.Pdf, forms: dict[Any, pikepdf.Object]) -> tuple[bytes, Dictionary]:
        """The stream and its resources. `forms` keeps the forms that are the same, to be written once."""
        kept = {kind: dict(of_kind) for kind, of_kind in self.resources.items()}
        out: list[tuple[list[Any], Operator]] = []

        def mark_font() -> Name:
            kept.setdefault("Font", {})["/FMark"] = Dictionary(
                Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
            )
            return Name("/FMark")

        for step in self.steps:
            if isinstance(step, _Show):
                out += step.written(mark_font)
            elif isinstance(step, _Form):
                drawn = kept.setdefault("XObject", {})
                name = f"/Fm{len(drawn)}"
                drawn[name] = _form(pdf, step, forms)
                out.append(([Name(name)], Operator("Do")))
            else:
                out.append(step)
        return pikepdf.unparse_content_stream(out), Dictionary(
            {f"/{kind}": Dictionary(of_kind) for kind, of_kind in kept.items()}
        )


def _form(pdf: pikepdf.Pdf, step: _Form, forms: dict[Any, pikepdf.Object]) -> pikepdf.Object:
    data, resources = step.content.written(pdf, forms)
    key = (step.object.objgen, data)
    if key not in forms:
        made = pdf.make_stream(data)
        for name in _FORM:
            if name in step.object:
                made[name] = step.object[name]
        made.Resources = resources
        forms[key] = made
    return forms[key]


class Reader:
    """Reads the pages of a file, following the state of the drawing operator by operator."""

    _DEEPEST = 20

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._off = _off_layers(pdf)
        self._fonts: dict[Any, Font] = {}
        self._depth = 0

    def page(self, page: pikepdf.Object) -> Content:
        """The content of a page. Raises Unsure where a font or a drawing does not tell what it says."""
        self._depth = 0
        try:
            return self.content(page, page.get("/Resources", Dictionary()), _State())
        except (pikepdf.PdfError, AttributeError, KeyError, ValueError, TypeError, IndexError) as error:
            raise Unsure from error

    def content(self, stream: pikepdf.Object, resources: pikepdf.Object, state: _State) -> Content:
        self._depth += 1
        if self._depth > self._DEEPEST:
            raise Unsure
        out, saved = Content(), [state]
        line = at = _IDENTITY
        marked: list[bool] = []  # for each open mark, whether it is a layer that is off
        hidden = 0
        for step in pikepdf.parse_content_stream(stream):
            if isinstance(step, pikepdf.ContentStreamInlineImage):
                if not hidden:
                    out.steps.append(step)
                continue
            operands, operator = list(step.operands), str(step.operator)
            new: list[Any] = operands
            match operator:
                case "q":
                    saved.append(state)
                case "Q":
                    state = saved.pop() if len(saved) > 1 else state
                case "cm":
                    state = replace(state, ctm=_product(_matrix(operands), state.ctm))
                case "BT":
                    line = at = _IDENTITY
                case "Tc" | "Tw" | "TL" | "Tz" | "Ts":
                    state = _with(state, operator, float(operands[0]))
                    if operator == "TL":
                        continue
                case "Tf":
                    font = self._font(resources, operands[0])
                    called = _use(out, "Font", font.object)
                    state = replace(state, font=font, font_name=called, size=float(operands[1]))
                    new = [called, operands[1]]
                case "Tm":
                    line = at = _matrix(operands)
                    continue
                case "Td" | "TD" | "T*":
                    x, y = (0.0, -state.leading) if operator == "T*" else (float(operands[0]), float(operands[1]))
                    if operator == "TD":
                        state = replace(state, leading=-y)
                    line = at = _product((1, 0, 0, 1, x, y), line)
                    continue
                case "Tj" | "TJ" | "'" | '"':
                    if operator in ("'", '"'):
                        line = at = _product((1, 0, 0, 1, 0, -state.leading), line)
                    if operator == '"':
                        state = _with(_with(state, "Tw", float(operands[0])), "Tc", float(operands[1]))
                        out.steps += [([operands[0]], Operator("Tw")), ([operands[1]], Operator("Tc"))]
                    string = list(operands[-1]) if operator == "TJ" else [operands[-1]]
                    show, at = self._shown(string, state, at)
                    if not hidden:
                        out.steps.append(show)
                        out.glyphs += show.glyphs
                    continue
                case "BMC" | "BDC":
                    is_layer = str(operands[0]) == "/OC"
                    properties = _properties(operands, resources)
                    is_off = is_layer and self._off(properties)
                    marked.append(is_off)
                    hidden += is_off
                    tag = str(operands[0])[1:]
                    tag = tag if tag in TAGS else "Span"
                    number = properties.get("/MCID")
                    if number is None:
                        new, operator = [Name("/" + tag)], "BMC"
                    else:
                        new, operator = [Name("/" + tag), Dictionary(MCID=int(number))], "BDC"
                case "EMC":
                    if not marked:
                        continue
                    hidden -= marked.pop()
                case "MP" | "DP" | "BX" | "EX":
                    continue
                case "Do":
                    drawn = resources.get("/XObject", Dictionary()).get(str(operands[0]))
                    if drawn is None or hidden or self._off(drawn.get("/OC")):
                        continue
                    if drawn.get("/Subtype") == Name.Form:
                        inner = replace(state, ctm=_product(_matrix(drawn.get("/Matrix", _IDENTITY)), state.ctm))
                        form = self.content(drawn, drawn.get("/Resources", resources), inner)
                        out.steps.append(_Form(drawn, form))
                        out.glyphs += form.glyphs
                        continue
                    new = [_use(out, "XObject", drawn)]
                case "gs":
                    graphics = resources.ExtGState[str(operands[0])]
                    mask = graphics.get("/SMask")
                    if "/Font" in graphics or (isinstance(mask, Dictionary) and _may_draw_text(mask.G)):
                        raise Unsure
                    new = [_use(out, "ExtGState", graphics)]
                case "cs" | "CS":
                    if str(operands[0]) not in _SPACES:
                        new = [_use(out, "ColorSpace", resources.ColorSpace[str(operands[0])])]
                case "scn" | "SCN":
                    if operands and isinstance(operands[-1], Name):
                        pattern = resources.Pattern[str(operands[-1])]
                        if isinstance(pattern, pikepdf.Stream) and _may_draw_text(pattern):
                            raise Unsure
                        new = [*operands[:-1], _use(out, "Pattern", pattern)]
                case "sh":
                    if hidden:
                        continue
                    new = [_use(out, "Shading", resources.Shading[str(operands[0])])]
                case _ if hidden and operator in _PAINTING:
                    operator = "n"
            out.steps.append((new, Operator(operator)))
        out.steps += [([], Operator("EMC"))] * len(marked)
        has_inline = any(isinstance(step, pikepdf.ContentStreamInlineImage) for step in out.steps)
        for name, space in resources.get("/ColorSpace", Dictionary()).items():
            if has_inline or name.startswith("/Default"):  # these are named by themselves
                out.resources.setdefault("ColorSpace", {})[name] = space
        self._depth -= 1
        return out

    def _font(self, resources: pikepdf.Object, name: pikepdf.Object) -> Font:
        try:
            font = resources.Font[str(name)]
            key = font.objgen if font.is_indirect else id(font)
            if key not in self._fonts:
                self._fonts[key] = Font(font)
        except (UnknownFont, AttributeError, KeyError, TypeError, ValueError) as error:
            raise Unsure from error
        return self._fonts[key]

    def _shown(self, string: list[Any], state: _State, at: Matrix) -> tuple[_Show, Matrix]:
        if state.font is None:
            raise Unsure
        glyphs: list[Glyph] = []
        offset = 0.0
        whole = _product(at, state.ctm)
        a, b, c, d, e, f = whole
        scale = (a * a + b * b) ** 0.5 or 1.0
        turn = (a / scale, b / scale)
        em = abs(state.size) * ((c * c + d * d) ** 0.5 or 1.0)
        for one in string:
            if not isinstance(one, pikepdf.String):
                offset -= float(one) / 1000 * state.size * state.stretch
                continue
            for code, thousandths in state.font.codes(bytes(one)):
                width = thousandths / 1000 * state.size * state.stretch
                x, y = a * offset + c * state.rise + e, b * offset + d * state.rise + f
                along, across = x * turn[0] + y * turn[1], y * turn[0] - x * turn[1]
                more = state.spacing + (state.word_spacing if code == b" " and state.font.is_simple else 0.0)
                whole_width = width + more * state.stretch
                glyphs.append(Glyph(code, offset, whole_width, x, y, em, along, across, width * scale, turn))
                offset += whole_width
        return _Show(at, state, string, glyphs), _product((1, 0, 0, 1, offset, 0), at)


def _with(state: _State, operator: str, value: float) -> _State:
    names = {"Tc": "spacing", "Tw": "word_spacing", "TL": "leading", "Tz": "stretch", "Ts": "rise"}
    changed: dict[str, Any] = {names[operator]: value / 100 if operator == "Tz" else value}
    return replace(state, **changed)


def _matrix(operands: Iterable[Any]) -> Matrix:
    a, b, c, d, e, f = (float(one) for one in operands)
    return a, b, c, d, e, f


def _use(content: Content, kind: str, used: pikepdf.Object) -> Name:
    """The name of a resource in the new content: the names that it had may say something."""
    own = content.resources.setdefault(kind, {})
    for name, other in own.items():
        if other.is_indirect and other.objgen == used.objgen:
            return Name(name)
    name = f"/{kind[0]}{len(own)}"
    own[name] = used
    return Name(name)


def _properties(operands: list[Any], resources: pikepdf.Object) -> Dictionary:
    given = operands[1] if len(operands) > 1 else None
    if isinstance(given, Name):
        given = resources.get("/Properties", Dictionary()).get(str(given))
    return given if isinstance(given, Dictionary) else Dictionary()


def _may_draw_text(stream: pikepdf.Object) -> bool:
    return any(str(step.operator) in ("BT", "Do") for step in pikepdf.parse_content_stream(stream))


def _off_layers(pdf: pikepdf.Pdf) -> Callable[[pikepdf.Object | None], bool]:
    """Whether a layer, or a group of them, is not shown when the file is opened."""
    layers = pdf.Root.get("/OCProperties", Dictionary())
    given = layers.get("/D", Dictionary()) if isinstance(layers, Dictionary) else Dictionary()
    every = {one.objgen for one in layers.get("/OCGs", Array())} if given.get("/BaseState") == Name.OFF else set()
    on = {one.objgen for one in given.get("/ON", Array())}
    off = every - on | {one.objgen for one in given.get("/OFF", Array())}

    def is_off(layer: pikepdf.Object | None) -> bool:
        if not isinstance(layer, Dictionary):
            return False
        if layer.get("/Type") != Name.OCMD:
            return layer.objgen in off
        if "/VE" in layer:
            raise Unsure
        members = layer.get("/OCGs", Array())
        are_off = [one.objgen in off for one in (members if isinstance(members, Array) else [members])]
        match str(layer.get("/P", "/AnyOn")):
            case "/AllOn":
                return any(are_off)
            case "/AnyOff":
                return bool(are_off) and not any(are_off)
            case "/AllOff":
                return bool(are_off) and not all(are_off)
            case _:
                return bool(are_off) and all(are_off)

    return is_off
