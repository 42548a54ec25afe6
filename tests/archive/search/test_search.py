"""What is shown is found, in the forms of its words; what is not shown never is."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest
import tantivy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raadslag.archive import curation
from raadslag.archive.models import Item, JournalEntry, Version
from raadslag.archive.search import KINDS, Facet, open_index, search
from raadslag.archive.search import documents as search_documents
from raadslag.archive.search import index as search_index
from raadslag.archive.search.words import term
from raadslag.core.record import File, Section, Time
from raadslag.core.record import Item as RecordItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def publish(make_meeting, add):
    """Takes in a meeting with the items given as titles or as records, and lets the index follow."""

    def publish(*items, **changes):
        rows = tuple(
            RecordItem(order=n, number=str(n), access="open", title=item) if isinstance(item, str) else item
            for n, item in enumerate(items, 1)
        )
        receipt = add(make_meeting(items=rows, **changes))
        open_index().catch_up()
        return receipt

    return publish


@pytest.fixture
def school(publish):
    """An archive with one item, "Skolen"."""
    publish("Skolen")


def titles(words: str, **filters) -> list[str]:
    return [hit.title.text for hit in search(words, **filters).hits]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("ensomhed", "Ensomme ældre i byen"),
        ("ENSOM", "Ensomme ældre i byen"),
        ("bolig", "Boliger og boligerne"),
        ("boligerne", "Boliger og boligerne"),
        ("ældres", "Ensomme ældre i byen"),
        ("beslutninger", "Beslutningen om støj"),
        ("stø\u006a", "Beslutningen om støj"),
        ("a\u030ar", "Et år med cykler"),
        ("PRV-2018-00105", "Et år med cykler"),
    ],
)
def test_a_word_is_found_in_its_other_forms(publish, words, title):
    publish(
        "Ensomme ældre i byen",
        "Boliger og boligerne",
        "Beslutningen om støj",
        RecordItem(order=4, access="open", title="Et år med cykler", reference="PRV-2018-00105"),
    )
    assert titles(words) == [title]


def test_a_decision_a_case_an_item_a_meeting_and_an_attachment_are_found_each_as_itself(publish):
    file = File(title="Kort over kvarteret")
    publish(
        RecordItem(
            order=1, number="7", access="open", title="Kvarteret", decision="Kvarteret får.", reference="PRV-2018-00105"
        ),
        RecordItem(order=2, number="8", access="open", title="Veje", files=(file,)),
        RecordItem(order=3, number="9", access="open", title="Andre kvarterer"),
        title="Møde om kvarteret",
        meeting=Time(start="2019-04-09"),
    )
    publish(
        RecordItem(
            order=1, access="open", title="Kvarteret igen", decision="Kvarteret får nok.", reference="PRV-2018-00105"
        ),
        title="Uden",
        meeting=Time(start="2018-04-09"),
    )
    results = search("kvarter")
    found = {hit.kind: hit for hit in reversed(results.hits)}
    assert set(found) == set(KINDS) - {"organization", "product", "commitment"}  # of which tests of their own tell
    assert results.total == 6
    assert found["decision"].item.number == "7"
    assert found["item"].item.number == "9"
    assert found["meeting"].item is None
    assert (found["attachment"].attachment.title, found["attachment"].item.number) == ("Kort over kvarteret", "8")
    assert {hit.meeting.body.slug for hit in results.hits} == {"proeve"}


def test_the_words_searched_for_are_marked_in_plain_text(publish):
    long = "Fyld og mere fyld. " * 40
    decision = f"{long}De <b>ensomme</b> & deres boliger. {long}"
    publish(RecordItem(order=1, access="open", title="Om ensomhed", decision=decision))
    [hit] = search("ensomhed bolig").hits
    assert [part for part in hit.title.parts if part[1]] == [("ensomhed", True)]
    assert [part for part, is_marked in hit.text.parts if is_marked] == ["ensomme", "boliger"]
    assert "<b>" in hit.text.text
    assert "".join(part for part, _ in hit.text.parts) == hit.text.text
    assert (hit.text.cut_before, hit.text.cut_after) == (True, True)
    assert 40 < len(hit.text.text) <= 260


def test_all_words_must_stand_there_and_small_words_do_not_count(publish):
    publish("Støj i byen", "Støj ved skolen", "Træer ved skolen")
    assert titles("støj ved og på skolen") == ["Støj ved skolen"]
    assert not search("støj skolen").is_loose
    loose = search("støj elefant")
    assert loose.is_loose
    assert {hit.title.text for hit in loose.hits} == {"Støj i byen", "Støj ved skolen"}
    assert search("elefant giraf").total == 0
    assert not search("elefant giraf").is_loose


def test_a_title_weighs_more_than_a_text(publish):
    in_text = RecordItem(
        order=1, access="open", title="Orientering", sections=(Section(kind="summary", text="Cykler"),)
    )
    publish(in_text, "Cykler")
    assert titles("cykler") == ["Cykler", "Orientering"]


def test_filters_narrow_and_facets_count_what_each_choice_would_leave(publish):
    decided = RecordItem(order=1, access="open", title="Skolen", decision="Udsat.", outcome="deferred")
    publish(decided, "Skolens gård", meeting=Time(start="2018-04-09"))
    publish("Skolen", organization="Rådet", meeting=Time(start="2019-01-02"))
    publish("Skolen", body="Ærø Kommune", meeting=Time(start="2019-05-06"))

    everything = search("skolen")
    assert everything.total == 4
    assert everything.facets["kind"] == (Facet("decision", "decision", 1), Facet("item", "item", 3))
    assert everything.facets["year"] == (Facet("2019", "2019", 2), Facet("2018", "2018", 2))
    assert everything.facets["outcome"] == (Facet("deferred", "deferred", 1),)
    assert everything.facets["body"] == (Facet("proeve", "Prøvekommunen", 3), Facet("aeroe", "Ærø Kommune", 1))
    assert Facet("proeve/raadet", "Rådet", 1) in everything.facets["organization"]

    narrow = search("skolen", year=2018, kind="item")
    assert [hit.title.text for hit in narrow.hits] == ["Skolens gård"]
    assert narrow.facets["kind"] == (Facet("decision", "decision", 1), Facet("item", "item", 1))
    assert narrow.facets["year"] == (Facet("2019", "2019", 2), Facet("2018", "2018", 1))
    assert search("skolen", body="proeve").total == 3
    assert search("skolen", organization="proeve/raadet").total == 1
    assert search("skolen", outcome="deferred").total == 1


@pytest.mark.parametrize("name", ["text", "key", "meeting", "decision", "hits", "is_current", "record", "x' OR 1=1"])
def test_values_that_no_facet_offers_find_nothing(publish, name):
    publish("Skolen")
    for field in ("kind", "body", "organization", "outcome"):
        assert search("skolen", **{field: name}).total == 0


def test_pages_part_the_hits_without_gap_or_overlap(publish):
    publish(*(f"Cykelsti {n}" for n in range(1, 8)))
    pages = [search("cykelsti", page=n, per_page=3) for n in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [3, 3, 1, 0]
    assert len({hit.item.pk for page in pages for hit in page.hits}) == 7
    assert {(page.total, page.pages) for page in pages} == {(7, 3)}
    assert [search("cykelsti", page=page).page for page in (0, -5)] == [1, 1]
    assert search("cykelsti", page=10**30).hits == ()


def test_no_words_ask_for_everything_newest_first(publish):
    for start in ("2018-05-01", "2020-05-01", "2019-05-01"):
        publish("Punkt", meeting=Time(start=start))
    assert [hit.meeting.start for hit in search(" ", kind="item").hits] == ["2020-05-01", "2019-05-01", "2018-05-01"]
    assert search("!?").total == 0


@given(words=st.text() | st.text(alphabet='+-&|!(){}[]^"~*?:\\/ title:ANDORTO skolen', max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_whatever_a_person_types_is_words(school, words):
    results = search(words, year=2018)
    assert results.total <= 2
    for hit in results.hits:
        assert "".join(part for part, _ in hit.title.parts) == hit.title.text


def test_a_huge_question_is_cut(publish):
    publish("Skolen")
    assert titles("skolen " * 100_000) == ["Skolen"]


# --- only what is shown ---


def test_what_waits_and_what_is_closed_is_never_found(publish, add, make_meeting):
    secret = "Kanariefugl"
    waiting = make_meeting(organization=secret, items=(RecordItem(order=1, title=secret, access="open"),))
    add(waiting, already_public=False)
    closed = RecordItem(
        order=1,
        access="closed",
        public_title="Køb af jord",
        sections=(Section(kind="other", text=secret),),
        actor=secret,
    )
    publish(closed, "Synligt punkt")
    open_index().rebuild()
    assert titles("synligt") == ["Synligt punkt"]
    assert titles("jord") == ["Køb af jord"]
    found = search(secret)
    assert (found.total, found.hits) == (0, ())
    assert search("").facets["organization"] == (Facet("proeve/udvalget-for-byrum", "Udvalget for Byrum", 3),)


def test_a_new_version_takes_the_place_of_the_old_in_search(publish):
    publish("Det gamle ord", kind="agenda")
    publish("Det nye ord", kind="minutes")
    assert titles("gamle") == []
    assert titles("nye") == ["Det nye ord"]
    assert search("ord").total == 1


def test_hits_stand_as_if_what_is_gone_had_never_been(publish):
    """What was taken out, and in which order things came, tells by no hit's place and by no score (I8)."""

    def told():
        index = open_index()
        index.catch_up()
        engine = index._open()
        query = tantivy.Query.term_query(engine.schema, "title", term("sag"), "position")
        found = engine.searcher().search(query, limit=50)
        return titles("sag"), sorted(round(score, 6) for score, _address in found.hits)

    for number in range(3):
        publish("En sag om " + "lange " * number + "stier", organization=f"Råd {number}")
    before = told()
    for number in range(9):  # so many that the parts of an index are merged
        publish("Sag " * (number + 1), organization=f"Andet råd {number}")
    assert told() != before
    for one in Version.objects.filter(meeting__organization__name__startswith="Andet"):
        curation.withdraw(one.identity, ground="Prøve", by="x", at=datetime.now(UTC))
    assert told() == before


