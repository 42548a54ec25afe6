"""What a municipality says of itself: name, colours, logo, and how its pages may be used by everyone.

A colour is kept only where everyone can read it. Source: WCAG 2.2, 1.4.3 and 1.4.6; Executive order on the model
accessibility statement (Commission Implementing Decision (EU) 2018/1523).
"""

from __future__ import annotations

import colorsys
import hashlib
import io
import re
from datetime import datetime
from typing import Any

from PIL import Image

from raadslag.archive import files, journal
from raadslag.archive.models import Body, Meeting, StoredFile
from raadslag.core.errors import RaadslagError

ENOUGH = 7.0  # of contrast on white
MAX_LOGO = 512 << 10  # bytes
MAX_SIDE = 2000  # pixels
_KINDS = {"PNG": "image/png", "WEBP": "image/webp"}
_HEX = re.compile(r"#[0-9a-f]{6}")
# The colours of states, which a theme must not be mistaken for: hue in degrees, and what it says.
_STATES = (
    (0, "red, which says that something is wrong"),
    (147, "green, which says that something is done"),
    (36, "amber, which says that something waits"),
)
_NEAR = 12


class NotReadable(RaadslagError):
    """A colour or a picture with which a page would not be readable."""


def describe(body: Body, *, by: str, at: datetime, logo: bytes | None = None, **said: Any) -> None:
    """Keep what is said of a body: any of its `name`, `main`, `accent`, `website`, `contact_mail`, `contact_phone`,
    `compliance`, `exceptions` and `reviewed_on`; an empty text takes it away. `logo` is a PNG or WebP picture.

    Raises NotReadable for a colour that is too pale or looks like a state, and for a picture that is none.
    """
    if said.get("main"):
        said["main"] = _checked(said["main"])
    if said.get("accent"):
        said["accent"] = _hex(said["accent"])
    kind = _kind_of(logo) if logo else ""
    with journal.writing():
        row = Body.objects.select_for_update().get(pk=body.pk)
        for name, value in said.items():
            setattr(row, name, value)
        if logo is not None:
            row.logo = _kept(logo, kind) if logo else None
        row.full_clean(exclude=["slug", "merged_into", "logo"])
        row.save()
        meetings = list(Meeting.objects.filter(body=row).values_list("pk", flat=True)) if "name" in said else []
        changed = sorted([*said, *(["logo"] if logo is not None else [])])
        journal.write("described", by=by, at=at, about={"body": row.pk, "fields": changed}, meetings=meetings)


def contrast(one: str, other: str = "#ffffff") -> float:
    """The contrast of two colours, from 1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def theme(body: Body) -> str:
    """The style sheet of a body: its two colours and what is mixed of the first. Empty where it has none."""
    lines = []
    if body.main:
        mixes = (("main-tint", 0.08, "#ffffff"), ("main-line", 0.3, "#ffffff"), ("main-deep", 0.7, "#000000"))
        lines.append(f"--main: {body.main};")
        lines += [f"--{name}: {_mixed(body.main, share, other)};" for name, share, other in mixes]
    if body.accent:
        lines.append(f"--accent: {body.accent};")
    return f":root {{ {' '.join(lines)} }}\n" if lines else ""


def _checked(colour: str) -> str:
    colour = _hex(colour)
    if contrast(colour) < ENOUGH:
        darker = next(one for n in range(1, 101) if contrast(one := _mixed(colour, 1 - n / 100, "#000000")) >= ENOUGH)
        found = f"{contrast(colour):.1f} with {colour}"
        raise NotReadable(
            "the main colour",
            f"a contrast of {ENOUGH:g} on white",
            found,
            f"{darker} is the nearest that is dark enough.",
        )
    hue, _lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    for state, words in _STATES:
        distance = abs((hue * 360 - state + 180) % 360 - 180)
        if saturation > 0.35 and distance < _NEAR:
            raise NotReadable(
                "the main colour", "one that says nothing", f"{colour}, close to {words}", "Take another."
            )
    return colour


def _hex(colour: str) -> str:
    if not _HEX.fullmatch(colour.lower()):
        raise NotReadable("a colour", "six hexadecimal digits, as in #114b5f", repr(colour[:20]), "Write it so.")
    return colour.lower()


def _parts(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mixed(colour: str, share: float, other: str) -> str:
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(255 * (share * a + (1 - share) * b)):02x}" for a, b in pairs)


def _kind_of(logo: bytes) -> str:
    """The media type of a picture that any browser shows and that can hold no program."""
    expected = f"a PNG or WebP picture of at most {MAX_LOGO >> 10} KB and {MAX_SIDE} pixels a side"
    try:
        with Image.open(io.BytesIO(logo), formats=tuple(_KINDS)) as picture:
            kind, size = _KINDS[picture.format or ""], picture.size
    except Exception as error:  # a damaged picture fails in more ways than any list of them names
        raise NotReadable("the logo", expected, "another file", "Save it as PNG.") from error
    if len(logo) > MAX_LOGO or max(size) > MAX_SIDE:
        raise NotReadable("the logo", expected, f"{len(logo) >> 10} KB, {size[0]} × {size[1]}", "Make it smaller.")
    return kind


def _kept(logo: bytes, kind: str) -> StoredFile:
    sha256 = hashlib.sha256(logo).hexdigest()
    files.put(logo)
    stored, _ = StoredFile.objects.get_or_create(sha256=sha256, defaults={"media_type": kind, "size": len(logo)})
    return stored
