"""The translations of the pages: `messages.py collect | check | compile`.

The source holds English; `locale/da/LC_MESSAGES/django.po` holds the Danish of every string that a page or
a command shows. `collect` brings the file up to the strings in the source, `check` fails while one is
missing, doubtful or no longer used, `compile` makes the file that Django reads. GNU gettext is not needed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "raadslag"
CATALOGUE = SOURCE / "web" / "locale" / "da" / "LC_MESSAGES" / "django.po"

# Each function that marks a string, and which of its arguments hold context, message and plural.
MARKS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}


class Message(NamedTuple):
    """A string to translate: its context, its singular and its plural (empty where it has none)."""

    context: str
    text: str
    plural: str


def in_python(code: str) -> Iterator[Message]:
    """The marked strings of a module."""
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in MARKS:
            continue
        arguments = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
        context, text, plural = (arguments[at] if at is not None and at < len(arguments) else "" for at in MARKS[name])
        if isinstance(text, str):
            yield Message(context or "", text, plural or "")


def in_template(code: str) -> Iterator[Message]:
    """The marked strings of a template: Django turns it into calls, with everything else crossed out."""
    calls = re.findall(
        r"\b(?:n|p|np)?gettext\((?:[^()'\"]|u?'(?:\\.|[^'\\])*'|u?\"(?:\\.|[^\"\\])*\")*\)", templatize(code)
    )
    for call in calls:
        yield from in_python(re.sub(r",\s*count\)$", ", 0)", call))


def in_source() -> dict[Message, list[str]]:
    """Every marked string, with the files it stands in."""
    found: dict[Message, list[str]] = {}
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("templates/**/*.*")]):
        extract = in_python if path.suffix == ".py" else in_template
        for message in extract(path.read_text(encoding="utf-8")):
            files = found.setdefault(message, [])
            if (name := path.relative_to(ROOT).as_posix()) not in files:
                files.append(name)
    return found


def message_of(entry: polib.POEntry) -> Message:
    """The message that an entry of the catalogue translates."""
    return Message(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def catalogue() -> polib.POFile:
    """The Danish catalogue, an empty one where there is none yet."""
    if CATALOGUE.exists():
        return polib.pofile(str(CATALOGUE), wrapwidth=110)
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = {
        "Language": "da",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return fresh


def collect() -> int:
    """Write the catalogue again: new strings untranslated, unused ones gone."""
    old = {message_of(entry): entry for entry in catalogue() if not entry.obsolete}
    new = catalogue()
    new.clear()
    for message, files in sorted(in_source().items(), key=lambda pair: (pair[1][0], pair[0].text)):
        entry = old.get(message) or polib.POEntry(
            msgctxt=message.context or None, msgid=message.text, msgid_plural=message.plural
        )
        if message.plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: "", 1: ""}
        entry.occurrences = [(name, "") for name in files]
        new.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(CATALOGUE))
    print(f"{len(new)} strings, {len(new.untranslated_entries())} without Danish")
    return 0


def placeholders(text: str) -> list[str]:
    """The names that are filled in later: `%(name)s`, `{name}`."""
    return sorted(re.findall(r"%\(\w+\)\w|\{\w*\}", text))


def faults() -> Iterator[str]:
    """What keeps the translation from being complete, one sentence each."""
    entries = {message_of(entry): entry for entry in catalogue() if not entry.obsolete}
    source = in_source()
    for message, files in source.items():
        entry = entries.get(message)
        where = f"{files[0]}: {message.text[:70]!r}"
        if entry is None:
            yield f"{where} is not in the catalogue; run make messages"
        elif entry.fuzzy or not entry.translated():
            yield f"{where} has no certain Danish text"
        elif not message.plural and placeholders(entry.msgstr) != placeholders(message.text):
            yield f"{where} and its Danish text do not fill in the same names"
    for message in entries.keys() - source.keys():
        yield f"{message.text[:70]!r} is no longer used; run make messages"


def check() -> int:
    """Print every fault; 1 if there is one."""
    found = list(faults())
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


def compile_() -> int:
    """Make the .mo file beside every .po file."""
    for path in SOURCE.rglob("locale/*/LC_MESSAGES/*.po"):
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return 0


if __name__ == "__main__":
    settings.configure()
    sys.exit({"collect": collect, "check": check, "compile": compile_}[sys.argv[1]]())
