"""Office files (DOCX, XLSX) are ZIP packages of XML: opened within limits, part by part.

Sources: ECMA-376, parts 1 and 2 (Office Open XML; Open Packaging Conventions).
"""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from raadslag.core.errors import LimitExceeded, UnreadableFile

MAX_PARTS = 10_000
MAX_BYTES = 300 << 20  # of all parts unpacked; a paper with a hundred photographs has less
_AGAIN = "Open it in the program that made it, save it again, and read that; or save it as PDF."
_SIMPLE = "Save it as PDF, and read that."


class Package:
    """The parts of an office file, by name. Raises UnreadableFile, and LimitExceeded for one that unpacks too far."""

    def __init__(self, data: bytes, kind: str) -> None:
        self._kind = kind
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            parts = self._zip.infolist()
        except Exception as error:  # a damaged file fails in more ways than any list of them names
            raise self._unreadable(type(error).__name__) from error
        if any(part.flag_bits & 1 for part in parts):
            raise UnreadableFile("the file", kind, "an encrypted one", "Save it without a password, and read that.")
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_BYTES:
            found = f"{len(parts)} parts with {sum(part.file_size for part in parts) >> 20} MB unpacked"
            raise LimitExceeded("the file", f"{kind} of at most {MAX_BYTES >> 20} MB unpacked", found, _SIMPLE)
        self.names = tuple(part.filename for part in parts if not part.is_dir())

    def read(self, name: str) -> bytes:
        """The bytes of a part; none where there is no such part."""
        if name not in self.names:
            return b""
        try:
            return self._zip.read(name)
        except Exception as error:  # as above
            raise self._unreadable(type(error).__name__) from error

    def xml(self, name: str) -> etree._Element | None:
        """A part as XML; None where there is no such part. Entities are not resolved, and nothing is fetched."""
        data = self.read(name)
        if not data:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._unreadable("XML that is broken") from error
        if root.getroottree().docinfo.doctype:  # no office program writes one
            raise self._unreadable("a document type declaration")
        return root

    def _unreadable(self, found: str) -> UnreadableFile:
        return UnreadableFile("the file", self._kind, found, _AGAIN)
