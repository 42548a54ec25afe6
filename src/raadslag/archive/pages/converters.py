"""Parts of addresses that take few values."""

from __future__ import annotations

from raadslag.archive.models import Version

# The kinds of version under each name of a paper.
KINDS_OF = {
    "referat": (Version.Kind.MINUTES, Version.Kind.UNSTATED),
    "dagsorden": (Version.Kind.AGENDA,),
    "papir": (Version.Kind.UNSTATED,),
}


class _Converter:
    regex = ""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Paper(_Converter):
    """The papers of a meeting by the names that people know."""

    regex = "referat|dagsorden"


class Edition(_Converter):
    """The kinds of paper whose editions are counted."""

    regex = "referat|dagsorden|papir"


class Format(_Converter):
    """The formats in which a paper is written."""

    regex = "pdf|html|json"


class ProductVersion(_Converter):
    """A version of a product, by what it is called: "v0.3"."""

    regex = "[a-z0-9][a-z0-9.-]*"


class ProductForm(_Converter):
    """The papers of a product's version."""

    regex = "produkt|tekst|svar"


class ProductFormat(_Converter):
    """The formats in which a product is written."""

    regex = "pdf|docx|html|txt|json"


class Sha256(_Converter):
    """A file by its hash."""

    regex = "[0-9a-f]{64}"


class Year:
    """A year of our calendar; no paper of a Danish municipality is older."""

    regex = "(?:18|19|20|21)[0-9]{2}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
