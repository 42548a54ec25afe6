"""The whole archive in one file, and back: the same records, the same public bytes, and nothing withdrawn since."""

from __future__ import annotations

import hashlib
import io
import tarfile
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from django.db import connection

from raadslag.archive import curation, files, journal, withdrawals
from raadslag.archive.backup import restoring
from raadslag.archive.backup.making import ARCHIVE, back_up
from raadslag.archive.intake import Document, Outcome, Paper, take_in
from raadslag.archive.models import Edition, JournalEntry, Meeting, Portrait, StoredFile, Version, WaitingPaper
from raadslag.archive.search import open_index, search
from raadslag.backup import reading
from raadslag.backup.reading import BadBackup
from raadslag.backup.restoring import NotEmpty, refuse_what_is_filled
from raadslag.backup.shape import MANIFEST, Manifest
from raadslag.core.errors import RaadslagError
from raadslag.core.record import Time, encode, identity
from raadslag.web.folder import RESTORING, refuse_half_restored
from tests.archive.backup.conftest import ANNEX, HOW, LATER
from tests.archive.test_closed_is_closed import crawl
from tests.archive.test_portraits import committee
from tests.archive.test_products import later, product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
STARTS = (
    "/",
    "/en/",
    "/sitemap.xml",
    "/robots.txt",
    "/soeg/?q=b%C3%A6nke",
    "/proeve/udvalg/byrumsudvalget/",
    "/proeve/moede/2018-05-09-byrumsudvalget/",
    "/proeve/moede/2018-06-09-raadet/",
    "/proeve/moede/2018-04-09-udvalget-for-byrum/referat.json",
    "/proeve/moede/2018-04-09-udvalget-for-byrum/dagsorden.html",
    "/proeve/findes/ikke/",
)


def check(file: Path) -> Manifest:
    return reading.check(file, "archive")


def members(file: Path) -> dict[str, bytes]:
    return {name: stream.read() for name, stream in reading.members(file, "archive")}


def written(file: Path, parts: dict[str, bytes]) -> Path:
    with tarfile.open(file, "w") as tar:
        for name, data in parts.items():
            about = tarfile.TarInfo(name)
            about.size = len(data)
            tar.addfile(about, io.BytesIO(data))
    return file


def files_of(data: Path) -> dict[str, bytes]:
    places = ("files", "waiting", "withdrawn")
    return {str(p.relative_to(data)): p.read_bytes() for name in places for p in (data / name).glob("*/*")}


# --- there and back ---


@pytest.mark.parametrize("name", ["archive.tar", "archive.tar.gz"])
def test_a_restored_archive_answers_every_address_with_the_same_bytes(
    client, world, data, tmp_path, empty_again, add, make_meeting, name
):
    before = crawl(client, STARTS)
    assert {status for status, _, _ in before.values()} >= {200, 301, 404, 410}
    assert any("/bilag/" in address and status == 200 for address, (status, _, _) in before.items())
    kept, head = files_of(data), journal.head()
    manifest = back_up(tmp_path / name, at=LATER)
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert manifest.files == {"files": 5, "waiting": 1, "withdrawn": 1}
    assert (manifest.missing, manifest.journal) == ((), (head.number, head.hash))

    restored = empty_again()
    assert not Meeting.objects.exists()
    told = restoring.restore(tmp_path / name, check(tmp_path / name))
    assert (told.withdrawn, told.unknown) == (0, 0)
    assert files_of(restored) == kept
    assert all(hashlib.sha256(body).hexdigest() == path[-64:] for path, body in files_of(restored).items())
    assert (journal.head(), journal.first_broken()) == (head, None)
    assert (restored / "secret-key").read_text() == (data / "secret-key").read_text()
    assert (restored / "secret-key").stat().st_mode & 0o777 == 0o600
    assert not (restored / RESTORING).exists()
    open_index().catch_up()
    after = crawl(client, STARTS)
    assert after.keys() == before.keys()
    assert [address for address in after if after[address] != before[address]] == []

    assert members(back_up_again(tmp_path)) == members(tmp_path / name)
    fresh = add(make_meeting(meeting=Time(start="2019-01-09T17:00")), data=b"new")
    assert fresh.outcome == Outcome.NEW
    assert journal.head().number == head.number + 1


def back_up_again(folder: Path) -> Path:
    back_up(folder / "again.tar", at=LATER)
    return folder / "again.tar"


