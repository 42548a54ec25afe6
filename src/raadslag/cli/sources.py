"""What a command is given to work on: files by path, or `-` for standard input."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from raadslag.core.errors import RaadslagError, UnreadableFile

STDIN = "-"


def name_of(argument: str) -> str:
    """The name that a record and an error give the source: the file's name without its folders.

    A name that is not UTF-8 keeps what can be read of it.
    """
    return os.fsencode(Path(argument).name).decode("utf-8", "replace")


def load(argument: str) -> bytes:
    """The bytes of a file, or of standard input for `-`.

    Raises UnreadableFile, which names the path as given, where there is no such file, it is a folder, or
    it may not be read.
    """
    if argument == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(argument).read_bytes()
    except IsADirectoryError:
        raise UnreadableFile(argument, "a file", "a folder", "Name the files in it.") from None
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(argument, "a readable file", found, "Check the path and its permissions.") from error


def named_as_given(error: RaadslagError, argument: str) -> RaadslagError:
    """The error with the file's whole path for its name: two folders may each hold a `referat.pdf`."""
    name = name_of(argument)
    if not error.place.startswith(name):
        return error
    return type(error)(argument + error.place.removeprefix(name), error.expected, error.found, error.remedy)
