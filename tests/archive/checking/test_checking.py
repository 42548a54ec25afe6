"""Each kind of damage is planted, named, and mended where it can be."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from raadslag.archive import curation, files, journal
from raadslag.archive.checking import check, mend
from raadslag.archive.intake import Document
from raadslag.archive.models import (
    Attachment,
    Body,
    Case,
    Item,
    JournalEntry,
    Meeting,
    Organization,
    StoredFile,
    Version,
    WithdrawnFile,
    WithdrawnRecord,
)
from raadslag.archive.search import open_index, search
from raadslag.cli import archive, main
from raadslag.core.record import File, Time, encode
from raadslag.core.record import Item as RecordItem

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LATER = datetime(2018, 5, 1, 12, tzinfo=UTC)
HOW = {"by": "Prøve Sekretær", "at": LATER}
ANNEX = Document("bilag.pdf", "application/pdf", b"annex", (), text="Et kort over torvet", pages=2)
SHOWN = "/proeve/moede/2018-04-09-udvalget-for-byrum/"
GONE = "/proeve/moede/2018-06-09-raadet/"


@pytest.fixture
def shown(add, make_meeting):
    """Minutes after an agenda, with an attachment and a case; of another committee what was withdrawn; and an index."""
    listed = RecordItem(
        order=1,
        number="1",
        title="Bænke på torvet",
        access="open",
        decision="Godkendt.",
        reference="PRV-2018-00105",
        files=(File(title="Kort", sha256=ANNEX.sha256),),
    )
    second = RecordItem(order=2, number="2", title="Træer", access="open")
    add(make_meeting(kind="agenda"), data=b"agenda")
    shown = add(make_meeting(items=(listed, second)), data=b"minutes", attachments=(ANNEX,)).version
    gone = add(make_meeting(organization="Rådet", meeting=Time(start="2018-06-09")), data=b"withdrawn").version
    add(make_meeting(body=None), data=b"waits")
    curation.withdraw(gone.identity, ground="Navne på borgere", **HOW)
    open_index().catch_up()
    return shown


def told() -> list[str]:
    return [f"{one.place}: {one.found}" for one in check()]


def mended() -> list[str]:
    """What is left after a repair of all that was found."""
    mend(list(check()), **HOW)
    return told()


def test_a_sound_archive_has_no_findings_and_a_repair_changes_nothing(shown):
    head = journal.head()
    assert told() == []
    assert mended() == []
    assert journal.head() == head


def test_whatever_a_person_decides_leaves_a_sound_archive(shown, add, make_meeting):
    """Merging, splitting, withdrawing and taking back, of municipalities, committees and cases."""
    numbered = RecordItem(order=1, title="Bænke", access="open", reference="2018/105")
    add(make_meeting(organization="Byrumsudvalget", items=(numbered,)), data=b"alike")
    add(make_meeting(body="Gammelby", items=(numbered,)), data=b"elsewhere")
    numbers = []
    for model, slugs in (
        (Organization, ("byrumsudvalget", "udvalget-for-byrum")),
        (Case, ("2018-105", "prv-2018-00105")),
        (Body, ("gammelby", "proeve")),
    ):
        one, other = (model.objects.filter(slug=slug).order_by("pk").first() for slug in slugs)
        numbers.append(curation.merge(one, other, **HOW))
        assert told() == []
    gone = curation.withdraw_meeting(Meeting.objects.get(pk=shown.meeting_id), ground="Fejl", **HOW)
    assert told() == []
    committee = Organization.objects.get(slug="udvalget-for-byrum", body__slug="proeve")
    _, split = curation.split(committee, "Byrumsudvalget", **HOW)
    assert told() == []
    for number in (split, gone.number, *reversed(numbers)):
        curation.undo(number, **HOW)
        assert told() == []
    open_index().catch_up()
    assert told() == []


# --- what can be mended ---


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"title": "Andre ord"}, "title"),
        ({"decision": "Afvist."}, "decision"),
        ({"access": "closed"}, "access"),
        ({"slug": "9"}, "slug"),
        ({"case": None}, "case"),
    ],
)
def test_an_item_that_is_not_what_its_record_says_is_made_again_in_its_row(shown, changes, name):
    before = list(Item.objects.order_by("pk").values())
    Item.objects.filter(version=shown, order=1).update(**changes)
    assert told()[0] == f"{SHOWN}, minutes 1: others ({name})"
    assert mended() == []
    assert list(Item.objects.order_by("pk").values()) == before
    entry = JournalEntry.objects.last()
    assert (entry.kind, entry.by, entry.meetings) == ("repaired", "Prøve Sekretær", [shown.meeting_id])
    assert entry.about == {"made_again": [["items", shown.pk]]}
    assert search("bænke", kind="decision").total == 1


def test_items_and_attachments_that_are_gone_or_too_many_are_made_again(shown):
    Item.objects.filter(version=shown, order=2).delete()
    assert told()[0] == f"{SHOWN}, minutes 1: others (1 in place of 2)"
    assert mended() == []
    assert [item.title for item in shown.items.order_by("order")] == ["Bænke på torvet", "Træer"]
    Item.objects.create(version=shown, meeting=shown.meeting, order=9, slug="9", access="open", title="Opdigtet")
    assert mended() == []
    assert not Item.objects.filter(title="Opdigtet").exists()

    first = shown.items.get(order=1)
    Attachment.objects.filter(item=first).update(title="Andet kort")
    assert told()[0] == f"{SHOWN}, minutes 1: others (title)"
    assert mended() == []
    Attachment.objects.filter(item=first).delete()
    assert told()[0] == f"{SHOWN}, minutes 1: others (attachments)"
    assert mended() == []
    assert [(one.title, one.file.sha256) for one in first.attachments.all()] == [("Kort", ANNEX.sha256)]
    Attachment.objects.filter(item=first).update(file=StoredFile.objects.exclude(sha256=ANNEX.sha256).first())
    assert told() == [f"{SHOWN}, minutes 1: others (file)"]
    assert mended() == []
    assert Attachment.objects.get(item=first).file.sha256 == ANNEX.sha256


def test_a_meeting_that_shows_the_wrong_paper_or_says_something_else_is_mended(shown):
    Version.objects.filter(pk=shown.pk).update(is_current=False)
    Version.objects.filter(kind="agenda").update(is_current=True)
    assert f"{SHOWN}: another" in told()
    assert mended() == []
    assert Meeting.objects.get(slug="2018-04-09-udvalget-for-byrum").current == shown
    Version.objects.filter(pk=shown.pk).update(is_current=False)
    assert mended() == []
    Meeting.objects.filter(pk=shown.meeting_id).update(place="Et andet sted", title="Opdigtet")
    assert told() == [f"{SHOWN}: others"]
    assert mended() == []
    assert Meeting.objects.get(pk=shown.meeting_id).place == "Prøvegården"


def test_whatever_is_left_of_something_withdrawn_is_taken_away(shown, data):
    gone = Version.objects.exclude(withdrawn_at=None).get()
    source = gone.source
    gone.items.update(title="Hemmeligt")
    assert told() == [f"{GONE}, minutes 1: some of it"]
    assert mended() == []
    Version.objects.filter(pk=gone.pk).update(record=b"{}")
    assert told() == [f"{GONE}, minutes 1: some of it"]
    assert mended() == []
    Meeting.objects.filter(pk=gone.meeting_id).update(place="Hemmeligt")
    assert told() == [f"{GONE}: others"]
    assert mended() == []
    place = f"withdrawn/{source.sha256[:2]}/{source.sha256}"
    StoredFile.objects.filter(pk=source.pk).update(name="Hemmeligt", text="Hemmeligt")
    assert told() == [f"{place}: some of it"]
    assert mended() == []
    files.put(b"withdrawn")
    assert told() == [f"{place}: some of it"]
    assert mended() == []
    assert not files.path(source.sha256).exists()
    files.move(source.sha256, "withdrawn", "files")
    assert mended() == []
    assert files.read(source.sha256, "withdrawn") == b"withdrawn"
    assert "Hemmeligt" not in json.dumps(
        [list(Item.objects.values_list("title")), list(Meeting.objects.values("place"))]
    )


def test_an_index_that_is_not_of_the_database_is_made_again(shown, data):
    [cursor] = (data / "index").glob("*/cursor.json")
    item = Item.objects.get(title="Træer")
    Item.objects.filter(pk=item.pk).update(title="")
    whole = Item.objects.get(title="Bænke på torvet")
    Item.objects.filter(pk=whole.pk).update(decision="")  # another kind of document
    open_index().rebuild()
    Item.objects.filter(pk=whole.pk).update(decision="Godkendt.")
    Item.objects.filter(pk=item.pk).update(title="Træer")
    assert told() == [f"the search index, {SHOWN}: 4, or others"]
    assert mended() == []
    assert search("bænke", kind="decision").total == 1

    Version.objects.filter(pk=shown.pk).update(is_current=False)  # a meeting that is no longer shown
    assert f"the search index, {SHOWN}: 4, or others" in told()
    Version.objects.filter(pk=shown.pk).update(is_current=True)
    cursor.write_text("{}")
    assert told() == ["the search index: none that can be read"]
    assert mended() == []
    (data / "index").rename(data / "elsewhere")
    assert told() == ["the search index: none that can be read"]
    assert mended() == []


def test_what_the_index_has_not_followed_yet_is_no_fault_of_it(shown, add, make_meeting):
    add(make_meeting(meeting=Time(start="2019-04-09T17:00")), data=b"newer")
    assert told() == []


# --- what cannot ---


def left_after_repair(place: str) -> str:
    mend(list(check()), **HOW)
    [finding] = check()
    assert finding.place == place
    assert finding.mend is None
    return f"{finding.found}. {finding.remedy}"


@pytest.mark.parametrize("change", ["by", "removed", "is_public"])
def test_the_first_entry_that_somebody_changed_is_named(shown, change):
    if change == "removed":
        JournalEntry.objects.filter(number=2).delete()
    else:
        JournalEntry.objects.filter(number=2).update(**{change: "En anden" if change == "by" else False})
    assert "Compare with a backup" in left_after_repair("entry 2 of the journal")


def test_a_record_that_is_not_its_identity_is_never_made_up(shown, make_meeting):
    rows = list(Item.objects.order_by("pk").values())
    for data, found in ((b"{", "none that can be read"), (encode(make_meeting(title="Andet")), "another")):
        Version.objects.filter(pk=shown.pk).update(record=data)
        assert f"{SHOWN}, minutes 1: {found}" in told()
    mend(list(check()), **HOW)
    assert list(Item.objects.order_by("pk").values()) == rows


def test_a_record_that_holds_more_than_may_be_shown_is_told(shown, make_meeting):
    from raadslag.core.record import identity

    closed = make_meeting(items=(RecordItem(order=1, access="closed", title="Hemmeligt", decision="Hemmeligt"),))
    Version.objects.filter(pk=shown.pk).update(record=encode(closed), identity=identity(closed))
    [finding, *_] = check()
    assert (finding.place, finding.found) == (f"{SHOWN}, minutes 1", "one that holds more")
    assert "Hemmeligt" not in "".join(map(str, check()))


@pytest.mark.parametrize("how", ["gone", "harmed", "cut", "row"])
def test_a_file_that_is_gone_or_harmed_is_told_and_cannot_be_made_again(shown, how):
    path = files.path(ANNEX.sha256)
    if how == "gone":
        path.unlink()
    elif how == "row":
        StoredFile.objects.filter(sha256=ANNEX.sha256).update(size=6)
    else:
        path.write_bytes(b"anneX" if how == "harmed" else b"ann")
    found = {
        "gone": "none that can be read",
        "harmed": "others (5 bytes in place of 5)",
        "cut": "others (3 bytes in place of 5)",
        "row": "5",
    }[how]
    told = left_after_repair(f"files/{ANNEX.sha256[:2]}/{ANNEX.sha256}")
    assert told == f"{found}. Nothing here can make it again: take it from a backup."


@pytest.mark.parametrize("place", ["files", "waiting", "withdrawn"])
def test_a_file_that_no_row_knows_is_told_and_left_alone(shown, place):
    sha256, _ = files.put(b"nobody's", place)
    assert "by hand" in left_after_repair(f"{place}/{sha256[:2]}/{sha256}")
    assert files.read(sha256, place) == b"nobody's"


def test_what_was_kept_apart_and_is_lost_is_told(shown):
    WithdrawnRecord.objects.all().delete()
    assert "take it from a backup" in left_after_repair(f"{GONE}, minutes 1")
    file = WithdrawnFile.objects.get().file
    WithdrawnFile.objects.all().delete()
    assert [one.place for one in check()] == [f"{GONE}, minutes 1", f"withdrawn/{file.sha256[:2]}/{file.sha256}"]


@pytest.mark.parametrize("model", [Body, Organization, Case])
def test_addresses_that_lead_in_a_circle_are_told(shown, model):
    one = model.objects.first()
    model.objects.filter(pk=one.pk).update(merged_into=one)
    assert "undo" in left_after_repair(f"{model._meta.model_name} {one.pk}")


def test_a_meeting_that_was_merged_and_has_papers_is_told(shown):
    other = Meeting.objects.exclude(pk=shown.meeting_id).get()
    Meeting.objects.filter(pk=shown.meeting_id).update(merged_into=other)
    assert "some." in left_after_repair(SHOWN)


# --- the command ---


def test_the_command_tells_each_finding_in_a_line_and_by_its_status(shown, monkeypatch, capsys, data: Path):
    monkeypatch.setattr(archive, "open_archive", lambda _: None)
    assert main(["archive", "check"]) == 0
    assert capsys.readouterr().out == "0 findings.\n"
    Item.objects.filter(version=shown, order=1).update(title="Andre ord")
    files.put(b"nobody's", "waiting")
    assert main(["archive", "check"]) == 1
    first, second, last = capsys.readouterr().out.splitlines()
    assert first == (
        f"{SHOWN}, minutes 1: expected items as its record has them; found others (title). "
        "`raadslag archive check --repair` mends it."
    )
    assert second.startswith("waiting/")
    assert last == "2 findings."
    assert main(["archive", "check", "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["found"], line["can_be_mended"]) for line in lines] == [
        ("others (title)", True),
        ("one that none does", False),
    ]
    assert main(["archive", "check", "--repair", "--by", "Prøve Sekretær"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[2] == "Made again: 1 rows and files. What is left:"
    assert (told[3][:8], told[4:]) == ("waiting/", ["1 findings."])
    assert JournalEntry.objects.last().by == "Prøve Sekretær"
    assert main(["archive", "check", "--repair"]) == 1
    assert capsys.readouterr().out.splitlines()[1:] == ["1 findings."]