def test_of_equally_good_hits_the_one_that_came_first_does_not_stand_first(publish):
    for name in ("Byråd B", "Byråd A"):
        publish("En sag", organization=name)
    assert [hit.organization.name for hit in search("sag").hits] == ["Byråd A", "Byråd B"]


def test_a_stale_index_shows_nothing_that_is_no_longer_shown(publish):
    publish("Det gamle ord")
    publish("Et andet ord", organization="Rådet")
    Version.objects.filter(meeting__organization__slug="raadet").update(is_current=False)
    assert titles("ord") == ["Det gamle ord"]
    assert "Rådet" not in {facet.label for facet in search("ord").facets["organization"]}
    Item.objects.filter(title="Det gamle ord").update(title="Rettet")
    assert titles("ord") == ["Rettet"]


# --- the index follows the database ---


def test_an_index_that_is_missing_is_made_from_the_database(publish, data):
    publish("Skolen")
    shutil.rmtree(data / "index")
    search_index._opened.cache_clear()
    assert titles("skolen") == ["Skolen"]


@pytest.mark.parametrize("name", ["cursor.json", "meta.json"])
def test_an_index_that_is_broken_is_made_again(publish, data, name):
    publish("Skolen")
    [broken] = data.glob(f"index/*/{name}")
    broken.write_bytes(b"{")
    search_index._opened.cache_clear()
    assert titles("skolen") == ["Skolen"]


