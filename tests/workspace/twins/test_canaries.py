"""A canary is found wherever it hides; else that none is found would prove nothing."""

from __future__ import annotations

import gzip
from email.message import EmailMessage

import brotli
import pytest

from raadslag.core import write
from raadslag.core.record import Item, Meeting

from .canaries import flown, word

WORD = word("sted")


def _paper(form: str) -> bytes:
    item = Item(order=1, number="1", title="Træer", access="open", decision=f"Det siger {WORD}.")
    return write(Meeting(body="Prøvekommunen", organization="Udvalget", title="Referat", items=(item,)), form)


def _mail() -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Æbler"
    mail.set_content(f"Æbler og {WORD}", cte="base64")
    return mail.as_bytes()


def _subject() -> bytes:
    mail = EmailMessage()
    mail["Subject"] = f"Æbler og {WORD}"
    mail.set_content("Intet")
    return mail.as_bytes()


@pytest.mark.parametrize(
    "data",
    [
        f"… {WORD} …".encode(),
        WORD.lower().encode(),
        f"æøå {WORD}".encode("utf-16-le"),
        f"æøå {WORD}".encode("utf-16-be"),
        "".join(f"%{ord(letter):02X}" for letter in WORD).encode(),
        "".join(f"&#{ord(letter)};" for letter in WORD).encode(),
        "".join(f"&#x{ord(letter):x};" for letter in WORD).encode(),
        "".join(f"\\u{ord(letter):04x}" for letter in WORD).encode(),
        gzip.compress(WORD.encode()),
        brotli.compress(f"æøå {WORD} ".encode() * 9),
        gzip.compress(gzip.compress(WORD.encode("utf-16-le"))),
        _paper("docx"),
        _paper("pdf"),
        _paper("html"),
        _mail(),
        _subject(),
    ],
    ids=[
        "bytes", "lower", "utf-16-le", "utf-16-be", "percent", "decimal", "hexadecimal", "escaped", "gzip", "brotli",
        "gzip in gzip", "docx", "pdf", "html", "mail", "subject",
    ],
)  # fmt: skip
def test_it_is_found_where_it_hides(data: bytes) -> None:
    told = flown(data)
    assert told
    assert WORD.lower() in told.lower()


@pytest.mark.parametrize(
    "data", [b"", b"kanarie fugl", b"\x1f\x8bnothing", b"PK\x03\x04no", b"%PDF-1.7 no", b"A: b\n\nc"]
)
def test_where_there_is_none_none_is_found(data: bytes) -> None:
    assert flown(data) is None
