"""One tree of errors. Each names the place, what was expected, what was found, and the remedy."""

from __future__ import annotations


class RaadslagError(Exception):
    """Root of all errors that Raadslag raises on purpose.

    `place` says where (a file, a line, a field), `expected` and `found` what should have stood there
    and what did, `remedy` what a person can do. The text of the error is one sentence made of them and
    never holds more of a document than a few words.
    """

    def __init__(self, place: str, expected: str, found: str, remedy: str) -> None:
        self.place, self.expected, self.found, self.remedy = place, expected, found, remedy
        super().__init__(f"{place}: expected {expected}; found {found}. {remedy}")

    def __reduce__(self) -> tuple[type[RaadslagError], tuple[str, str, str, str]]:
        # An error crosses from the worker process that reads to the process that asked.
        return type(self), (self.place, self.expected, self.found, self.remedy)


class UnreadableFile(RaadslagError):
    """The bytes are not a document that can be read: damaged, disguised, encrypted or empty."""


class LimitExceeded(UnreadableFile):
    """The document needs more time, memory, pages or bytes than one document may have."""


class UnknownFormat(RaadslagError):
    """No reader or writer has that format."""


class UnwritableRecord(RaadslagError):
    """A record that is valid, but holds what cannot be set as a document of that format."""


class InvalidRecord(RaadslagError):
    """The JSON is not a record of a schema that this version knows."""


class CannotRedact(RaadslagError):
    """The words cannot be removed for sure; no file is given out."""


class WordsNotFound(CannotRedact):
    """Some of the words stand nowhere in the file: `found` names them."""