def test_the_same_archive_gives_the_same_bytes_whatever_the_hour(world, tmp_path):
    one = back_up(tmp_path / "one.tar.gz", at=LATER)
    other = back_up(tmp_path / "two.tar.gz", at=LATER + timedelta(hours=1))
    assert (one.members, one.made_at < other.made_at) == (other.members, True)
    back_up(tmp_path / "two.tar.gz", at=LATER)
    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "one.tar.gz", "two.tar.gz"]


def test_a_backup_shows_one_moment_though_the_archive_goes_on(world, tmp_path, monkeypatch, empty_again):
    """A withdrawal while it is written moves a file away, and is in force after it is restored."""
    first = JournalEntry.objects.count()

    def meanwhile(count: int) -> None:
        if ANNEX.sha256 in {sha256 for sha256 in known if files.path(sha256).exists()} and ticks.pop():
            files.move(ANNEX.sha256, "files", "withdrawn")
            withdrawals.note([], [ANNEX.sha256], ground="Imens", **HOW)

    known, ticks = list(StoredFile.objects.values_list("sha256", flat=True)), [False, True]
    manifest = back_up(tmp_path / "archive.tar", at=LATER, tick=meanwhile)
    assert (manifest.missing, manifest.journal[0]) == ((), first)
    empty_again()
    assert restoring.restore(tmp_path / "archive.tar", check(tmp_path / "archive.tar")).withdrawn == 1
    assert StoredFile.objects.get(sha256=ANNEX.sha256).ground == "Imens"


def test_bytes_that_are_gone_or_harmed_are_told_and_the_rest_is_backed_up(world, tmp_path, empty_again):
    files.path(ANNEX.sha256).write_bytes(b"harmed")
    files.remove(hashlib.sha256(b"agenda").hexdigest())
    manifest = back_up(tmp_path / "archive.tar", at=LATER)
    assert {name[-64:] for name in manifest.missing} == {ANNEX.sha256, hashlib.sha256(b"agenda").hexdigest()}
    empty_again()
    restoring.restore(tmp_path / "archive.tar", check(tmp_path / "archive.tar"))
    assert Version.objects.count() == 5


# --- withdrawn since ---


def test_what_was_withdrawn_after_the_backup_is_withdrawn_from_the_first_request(
    client, world, data, tmp_path, empty_again
):
    back_up(tmp_path / "archive.tar", at=LATER)
    address = "/proeve/moede/2018-04-09-udvalget-for-byrum/"
    assert client.get(address).status_code == 200
    gone = curation.withdraw_meeting(world.version.meeting, ground="Fejl i bilag", by="Sekretær", at=LATER)
    withdrawn = crawl(client, [address])
    copy = tmp_path / "elsewhere.jsonl"
    copy.write_bytes(withdrawals.path().read_bytes())

    restored = empty_again()
    told = restoring.restore(tmp_path / "archive.tar", check(tmp_path / "archive.tar"), given=copy)
    assert (told.withdrawn, told.unknown) == (len(gone.versions) + len(gone.files), 0)
    assert crawl(client, [address])[address] == withdrawn[address]
    assert client.get(address).status_code == 410
    for sha256 in gone.files:
        assert not files.path(sha256).exists()
        assert files.path(sha256, "withdrawn").exists()
    assert journal.first_broken() is None
    open_index().catch_up()
    assert [hit.kind for hit in search("bænke").hits] == ["organization"]  # whose task they are
    assert (restored / "withdrawals.jsonl").read_bytes().startswith(copy.read_bytes())


def test_a_committee_that_was_withdrawn_after_the_backup_is_not_shown_again(client, world, data, tmp_path, empty_again):
    back_up(tmp_path / "archive.tar", at=LATER)
    address = "/proeve/udvalg/udvalget-for-byrum/"
    assert "Asta Holmen" in client.get(address).text
    shown, came_later = Portrait.objects.current().get(), committee(id="ny", name="Skoleudvalget")
    curation.withdraw(shown.identity, ground="Forkerte navne", **HOW)
    late = take_in(
        Paper(came_later, Document("record.json", "application/json", encode(came_later), ()), {}, True), at=LATER
    )
    curation.withdraw(late.version.identity, ground="Forkerte navne", **HOW)
    kept = withdrawals.path().read_bytes()
    restored = empty_again()
    (restored / "withdrawals.jsonl").write_bytes(kept)
    told = restoring.restore(tmp_path / "archive.tar", check(tmp_path / "archive.tar"))
    assert (told.withdrawn, told.unknown) == (1, 1)
    assert bytes(Portrait.objects.get(identity=shown.identity).record) == b""
    assert "Asta Holmen" not in client.get(address).text
    assert client.get(f"{address}udvalg.json").status_code == 410
    again = Paper(came_later, Document("record.json", "application/json", encode(came_later), ()), {}, True)
    assert take_in(again, at=LATER).outcome == Outcome.WITHDRAWN


