"""Which format a file has, and what is told of those that nothing here reads."""

from __future__ import annotations

import io
import zipfile

import pytest

from raadslag.core.errors import UnknownFormat, UnreadableFile
from raadslag.core.readers.sniff import DOCX, HTML, JSON, PDF, TEXT, media_type
from tests.core.readers import pdfs


def zipped(*names: str, mimetype: str = "") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (pdfs.placed(pdfs.lines("Referat")), "referat.txt", PDF),
        (b"junk from a mail server\n" + pdfs.placed([]), "referat", PDF),
        (b"<!DOCTYPE html><p>Referat", "referat.txt", HTML),
        (b'\xef\xbb\xbf\n<?xml version="1.0"?>\n<!-- x -->\n<html lang="da">', "referat", HTML),
        ("<html><body>Referat".encode("utf-16"), "referat", HTML),
        (b"Referat <br> af et m\xf8de", "referat.html", HTML),
        (b"Referat, 3 < 4", "referat.txt", TEXT),
        ("Referat".encode("utf-16-le"), "referat", TEXT),
        ("Mødet hævet".encode("cp1252"), "referat.docx", TEXT),
        (zipped("[Content_Types].xml", "word/document.xml"), "referat.txt", DOCX),
        (b'{"schema":"raadslag/1","type":"meeting"}', "referat", JSON),
        (b'{"schema": "andet"}', "referat.json", JSON),
        (b"{En parentes i et referat}", "referat.txt", TEXT),
    ],
)
def test_the_bytes_tell_the_format_and_the_name_only_what_they_leave_open(data, name, expected):
    assert media_type(data, name) == expected


def test_the_claim_of_a_source_stands_in_for_a_missing_name():
    assert media_type(b"Referat <br> af", "referat", "text/html; charset=utf-8") == HTML


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), "an OpenDocument text (ODT)"),
        (zipped("xl/workbook.xml"), "a spreadsheet (XLSX)"),
        (zipped("ppt/presentation.xml"), "a presentation (PPTX)"),
        (zipped("referat.txt"), "an archive (ZIP)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "an old or encrypted Office document"),
        (b"{\\rtf1 Referat}", "an RTF document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "an image (PNG)"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "an image (JPEG)"),
        (b"II*\x00" + bytes(50), "an image (TIFF)"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "an image (WebP)"),
        (b"\x00\x00\x00\x18ftypheic", "an image or a film (HEIC, MP4)"),
        (b"From: a@example.dk\nMIME-Version: 1.0\n\nReferat", "an e-mail or a web archive (MIME)"),
        (b"\x7fELF" + bytes(range(256)) * 9, "bytes that are not text"),
    ],
)
def test_what_nothing_here_reads_is_named_with_a_way_out(data, found):
    with pytest.raises(UnknownFormat) as refused:
        media_type(data, "referat.docx")
    assert refused.value.place == "referat.docx"
    assert refused.value.found == found
    assert refused.value.remedy.endswith(".")


@pytest.mark.parametrize("data", [b"", b" \r\n\t", bytes(5000), b"\xef\xbb\xbf", b"\xff\xfe\x00\x00"])
def test_an_empty_file_is_refused(data):
    with pytest.raises(UnreadableFile) as refused:
        media_type(data, "referat.txt")
    assert refused.value.found == "an empty file"


@pytest.mark.parametrize("data", [b"<!doctype html><title>404</title>", b"Fejl: ikke fundet"])
def test_a_file_that_is_not_the_pdf_it_says_it_is_is_refused(data):
    with pytest.raises(UnreadableFile) as refused:
        media_type(data, "referat.PDF")
    assert refused.value.expected == "a PDF, as its name says"
