"""A language's words and patterns, loaded once from its data file and compiled.

The grammar knows no word of any language. What it looks for (labels, shapes of names and dates, what
makes a decision an approval) stands in `readers/vocabulary/<language>.toml`; this module turns that file
into lookups and regular expressions.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import Any

from raadslag.core.record import Access, Kind

_INITIAL = r"[A-ZÆØÅÉÄÖÜ]"
_WORD = rf"{_INITIAL}[\w'’´-]*"


def key(text: str) -> str:
    """The form in which labels are looked up: lower case, single spaces, no closing marks."""
    small = text.casefold()
    if "  " in small or not small.isprintable():
        small = " ".join(small.split())
    return small.strip().rstrip(" .:?")


def fold(text: str) -> str:
    """A text in small letters, letter for letter: a position in one is the same position in the other."""
    return (text.replace("\u0130", "I") if "\u0130" in text else text).lower()  # the one letter that becomes two


def one_of(alternatives: list[str]) -> str:
    """Patterns as one. Those that begin at the start of a word, or of the text, are tried there alone."""
    leads: dict[str, list[str]] = {r"\b": [], "^": [], "": []}
    for pattern in alternatives:
        lead = next(lead for lead in leads if pattern.startswith(lead))
        leads[lead].append(pattern[len(lead) :])
    return "|".join(f"{lead}(?:{'|'.join(rest)})" for lead, rest in leads.items() if rest)


Rules = tuple[tuple[str, re.Pattern[str]], ...]


class Residues:
    """The rules for lines that carry nothing, by what a line in small letters must have for a rule to be tried.

    `begins` holds rules by the first character or the first two, `ends` by the last, `hinted` those that need
    one of the `hints`.
    """

    def __init__(self, rules: list[dict[str, Any]]) -> None:
        self.begins: dict[str, Rules] = {}
        self.ends: dict[str, Rules] = {}
        self.hinted: Rules = ()
        self.hints: list[str] = []
        for rule in rules:
            one = ((rule["rule"], re.compile(rule["pattern"])),)
            for place, at in ((rule.get("begins", ""), self.begins), (rule.get("ends", ""), self.ends)):
                for edge in place:
                    at[edge] = at.get(edge, ()) + one
            if "hints" in rule:
                self.hints += rule["hints"]
                self.hinted += one

    def hints_at(self, small: str) -> bool:
        """Whether a text in small letters holds a hint."""
        for hint in self.hints:  # noqa: SIM110 - as in `Vocabulary.hints_at`
            if hint in small:
                return True
        return False


class Vocabulary:
    """One language's words, ready for use. Attributes mirror the tables of the data file."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.table = table
        self.language: str = table["language"]
        calendar = table["calendar"]
        self.months = {
            m: n for names in ("months", "months_short", "months_foreign") for n, m in enumerate(calendar[names], 1)
        }
        self.weekdays: list[str] = calendar["weekdays"]
        self.cardinals = {w: n for n, w in enumerate(table["numbers"]["cardinal"])}
        self.ordinals = {w: n for n, w in enumerate(table["numbers"]["ordinal"])}
        self.parties: list[str] = sorted(table["shapes"]["party_names"], key=len, reverse=True)
        self._shapes = self._make_shapes()
        self.sections = self._labels("section")
        self.head = self._labels("head")
        self.item = self._labels("item")
        self.residue_lines = frozenset(key(line) for line in table["residue"]["lines"]["web"])
        self.residue = Residues(table["residue"]["patterns"])
        self.body_name = self.compile("{body}")
        self.full_name = re.compile(self._shapes["full_name"])
        self.articles = frozenset(table["numbers"]["articles"])
        self.one_voter = tuple(table["numbers"]["one_voter"])
        self.decision_leads = tuple(table["decided"]["leads"])
        self.goes_on = tuple(table["head"]["goes_on"])
        self.case_first = tuple(table["references"]["case_first"])
        self._nobody = frozenset(table["attendance"]["nobody"])
        self._access_lines: dict[str, Access] = dict.fromkeys(table["access"]["open_lines"], "open")
        self._access_lines |= dict.fromkeys(table["access"]["closed_lines"], "closed")
        self.head_leads = frozenset(label[:3] for label in self.head)
        self._case_leads = frozenset(label[:2] for label in table["labels"]["item"]["case"])
        self._case_line = self.compile(r"^(?:{case_label})\.?\s*:?\s*(?P<case>\S*\d\S*)")
        self.day = self.compile("{date}")
        self.weekday = self.compile("{weekday}")
        self.case_inline = self.compile(r"(?<!\w)({case_label})\.?\s*:?\s+(\S*\d\S*[\d/-]\S*)")
        self.labels = {
            k: (self.sections.get(k), self.item.get(k), self.head.get(k))
            for k in {**self.sections, **self.item, **self.head}
        }
        self.reasons: dict[str, str] = table["attendance"]["reasons"]
        self.kinds: dict[str, Kind] = table["head"]["kinds"]
        self.small = frozenset(table["shapes"]["small"])
        self.item_styles: dict[str, tuple[tuple[int, str, re.Pattern[str]], ...]] = {}
        for n, style in enumerate(table["items"]["styles"]):
            for initial in style["initials"]:
                self.item_styles[initial] = (
                    *self.item_styles.get(initial, ()),
                    (n, style["name"], self.compile_cached(style["pattern"])),
                )
        self.conjunction = self.compile(r"\s+(?:{and})\s+(?![^(]*\))")
        self.party_names = self._party_names()
        self.hints: dict[str, list[str]] = table["hints"]
        self.notes = {key(w): kind for kind, ws in table["notes"]["labels"].items() for w in ws}
        self.heading_like = self.compile("|".join(f"(?:{p})" for p in table["headings"].values()))
        self.roles = frozenset(table["titles"]["roles"])
        self.block = {key(w): kind for kind in ("body", "date", "number") for w in table["decided"][f"block_{kind}"]}

    def _make_shapes(self) -> dict[str, str]:
        shapes, calendar = self.table["shapes"], self.table["calendar"]
        # Whole names come first: "jan" would take the beginning of "januar" and leave the year behind.
        months = "|".join((*calendar["months"], *(f"{m}\\.?" for m in calendar["months_short"])))
        particle = shapes["particle"]
        rest = rf"(?: (?:(?:{particle}) )?{_WORD})"
        first = rf"(?:{_WORD}|(?:{_INITIAL}\. ?){{1,2}}{_INITIAL}\.)"
        name = rf"{first}(?: (?:(?:{particle}) )?(?:{_WORD}|{_INITIAL}\.)){{1,5}}"
        one = (
            rf"(?<!\w)(?:(?i:{shapes['articles']}) )?(?-i:{_WORD}{rest}{{0,5}})"
            rf"(?:['’]?s? (?i:{shapes['group']})\b)?(?: \([^()]{{1,30}}\))?"
        )
        numeric, iso = r"\d{1,2}[-./]\d{1,2}[-./]\d{4}\b", r"\d{4}-\d{2}-\d{2}\b"
        worded = rf"\d{{1,2}}\.?\s*(?:{months})\.?,?\s+\d{{4}}\b"
        foreign = rf"(?:{'|'.join(calendar['months_foreign'])}) \d{{1,2}}, \d{{4}}\b"
        return {
            "and": shapes["and"],
            "months": months,
            "weekday": "|".join(calendar["weekdays"]),
            "cardinal": r"\b(?:" + "|".join(sorted(self.table["numbers"]["cardinal"], key=len, reverse=True)) + ")",
            "date": "|".join((worded, numeric, iso, foreign)),
            "daymonth": rf"\d{{1,2}}\.?\s*(?:{months})(?:\s+\d{{4}}\b)?|\d{{1,2}}[-./]\d{{1,2}}(?:[-./]\d{{4}}\b)?",
            "time": r"\d{1,2}(?:[.:]\d{2}){0,2}(?!\d)",
            "body": shapes["body"],
            "kind": shapes["kind"],
            "case": self.table["references"]["case"],
            "case_label": "|".join(
                re.escape(w) for w in sorted(self.table["labels"]["item"]["case"], key=len, reverse=True)
            ),
            "labels": self._capital("section", "item", "head"),
            "section_labels": self._capital("section"),
            "name": rf"(?-i:{name})(?: ?\([^()]{{1,12}}\))?",
            "full_name": name,
            "who": rf"{one}(?:,\s*{one})*(?:,?\s+(?:{shapes['and']})\s+{one})*",
        }

    def hints_at(self, subject: str, text: str) -> bool:
        """Whether a text holds one of the words without which patterns on a subject need not be tried."""
        for hint in self.hints[subject]:  # noqa: SIM110 - a loop is twice as fast as any() here, and this is hot
            if hint in text:
                return True
        return False

    def says_nobody(self, text: str) -> bool:
        """Whether a text in a list of persons says that there are none."""
        return len(text) < 24 and fold(text).removesuffix(".") in self._nobody

    def access_of_line(self, text: str) -> Access | None:
        """The access that a whole line says, or None."""
        return self._access_lines.get(fold(text).removesuffix(".")) if len(text) < 50 else None

    def case_of_line(self, text: str) -> re.Match[str] | None:
        """A line that begins with a case number and its label: the group `case` is the number."""
        return self._case_line.match(text) if text[:2].lower() in self._case_leads else None

    def is_body(self, text: str) -> bool:
        """Whether a text is a body's name by its ending."""
        return self.hints_at("body", fold(text)) and self.body_name.fullmatch(text) is not None

    def expand(self, pattern: str) -> str:
        """The pattern with {date}, {name} … replaced by their shapes."""
        pattern = pattern.replace("{when}", self.table["shapes"]["when"])
        for word, shape in self._shapes.items():
            pattern = pattern.replace("{" + word + "}", f"(?:{shape})")
        return pattern

    def compile(self, pattern: str) -> re.Pattern[str]:
        """A pattern of the data file, its shapes expanded, without regard to case."""
        return re.compile(self.expand(pattern), re.IGNORECASE)

    @functools.cache  # noqa: B019 - one vocabulary a language, kept for the life of the process
    def compile_cached(self, pattern: str) -> re.Pattern[str]:
        """`compile`, remembered."""
        return self.compile(pattern)

    @functools.cache  # noqa: B019
    def pattern(self, path: str) -> re.Pattern[str]:
        """The compiled pattern at a dotted path of the data file, such as "access.closed"."""
        return self.compile(self._at(path))

    @functools.cache  # noqa: B019
    def folded(self, path: str) -> re.Pattern[str]:
        """The pattern at a dotted path, or the list of alternatives there as one, for text in small letters (`fold`).

        Letters that need not be compared in both sizes make it several times as fast as `pattern`.
        """
        found = self._at(path)
        return re.compile(self.expand(one_of(found) if isinstance(found, list) else found))

    @functools.cache  # noqa: B019
    def patterns(self, path: str) -> tuple[re.Pattern[str], ...]:
        """The compiled list of patterns at a dotted path."""
        return tuple(self.compile(p) for p in self._at(path))

    @functools.cache  # noqa: B019
    def _hinted(self, path: str) -> tuple[tuple[list[str], re.Pattern[str]], ...]:
        return tuple((p["hints"], self.compile(p["pattern"])) for p in self._at(path))

    def hinted(self, path: str, small: str) -> list[re.Pattern[str]]:
        """Those of the compiled patterns at a dotted path of which a text in small letters holds a hint."""
        found: list[re.Pattern[str]] = []
        for hints, pattern in self._hinted(path):
            for hint in hints:
                if hint in small:
                    found.append(pattern)
                    break
        return found

    def _party_names(self) -> dict[str, str]:
        """The parties' names by the forms in which they stand in small letters: without article, in the genitive."""
        article = self.pattern("shapes.article")
        forms: dict[str, str] = {}
        for name in self.parties:
            for form in (name.casefold(), name.casefold() + "s"):
                forms.setdefault(form, name)
        for name in self.parties:
            bare = article.sub("", name).casefold()
            for form in (bare, bare + "s", bare + "es"):
                forms.setdefault(form, name)
        return forms

    def _at(self, path: str) -> Any:
        value: Any = self.table
        for part in path.split("."):
            value = value[int(part) if isinstance(value, list) else part]
        return value

    def _capital(self, *zones: str) -> str:
        """The labels of some zones as they stand in running text: with a capital."""
        tables = [self.table["labels"][zone] for zone in zones]
        words = {w[0].upper() + w[1:] for t in tables for ws in t.values() for w in ws if len(w) > 2 and w[0].isalpha()}
        return "(?-i:" + "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) + ")"

    def _labels(self, zone: str) -> dict[str, str]:
        return {key(word): kind for kind, words in self.table["labels"][zone].items() for word in words}


@functools.cache
def load(language: str = "da") -> Vocabulary:
    """The vocabulary of a language. Raises FileNotFoundError if there is none."""
    file = resources.files("raadslag.core.readers.vocabulary").joinpath(f"{language}.toml")
    return Vocabulary(tomllib.loads(file.read_text("utf-8")))