def test_a_products_version_that_was_withdrawn_after_the_backup_is_not_shown_again(
    client, world, add, tmp_path, empty_again
):
    page = "/proeve/produkt/trygge-boligomraader/"
    for record in (product(), later()):
        add(record, name="produkt.json")
    taken_off = add(product(version="v0.1", frozen="2018-01-01"), name="produkt.json").version
    curation.withdraw(taken_off.identity, ground="Et udkast", **HOW)
    before = {place: client.get(page + place).content for place in ("", "v0.3/", "v0.1/", "v0.3/produkt.json")}
    back_up(tmp_path / "archive.tar", at=LATER)
    curation.withdraw(identity(later()), ground="Forkerte navne", **HOW)
    kept = withdrawals.path().read_bytes()
    restored = empty_again()
    (restored / "withdrawals.jsonl").write_bytes(kept)
    told = restoring.restore(tmp_path / "archive.tar", check(tmp_path / "archive.tar"))
    assert (told.withdrawn, told.unknown) == (1, 0)
    assert client.get(f"{page}v0.4/").status_code == 410
    assert "problem i alle aldre" in client.get(page).text
    assert bytes(Edition.objects.get(identity=identity(later())).record) == b""
    empty_again("as it was")
    restoring.restore(tmp_path / "archive.tar", check(tmp_path / "archive.tar"))
    assert {place: client.get(page + place).content for place in before} == before


def test_a_folder_that_still_has_its_withdrawals_needs_no_copy_and_what_was_taken_back_stays_public(
    world, tmp_path, empty_again
):
    back_up(tmp_path / "archive.tar", at=LATER)
    gone = curation.withdraw(ANNEX.sha256, ground="Fejl", **HOW)
    curation.undo(gone.number, **HOW)
    curation.withdraw(hashlib.sha256(b"agenda").hexdigest(), ground="Fejl", **HOW)
    kept = withdrawals.path().read_bytes()
    restored = empty_again()
    (restored / "withdrawals.jsonl").write_bytes(kept)
    assert restoring.restore(tmp_path / "archive.tar", check(tmp_path / "archive.tar")).withdrawn == 1
    assert StoredFile.objects.get(sha256=ANNEX.sha256).withdrawn_at is None


def test_what_came_after_the_backup_and_was_withdrawn_does_not_come_again(
    world, tmp_path, empty_again, add, make_meeting
):
    back_up(tmp_path / "archive.tar", at=LATER)
    late = make_meeting(meeting=Time(start="2018-07-09T17:00"))
    curation.withdraw(add(late, data=b"late").version.identity, ground="Fejl", **HOW)
    copy = tmp_path / "elsewhere.jsonl"
    copy.write_bytes(withdrawals.path().read_bytes())
    empty_again()
    told = restoring.restore(tmp_path / "archive.tar", check(tmp_path / "archive.tar"), given=copy)
    assert (told.withdrawn, told.unknown) == (0, 2)
    assert add(late, data=b"late").outcome == Outcome.WITHDRAWN
    reworded = make_meeting(meeting=Time(start="2018-07-09T17:00"), title="En bedre læsers ord")
    assert add(reworded, data=b"late").outcome == Outcome.WITHDRAWN
    assert not Meeting.objects.filter(start_on="2018-07-09").exists()


# --- refused ---


@pytest.fixture
def backup(world, tmp_path, empty_again):
    """A backup of the world, and an empty archive to restore it into."""
    back_up(tmp_path / "archive.tar", at=LATER)
    empty_again()
    return tmp_path / "archive.tar"


