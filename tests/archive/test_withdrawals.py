"""The file of withdrawals beside the database: written with each, and read after anything that may have happened."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from raadslag.archive import curation, withdrawals
from raadslag.archive.intake import Document
from raadslag.archive.models import Meeting
from raadslag.core.errors import RaadslagError
from raadslag.core.record import File, Item

HOW = {"by": "Prøve Sekretær", "at": datetime(2018, 5, 1, 12, tzinfo=UTC)}
ANNEX = Document("bilag.pdf", "application/pdf", b"annex", ())


@pytest.mark.django_db
def test_each_withdrawal_and_each_taking_back_is_a_line_without_content(
    add, make_meeting, data, django_capture_on_commit_callbacks
):
    listed = Item(order=1, title="Hemmeligt", access="open", files=(File(title="Kort", sha256=ANNEX.sha256),))
    version = add(make_meeting(items=(listed,)), data=b"minutes", attachments=(ANNEX,)).version
    gone = curation.withdraw(version.identity, ground="Navne på borgere", **HOW)
    [line] = withdrawals.read(withdrawals.path())
    assert (line.kind, line.versions, set(line.files)) == ("withdrawn", (version.identity,), set(gone.files))
    assert (line.ground, line.at, line.by) == ("Navne på borgere", HOW["at"], "Prøve Sekretær")
    written = withdrawals.path().read_text()
    assert not any(word in written for word in ("Hemmeligt", "Kort", "bilag.pdf", "Byrum"))
    assert withdrawals.path().stat().st_mode & 0o777 == 0o600
    assert withdrawals.standing([line]).versions == {version.identity: line}

    with django_capture_on_commit_callbacks(execute=True):
        curation.undo(gone.number, **HOW)
    first, second = withdrawals.read(withdrawals.path())
    assert (first, second.kind, second.versions, set(second.files)) == (
        line,
        "restored",
        line.versions,
        set(gone.files),
    )
    assert withdrawals.standing([first, second]) == withdrawals.Standing({}, {})
    curation.withdraw_meeting(Meeting.objects.get(), ground="Igen", **HOW)
    standing = withdrawals.standing(withdrawals.read(withdrawals.path()))
    assert (standing.versions[version.identity].ground, set(standing.files)) == ("Igen", set(gone.files))


def test_a_line_that_was_cut_off_counts_for_nothing_and_the_next_is_whole(data):
    assert withdrawals.read(withdrawals.path()) == []
    withdrawals.note(["a" * 64], [], ground="Én", **HOW)
    whole = withdrawals.path().read_bytes()
    withdrawals.path().write_bytes(whole + whole[:40])
    assert [line.ground for line in withdrawals.read(withdrawals.path())] == ["Én"]
    withdrawals.note([], ["b" * 64], ground="To", **HOW)
    assert [line.ground for line in withdrawals.read(withdrawals.path())] == ["Én", "To"]
    assert withdrawals.path().read_bytes().startswith(whole)


def test_a_damaged_line_is_named_rather_than_passed_over(data):
    withdrawals.note(["a" * 64], [], ground="Én", **HOW)
    withdrawals.note(["b" * 64], [], ground="To", **HOW)
    withdrawals.path().write_bytes(withdrawals.path().read_bytes().replace(b'{"kind', b"#", 1))
    with pytest.raises(RaadslagError, match="line 1: expected a withdrawal"):
        withdrawals.read(withdrawals.path())
