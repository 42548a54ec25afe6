"""Records of committees' meetings, and what turns documents into them and back.

from raadslag.core import read, write, public

minutes = read("referat.pdf")            # a document, as a record
minutes.items[0].decision                # typed values, None where the paper does not say
page = write(public(minutes), "html")    # what may be shown, as bytes of a document
"""

from __future__ import annotations

from pathlib import Path

from raadslag.core.errors import UnreadableFile
from raadslag.core.record import Record
from raadslag.core.release import public
from raadslag.core.writers import write

__all__ = ["public", "read", "write"]


def read(source: str | Path | bytes, *, name: str | None = None, media_type: str | None = None) -> Record:
    """The record in a document: a path, or the document's bytes.

    Text, HTML, PDF and our own JSON are told apart by their bytes; `name` (by default the path's last part)
    and `media_type` only help. A document that `write` made is read back with all that its format carries.
    Values are as written, times local ("2018-04-09T17:00"), days ISO; what is odd stands in
    `provenance.warnings` (codes in `core.readers.warnings`), what fits no field in `provenance.unplaced`.
    It reads in this process; a file that nobody vouches for goes through `core.readers.worker.Pool`.
    Raises UnreadableFile, LimitExceeded, UnknownFormat or InvalidRecord, each with place and remedy.
    """
    from raadslag.core.readers import read_bytes  # the readers' libraries are loaded only by who reads

    if isinstance(source, bytes):
        return read_bytes(source, name, media_type)
    path = Path(source)
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as e:
        found = getattr(e, "strerror", None) or str(e)
        raise UnreadableFile(str(path), "a file that can be opened", found, "Check the path.") from e
    return read_bytes(data, name or path.name, media_type)
