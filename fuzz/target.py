"""One format's reader under fuzzing: `python -m fuzz.target text|html|pdf|docx [libFuzzer's arguments] [FILES]`."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["raadslag.core"]):
    from raadslag.core.readers import read_bytes, sniff
    from tests.core.readers.laws import assert_read_or_refused

KINDS = {"text": sniff.TEXT, "html": sniff.HTML, "pdf": sniff.PDF, "docx": sniff.DOCX}


def main() -> None:
    form, *arguments = sys.argv[1:]
    kind = KINDS[form]
    read_bytes(b"Referat")  # the vocabulary is compiled before the first input is timed

    def once(data: bytes) -> None:
        assert_read_or_refused(data, kind)

    atheris.Setup([sys.argv[0], *arguments], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
