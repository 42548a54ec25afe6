"""What a command is given to work on: files by path, or `-` for standard input."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path

from raadslag.core.errors import LimitExceeded, RaadslagError, UnreadableFile

STDIN = "-"
MOST = 100 << 20  # bytes, as `core.readers.worker.Limits` has it: nothing larger is read


def name_of(argument: str) -> str:
    """The name that a record and an error give the source: the file's name without its folders.

    A name that is not UTF-8 keeps what can be read of it.
    """
    return os.fsencode(Path(argument).name).decode("utf-8", "replace")


def load(argument: str) -> bytes:
    """The bytes of a file, or of standard input for `-`.

    Raises UnreadableFile, which names the path as given, where there is no such file, it is a folder, or
    it may not be read; LimitExceeded where it holds more than any document may, or never ends.
    """
    try:
        with nullcontext(sys.stdin.buffer) if argument == STDIN else Path(argument).open("rb") as file:
            data: bytes = file.read(MOST + 1)
    except IsADirectoryError:
        raise UnreadableFile(argument, "a file", "a folder", "Name the files in it.") from None
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(argument, "a readable file", found, "Check the path and its permissions.") from error
    if len(data) > MOST:
        raise LimitExceeded(argument, f"at most {MOST >> 20} MB", "more", "Divide it, and read the parts.")
    return data


def named_as_given(error: RaadslagError, argument: str) -> RaadslagError:
    """The error with the file's whole path for its name: two folders may each hold a `referat.pdf`."""
    name = name_of(argument)
    if not error.place.startswith(name):
        return error
    return type(error)(argument + error.place.removeprefix(name), error.expected, error.found, error.remedy)