def test_a_truncated_backup_is_refused_wherever_it_ends(backup, tmp_path):
    whole = backup.read_bytes()
    for part in (0, 100, 512, len(whole) // 3, len(whole) // 2, len(whole) - 12_000):
        backup.write_bytes(whole[:part])
        with pytest.raises(BadBackup):
            check(backup)
    with pytest.raises(BadBackup, match="can be read"):
        check(tmp_path / "nowhere.tar")


@pytest.mark.parametrize("name", ["archive.tar", "archive.tar.gz"])
def test_a_harmed_member_is_named(world, tmp_path, name):
    back_up(tmp_path / name, at=LATER)
    parts = members(tmp_path / name)
    for harmed in ("tables/archive.item/000001.jsonl", "secret-key", f"files/{ANNEX.sha256[:2]}/{ANNEX.sha256}"):
        changed = parts | {harmed: parts[harmed][:-2] + b"x\n"}
        with pytest.raises(BadBackup, match=harmed):
            check(written(tmp_path / "harmed.tar", changed))
        with pytest.raises(BadBackup):
            check(written(tmp_path / "harmed.tar", {key: data for key, data in parts.items() if key != harmed}))
    with pytest.raises(BadBackup, match=r"tables/other.*no such member"):
        check(written(tmp_path / "harmed.tar", {"tables/other/000001.jsonl": b"[]\n", **parts}))
    packed = bytearray((tmp_path / name).read_bytes())
    packed[len(packed) // 2] ^= 0xFF
    (tmp_path / name).write_bytes(packed)
    with pytest.raises(BadBackup):
        check(tmp_path / name)


def changed_manifest(file: Path, **changes: object) -> Path:
    parts = members(file)
    manifest = msgspec.json.decode(parts[MANIFEST], type=Manifest)
    parts[MANIFEST] = msgspec.json.encode(msgspec.structs.replace(manifest, **changes))
    return written(file, parts)


def test_a_backup_of_another_version_is_refused_with_the_version_that_can(backup, data):
    with pytest.raises(BadBackup, match=r"format 2\. Restore it with Raadslag 9\.9"):
        check(changed_manifest(backup, format=2, program="9.9"))
    manifest = check(changed_manifest(backup, format=1, migrations={"archive": "0099_later"}))
    with pytest.raises(BadBackup, match=r"found 0099_later\. Restore it with Raadslag 9\.9"):
        restoring.restore(backup, manifest)


def test_rows_that_do_not_become_what_they_were_leave_nothing(backup, settings):
    parts = members(backup)
    name = "tables/archive.meeting/000001.jsonl"
    lines = parts[name].splitlines(keepends=True)
    for rows in (lines[:1], [*lines, lines[0]], [line.replace(b'"2018-05-09"', b'"9999"') for line in lines]):
        changed = b"".join(rows)
        known = msgspec.json.decode(parts[MANIFEST], type=Manifest).members
        file = written(backup.with_name("changed.tar"), parts | {name: changed})
        manifest = check(changed_manifest(file, members=known | {name: hashlib.sha256(changed).hexdigest()}))
        before = sorted(path.name for path in settings.DATA.iterdir())
        with pytest.raises(RaadslagError):
            restoring.restore(file, manifest)
        assert [model.objects.count() for model in (Meeting, JournalEntry, WaitingPaper)] == [0, 0, 0]
        assert files_of(settings.DATA) == {}
        assert sorted(path.name for path in settings.DATA.iterdir()) == before


def test_nothing_is_restored_over_an_archive(world, tmp_path, data, settings):
    with pytest.raises(NotEmpty, match="files in files"):
        refuse_what_is_filled(ARCHIVE)
    settings.DATA = tmp_path / "other"
    with pytest.raises(NotEmpty, match="rows of body"):
        refuse_what_is_filled(ARCHIVE)


def test_a_restore_that_died_leaves_an_archive_that_refuses_to_be_served(backup, settings, monkeypatch):
    seen = []

    def dies(*_: object) -> None:
        refused = None
        try:
            refuse_half_restored(settings.DATA, "archive")
        except RaadslagError as error:
            refused = str(error)
        seen.append((refused, Meeting.objects.exists()))
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "_withdraw", dies)
    with pytest.raises(KeyboardInterrupt):
        restoring.restore(backup, check(backup))
    [(refused, had_rows)] = seen
    assert had_rows
    assert "a whole archive; found one that is being restored" in str(refused)
    assert connection.in_atomic_block is False
    assert not Meeting.objects.exists()
    refuse_half_restored(settings.DATA, "archive")


def test_what_is_written_and_read_is_not_remembered(world, tmp_path, monkeypatch):
    remembered = []
    put = tarfile.TarFile.addfile

    def counted(self, about, fileobj=None):
        put(self, about, fileobj)
        remembered.append(len(self.members))

    monkeypatch.setattr(tarfile.TarFile, "addfile", counted)
    back_up(tmp_path / "all.tar", at=LATER)
    assert len(remembered) > 15
    assert max(remembered) == 1
    iterated = tarfile.TarFile.__iter__

    def watched(self):
        for about in iterated(self):
            remembered.append(len(self.members))
            yield about

    remembered.clear()
    monkeypatch.setattr(tarfile.TarFile, "__iter__", watched)
    assert len(members(tmp_path / "all.tar")) == len(remembered)
    assert max(remembered) <= 2
