"""Untrusted files in processes of their own: within limits, in order, and none pays for another."""

from __future__ import annotations

import io
import os
import signal
import time
import zlib
from pathlib import Path

import pikepdf
import pytest

from raadslag.core.errors import (
    CannotRedact,
    InvalidRecord,
    LimitExceeded,
    RaadslagError,
    UnknownFormat,
    UnreadableFile,
    WordsNotFound,
)
from raadslag.core.readers import read_bytes, worker
from raadslag.core.readers.worker import Document, Limits, Pool
from raadslag.core.record import identity
from tests.core.readers import pdfs

pytestmark = pytest.mark.slow  # starts and ends processes

PAPER = "Referat\nUdvalget for det nære\nMandag den 5. marts 2018 kl. 17.00\nPunkt 1: Haver\nGodkendt.\n".encode()
SLOW = b"<div>" * 100_000  # takes lexbor many seconds


@pytest.fixture(scope="module")
def pool():
    with Pool(2, Limits(seconds=20)) as pool:
        yield pool


@pytest.fixture
def starts(monkeypatch) -> list[int]:
    """The processes that are started from now on, by number."""
    started = []

    class Counting(worker.subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            started.append(self.pid)

    monkeypatch.setattr(worker.subprocess, "Popen", Counting)
    return started


def test_a_record_is_the_same_as_without_a_process(pool):
    assert pool.read(PAPER, "referat.txt") == read_bytes(PAPER, "referat.txt")


def test_screening_tells_its_hits(pool):
    (hit,) = pool.screen(b"Borgeren har cpr 010190-1234.", "brev.txt")
    assert hit.rule == "cpr"


@pytest.mark.parametrize(
    ("data", "kind", "place"),
    [
        (b"", UnreadableFile, "referat.pdf"),
        (b"%PDF-1.7 afbrudt", UnreadableFile, "referat.pdf"),
        (pdfs.placed(pdfs.lines("A")).replace(b"/Count 1", b"/Count 9"), UnreadableFile, "referat.pdf, page 2"),
        (b"\x89PNG\r\n", UnknownFormat, "referat.pdf"),
    ],
)
def test_the_error_of_a_reader_arrives_whole(pool, data, kind, place):
    with pytest.raises(kind) as refused:
        pool.read(data, "referat.pdf")
    assert type(refused.value) is kind
    assert refused.value.place == place
    assert refused.value.remedy


def test_a_copy_without_words_is_made_or_the_error_arrives(pool):
    assert pool.redact(b"Om Dybvad", "a.txt", ["Dybvad"]) == b"Om [fjernet]"
    assert pool.redact(b"Om 010203-0000", "a.txt", [], numbers=True) == b"Om [fjernet]"
    with pytest.raises(WordsNotFound, match="Enghave"):
        pool.redact(b"Om Dybvad", "a.txt", ["Enghave"])
    paper = pdfs.placed(pdfs.lines("Sagen om Dybvad"))
    assert b"Dybvad" not in pool.redact(paper, "a.pdf", ["Dybvad"])
    with pytest.raises(CannotRedact):
        pool.redact(pdfs.scanned(), "a.pdf", [], numbers=True)


def test_a_broken_record_is_named(pool):
    with pytest.raises(InvalidRecord) as refused:
        pool.read(b'{"schema":"raadslag/1","type":"meeting","x":1}', "referat.json")
    assert refused.value.place == "referat.json"


def test_results_come_in_the_order_of_the_documents_and_an_error_takes_its_place(pool):
    documents = [Document(b"" if n % 7 == 3 else PAPER, f"{n}.txt") for n in range(40)]
    results = list(pool.read_all(documents))
    assert [isinstance(result, RaadslagError) for result in results] == [n % 7 == 3 for n in range(40)]
    named = [r.place if isinstance(r, RaadslagError) else r.provenance.name for r in results]
    assert named == [f"{n}.txt" for n in range(40)]


def test_documents_are_drawn_as_results_are_taken(pool):
    drawn = []
    results = pool.read_all(Document(PAPER, str(n)) for n in range(100) if not drawn.append(n))
    next(results)
    assert len(drawn) <= 2 * pool.size + 2
    results.close()


def test_many_documents_start_few_processes(starts):
    with Pool(2) as pool:
        assert len({identity(record) for record in pool.read_all([Document(PAPER)] * 300)}) == 1
    assert len(starts) <= 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in starts)


def test_a_document_that_takes_too_long_is_ended_and_the_next_one_read(starts):
    with Pool(1, Limits(seconds=1)) as pool:
        began = time.monotonic()
        slow, paper = pool.read_all([Document(SLOW, "uden ende.html"), Document(PAPER)])
        assert time.monotonic() - began < 15
    assert isinstance(slow, LimitExceeded)
    assert (slow.place, slow.expected) == ("uden ende.html", "a document that is read within 1 seconds")
    assert identity(paper) == identity(read_bytes(PAPER))
    assert len(starts) == 2


def bomb() -> bytes:
    """A small PDF whose page draws for half a gigabyte."""
    with pikepdf.open(io.BytesIO(pdfs.placed([]))) as pdf:
        packer = zlib.compressobj(9)
        packed = b"".join(packer.compress(b"0 0 m " * (1 << 20)) for _ in range(80)) + packer.flush()
        stream = pikepdf.Stream(pdf, packed, Filter=pikepdf.Name.FlateDecode)
        pdf.pages[0].obj.Contents = pdf.make_indirect(stream)
        return pdfs.saved(pdf, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)


def test_a_document_that_takes_too_much_memory_is_refused_and_the_next_one_read():
    with Pool(1, Limits(memory=300 << 20)) as pool:
        refused, paper = pool.read_all([Document(bomb(), "bombe.pdf"), Document(PAPER)])
    assert isinstance(refused, LimitExceeded)
    assert (refused.place, refused.found) == ("bombe.pdf", "one that the reader broke down over")
    assert identity(paper) == identity(read_bytes(PAPER))


def test_a_document_of_too_many_bytes_or_pages_is_refused(pool):
    with Pool(1, Limits(bytes=1 << 20, pages=2)) as small:
        with pytest.raises(LimitExceeded) as refused:
            small.read(bytes(3 << 20), "stor.txt")
        assert (refused.value.expected, refused.value.found) == ("at most 1 MB", "3 MB")
        with pytest.raises(LimitExceeded) as refused:
            small.read(pdfs.placed([], [], []), "lang.pdf")
        assert (refused.value.place, refused.value.expected) == ("lang.pdf", "at most 2 pages")


def test_a_process_that_died_is_replaced_unseen(starts):
    with Pool(1) as pool:
        pool.read(PAPER)
        os.kill(starts[0], signal.SIGKILL)
        assert identity(pool.read(PAPER)) == identity(read_bytes(PAPER))
    assert len(starts) == 2


def test_a_fault_of_the_reader_is_told_without_a_word_of_the_document(monkeypatch):
    def stumble(*_: object, **__: object) -> None:
        raise ValueError("hemmeligt")

    monkeypatch.setattr("raadslag.core.readers.read_bytes", stumble)
    told = worker._answer(worker._Ask("read", PAPER, "referat.txt", None, 9))
    assert told.error is not None
    assert told.error[:2] == ("UnreadableFile", "referat.txt")
    assert "ValueError" in told.error[3]
    assert "hemmeligt" not in repr(told)
