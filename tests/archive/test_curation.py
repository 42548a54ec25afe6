"""What a person decides of what is here, and takes back: withdraw, merge, split, undo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import CharField, TextField

from raadslag.archive import curation, files, journal
from raadslag.archive.curation import NotPossible
from raadslag.archive.filing import FILE_TEXTS, ITEM_TEXTS
from raadslag.archive.intake import Document, Outcome
from raadslag.archive.models import (
    Attachment,
    Body,
    Case,
    Item,
    JournalEntry,
    Meeting,
    Organization,
    StoredFile,
    Suggestion,
    Version,
    WithdrawnFile,
    WithdrawnRecord,
)
from raadslag.archive.search import open_index, search
from raadslag.core.record import File, Time
from raadslag.core.record import Item as RecordItem

pytestmark = pytest.mark.django_db
LATER = datetime(2018, 5, 1, 12, tzinfo=UTC)
HOW = {"by": "Prøve Sekretær", "at": LATER}
GROUND = "Navne på borgere"


def item(**changes):
    return RecordItem(**({"order": 1, "number": "1", "title": "Bænke", "access": "open"} | changes))


def state() -> list[object]:
    """Everything public and everything kept apart, as rows; the journal is told elsewhere."""
    return [
        sorted(model.objects.values_list(), key=repr)
        for model in (Meeting, Version, Item, Attachment, StoredFile, WithdrawnRecord, WithdrawnFile, Case)
    ]


# --- withdrawing ---


ANNEX = Document("bilag.pdf", "application/pdf", b"annex", (), text="Et kort over torvet", pages=2)


@pytest.fixture
def shown(add, make_meeting):
    """Minutes with a source and an attachment, after an agenda."""
    listed = item(files=(File(title="Kort", sha256=ANNEX.sha256),), decision="Godkendt.", reference="PRV-2018-00105")
    add(make_meeting(kind="agenda", items=(item(title="Bænke på torvet"),)), data=b"agenda")
    return add(make_meeting(items=(listed,)), data=b"minutes", attachments=(ANNEX,)).version


def test_withdrawn_minutes_leave_the_agenda_and_no_word(shown, data):
    gone = curation.withdraw(shown.identity, ground=GROUND, **HOW)
    source = shown.source.sha256
    assert (gone.versions, set(gone.files)) == ((shown.identity,), {source, ANNEX.sha256})
    meeting = Meeting.objects.get()
    assert meeting.current.kind == "agenda"
    withdrawn = Version.objects.get(pk=shown.pk)
    assert (bytes(withdrawn.record), withdrawn.ground, withdrawn.withdrawn_at) == (b"", GROUND, LATER)
    shell = withdrawn.items.get()
    assert (shell.slug, shell.title, shell.decision, shell.text, shell.reference, shell.case) == (
        "1",
        "",
        "",
        "",
        "",
        None,
    )
    assert [(one.title, one.file.sha256) for one in shell.attachments.all()] == [("", ANNEX.sha256)]
    for sha256 in gone.files:
        assert not files.path(sha256).exists()
        assert files.path(sha256, "withdrawn").exists()
    assert {(file.name, file.text) for file in StoredFile.objects.exclude(withdrawn_at=None)} == {("", "")}
    assert not Case.objects.public().exists()


@pytest.mark.parametrize(
    ("model", "emptied", "kept"),
    [(Item, ITEM_TEXTS, {"slug", "number", "access"}), (Attachment, FILE_TEXTS, set())],
    ids=["item", "attachment"],
)
def test_no_field_of_words_outlives_a_withdrawal(model, emptied, kept):
    words = {field.name for field in model._meta.fields if isinstance(field, CharField | TextField)}
    assert words - set(emptied) == kept


def test_all_of_a_meeting_is_withdrawn_and_its_own_row_says_nothing(shown):
    curation.withdraw_meeting(Meeting.objects.get(), ground=GROUND, **HOW)
    meeting = Meeting.objects.get()
    assert (meeting.place, meeting.title, meeting.adjourned) == ("", "", "")
    assert not Meeting.objects.public().exists()
    open_index().catch_up()
    assert search("bænke").total == search("").total == 0


def test_what_a_withdrawn_paper_took_the_place_of_does_not_come_back(add, make_meeting):
    add(make_meeting(items=(item(title="Første udgave"),)), data=b"one")
    second = add(make_meeting(items=(item(title="Anden udgave"),)), data=b"two").version
    curation.withdraw(second.identity, ground=GROUND, **HOW)
    assert not Meeting.objects.public().exists()
    assert not Version.objects.given_out().exists()
    third = add(make_meeting(items=(item(title="Tredje udgave"),)), data=b"three").version
    assert (Meeting.objects.public().get().current, third.number) == (third, 3)


def test_undo_brings_back_exactly_what_was(shown, data):
    before = state()
    gone = curation.withdraw_meeting(Meeting.objects.get(), ground=GROUND, **HOW)
    assert state() != before
    curation.undo(gone.number, **HOW)
    assert state() == before
    assert files.read(ANNEX.sha256) == b"annex"
    assert [entry.kind for entry in JournalEntry.objects.all()] == ["taken_in", "taken_in", "withdrawn", "restored"]
    assert journal.first_broken() is None
    with pytest.raises(NotPossible, match="still withdrawn"):
        curation.undo(gone.number, **HOW)


def test_a_file_alone_is_withdrawn_and_the_minutes_stay(shown):
    gone = curation.withdraw(ANNEX.sha256, ground="0101901234 står i den", **HOW)
    assert (gone.versions, gone.files) == ((), (ANNEX.sha256,))
    file = StoredFile.objects.get(sha256=ANNEX.sha256)
    assert (file.name, file.text, file.withdrawn_at) == ("", "", LATER)
    assert "0101901234" not in file.ground
    assert Meeting.objects.get().current.pk == shown.pk
    assert JournalEntry.objects.last().meetings == [Meeting.objects.get().pk]
    curation.undo(gone.number, **HOW)
    assert StoredFile.objects.get(sha256=ANNEX.sha256).text == "Et kort over torvet"


def test_a_file_that_another_shown_paper_has_stays(shown, add, make_meeting):
    listed = item(files=(File(title="Kort", sha256=ANNEX.sha256),))
    add(make_meeting(organization="Rådet", items=(listed,)), data=b"other", attachments=(ANNEX,))
    gone = curation.withdraw(shown.identity, ground=GROUND, **HOW)
    assert gone.files == (shown.source.sha256,)
    assert files.read(ANNEX.sha256) == b"annex"


def test_what_is_withdrawn_stays_so_however_it_comes_again(shown, add, make_meeting):
    curation.withdraw_meeting(Meeting.objects.get(), ground=GROUND, **HOW)
    again = add(make_meeting(items=(item(title="Andre ord af en bedre læser"),)), data=b"minutes")
    assert (again.outcome, again.version.pk) == (Outcome.WITHDRAWN, shown.pk)
    assert not Meeting.objects.public().exists()
    assert Version.objects.count() == 2


def test_withdrawing_twice_is_withdrawing_once(shown):
    curation.withdraw(shown.identity, ground=GROUND, **HOW)
    count = JournalEntry.objects.count()
    assert curation.withdraw(shown.identity, ground="Andet", **HOW).number == 0
    assert (JournalEntry.objects.count(), Version.objects.get(pk=shown.pk).ground) == (count, GROUND)


def test_only_what_is_of_the_body_can_be_withdrawn_for_it(shown, add, make_meeting):
    other = add(make_meeting(body="Anden By"), data=b"other").version.meeting.body
    for sha256 in (shown.identity, shown.source.sha256, ANNEX.sha256, "0" * 64):
        with pytest.raises(NotPossible, match="hash of a record or a file"):
            curation.withdraw(sha256, ground=GROUND, body=other, **HOW)
    assert Meeting.objects.public().count() == 2


# --- merging and splitting ---


def test_a_committee_with_two_names_becomes_one_and_its_old_address_leads_there(add, make_meeting):
    add(make_meeting(kind="agenda", organization="Byrumsudvalget"), data=b"agenda")
    add(make_meeting(organization="Udvalget for Byrum"), data=b"minutes")
    add(make_meeting(organization="Byrumsudvalget", meeting=Time(start="2018-05-09T17:00")), data=b"later")
    before = state()
    one, other = Organization.objects.get(slug="byrumsudvalget"), Organization.objects.get(slug="udvalget-for-byrum")
    number = curation.merge(one, other, **HOW)
    assert Organization.objects.get(pk=one.pk).merged_into == other
    joined = Meeting.objects.get(slug="2018-04-09-udvalget-for-byrum")
    assert {version.kind for version in joined.versions.all()} == {"agenda", "minutes"}
    left = Meeting.objects.get(slug="2018-04-09-byrumsudvalget")
    assert (left.merged_into, left.versions.count()) == (joined, 0)
    assert Meeting.objects.public().held_by(other).count() == 2
    assert set(Item.objects.values_list("meeting__organization", flat=True)) == {other.pk}
    fresh = add(make_meeting(organization="Byrumsudvalget", meeting=Time(start="2018-06-09T17:00")), data=b"new")
    assert fresh.version.meeting.organization == other
    curation.withdraw(fresh.version.identity, ground=GROUND, **HOW)

    curation.undo(number, **HOW)
    assert Organization.objects.filter(merged_into=None).count() == 2
    fresh.version.refresh_from_db()
    assert fresh.version.meeting.organization == one
    former = {row[0]: (row[2], row[3]) for row in before[0]}
    now = {meeting.pk: meeting for meeting in Meeting.objects.filter(pk__in=former)}
    assert {pk: (one.organization_id, one.slug) for pk, one in now.items()} == former
    assert all(one.merged_into is None for one in now.values())
    issued = Meeting.objects.get(slug="2018-05-09-udvalget-for-byrum")  # while they were one; it leads on
    assert issued.merged_into == Meeting.objects.get(slug="2018-05-09-byrumsudvalget")
    assert journal.first_broken() is None


def test_a_meeting_that_a_workspace_gave_its_identity_goes_along_with_its_committee(add, make_meeting):
    add(make_meeting(id="moede-1", organization="Byrumsudvalget"), data=b"minutes")
    add(make_meeting(organization="Udvalget for Byrum", meeting=Time(start="2018-05-09T17:00")), data=b"later")
    one, other = Organization.objects.get(slug="byrumsudvalget"), Organization.objects.get(slug="udvalget-for-byrum")
    number = curation.merge(one, other, **HOW)
    given = Meeting.objects.get(given_id="moede-1")
    assert (given.organization, given.merged_into) == (other, None)
    assert Meeting.objects.public().held_by(other).count() == 2
    assert Organization.objects.get(pk=one.pk).merged_into == other
    curation.undo(number, **HOW)
    given.refresh_from_db()
    assert given.organization == one
    assert Organization.objects.filter(merged_into=None).count() == 2


def test_a_term_of_office_does_not_make_another_council(add, make_meeting):
    for year, name in ((2018, "Kommunalbestyrelsen 2018-2021"), (2022, "KOMMUNALBESTYRELSEN  2022 – 2025")):
        add(make_meeting(organization=name, meeting=Time(start=f"{year}-03-01")), data=name.encode())
    council = Organization.objects.get()
    assert (council.name, council.slug, council.meetings.count()) == ("Kommunalbestyrelsen", "kommunalbestyrelsen", 2)


def test_what_looks_alike_is_suggested_and_never_merged(add, make_meeting):
    names = ("Kommunalbestyrelsen", "Kommunalbestyrelse", "Distriktsudvalg 1", "Distriktsudvalg 2", "Børneudvalget")
    for name in names:
        add(make_meeting(organization=name), data=name.encode())
    assert Organization.objects.count() == 5
    [suggestion] = Suggestion.objects.all()
    alike = {Organization.objects.get(pk=pk).name for pk in (suggestion.left, suggestion.right)}
    assert (suggestion.kind, suggestion.state, alike) == ("organization", "open", set(names[:2]))
    curation.keep_apart(suggestion, **HOW)
    assert Suggestion.objects.get().state == "apart"
    assert not JournalEntry.objects.last().is_public


def test_municipalities_are_merged_with_all_that_is_theirs(add, make_meeting):
    numbered = (item(reference="PRV-2018-00105"),)
    add(make_meeting(body="Gammelby", items=numbered), data=b"one")
    add(make_meeting(body="Nyby", meeting=Time(start="2019-04-09T17:00"), items=numbered), data=b"two")
    add(make_meeting(body="Nyby", organization="Rådet"), data=b"three")
    old, new = Body.objects.get(slug="gammelby"), Body.objects.get(slug="nyby")
    before = state()
    number = curation.merge(old, new, **HOW)
    assert Body.objects.public().get() == new
    assert Meeting.objects.public().of(new).count() == 3
    assert Organization.objects.get(body=old).merged_into == Organization.objects.get(
        body=new, slug="udvalget-for-byrum"
    )
    moved = Meeting.objects.get(body=old)
    assert (moved.merged_into.body, moved.merged_into.slug) == (new, moved.slug)
    assert Case.objects.get(body=old).merged_into == Case.objects.get(body=new)
    assert Case.objects.get(body=new).items.count() == 2
    curation.undo(number, **HOW)
    assert Body.objects.public().count() == 2
    assert Case.objects.get(body=old).items.count() == 1
    assert [row for row in state()[2] if row[2] == moved.pk] == [row for row in before[2] if row[2] == moved.pk]


def test_one_case_number_is_one_case_across_meetings_and_another_is_merged_by_hand(add, make_meeting):
    for day, number in ((9, "PRV-2018-00105"), (10, "prv – 2018 – 00105"), (11, "2018/105"), (12, "00.22.04")):
        add(
            make_meeting(meeting=Time(start=f"2018-04-{day:02}"), items=(item(reference=number),)), data=number.encode()
        )
    assert [(case.slug, case.items.count()) for case in Case.objects.all()] == [("2018-105", 1), ("prv-2018-00105", 2)]
    [suggestion] = Suggestion.objects.all()
    one, other = (Case.objects.get(pk=pk) for pk in (suggestion.right, suggestion.left))
    assert {one.slug, other.slug} == {"2018-105", "prv-2018-00105"}
    number = curation.merge(one, other, **HOW)
    assert Case.objects.public().get().items.count() == 3
    assert Suggestion.objects.get().state == "same"
    own, back = curation.split(other, "2018/105", **HOW)
    assert (own.pk, own.merged_into, own.items.count()) == (one.pk, None, 1)
    curation.undo(back, **HOW)
    with pytest.raises(NotPossible, match="names where it put them"):
        curation.undo(back, **HOW)
    curation.undo(number, **HOW)
    assert Case.objects.public().count() == 2


def test_a_name_that_was_never_apart_gets_an_organization_of_its_own(add, make_meeting):
    add(make_meeting(organization="Byrådet 2018-2021"), data=b"one")
    add(make_meeting(organization="Rådet", meeting=Time(start="2018-05-09T17:00")), data=b"two")
    council, other = Organization.objects.get(slug="byraadet"), Organization.objects.get(slug="raadet")
    curation.merge(other, council, **HOW)
    own, number = curation.split(council, "Rådet", **HOW)
    assert (own, own.merged_into, own.meetings.get().versions.count()) == (other, None, 1)
    curation.undo(number, **HOW)
    assert Organization.objects.get(pk=other.pk).merged_into == council
    with pytest.raises(NotPossible, match="one of several names"):
        curation.split(council, "Findes ikke", **HOW)


def test_what_cannot_be_merged_is_refused_and_changes_nothing(add, make_meeting):
    add(make_meeting(), data=b"one")
    add(make_meeting(body="Anden By"), data=b"two")
    one, other = Organization.objects.order_by("pk")
    before, entries = state(), JournalEntry.objects.count()
    for pair in ((one, one), (one, other), (one, one.body)):
        with pytest.raises(NotPossible, match="different things of one kind"):
            curation.merge(*pair, **HOW)
    assert (state(), JournalEntry.objects.count()) == (before, entries)


def test_a_merge_that_would_leave_a_paper_between_two_meetings_is_refused_whole(add, make_meeting):
    for hour in (10, 17):
        add(make_meeting(organization="Rådet", meeting=Time(start=f"2018-04-09T{hour}:00")), data=f"{hour}".encode())
    add(make_meeting(organization="Byens råd", meeting=Time(start="2018-04-09")), data=b"no time")
    before = state()
    with pytest.raises(NotPossible, match="two that could be meant"):
        curation.merge(Organization.objects.get(slug="byens-raad"), Organization.objects.get(slug="raadet"), **HOW)
    assert state() == before
    assert Organization.objects.filter(merged_into=None).count() == 2


def test_the_journal_names_the_first_entry_that_was_changed(shown):
    curation.withdraw(shown.identity, ground=GROUND, **HOW)
    assert journal.first_broken() is None
    for change in ({"by": "En anden"}, {"at": LATER + timedelta(seconds=1)}, {"meetings": []}, {"is_public": False}):
        kept = JournalEntry.objects.filter(number=2).values(*change).get()
        JournalEntry.objects.filter(number=2).update(**change)
        assert journal.first_broken() == 2
        JournalEntry.objects.filter(number=2).update(**kept)
    assert journal.first_broken() is None
    JournalEntry.objects.filter(number=2).delete()
    assert journal.first_broken() == 2