def test_an_index_of_another_layout_gives_way(publish, data, monkeypatch):
    publish("Skolen")
    monkeypatch.setattr(search_index, "LAYOUT", search_documents.LAYOUT + 1)
    search_index._opened.cache_clear()
    assert titles("skolen") == ["Skolen"]
    assert [path.name for path in (data / "index").iterdir()] == [f"layout-{search_documents.LAYOUT + 1}"]


def test_an_index_ahead_of_a_restored_database_is_made_again(publish):
    publish("Skolen")
    publish("Biblioteket", organization="Rådet")
    Version.objects.filter(meeting__organization__slug="raadet").delete()
    JournalEntry.objects.filter(number=2).delete()
    open_index().catch_up()
    assert search("biblioteket").total == 0
    assert titles("skolen") == ["Skolen"]


def test_a_crash_between_commit_and_cursor_is_caught_up_without_doubles(publish, monkeypatch, add, make_meeting):
    publish("Skolen")
    add(make_meeting(organization="Rådet", items=(RecordItem(order=1, title="Skolens tag", access="open"),)))
    monkeypatch.setattr(search_index.json, "dump", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        open_index().catch_up()
    monkeypatch.undo()
    open_index().catch_up()
    open_index().catch_up()
    assert sorted(titles("skolen")) == ["Skolen", "Skolens tag"]


def test_a_rebuild_that_fails_leaves_the_index_as_it_was(publish, monkeypatch):
    publish("Skolen")

    def break_off(_):
        yield tantivy.Document()
        raise OSError("disk full")

    monkeypatch.setattr(search_index, "documents", break_off)
    with pytest.raises(OSError, match="disk full"):
        open_index().rebuild()
    assert titles("skolen") == ["Skolen"]


def test_an_open_reader_sees_what_another_opening_writes(publish, data, add, make_meeting):
    publish("Skolen")
    reader = open_index()
    assert reader.search("biblioteket").total == 0
    add(make_meeting(organization="Rådet", items=(RecordItem(order=1, title="Biblioteket", access="open"),)))
    search_index.Index(data).catch_up()
    assert reader.search("biblioteket").total == 1


def test_a_search_costs_the_same_number_of_queries_for_one_hit_and_for_many(publish, django_assert_num_queries):
    publish("Cykelsti 0")
    search("cykelsti")
    with django_assert_num_queries(2):
        assert len(search("cykelsti").hits) == 1
    for n in range(1, 10):
        publish(f"Cykelsti {n}", organization=f"Udvalg {n}")
    with django_assert_num_queries(2):
        assert len(search("cykelsti").hits) == 10
