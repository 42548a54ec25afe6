"""Phrases, exclusions, orders, typing mistakes and suggestions; what they show is what is shown today."""

from __future__ import annotations

import pytest

from raadslag.archive.models import Case, Item, StoredFile, Version
from raadslag.archive.search import open_index, search
from raadslag.archive.search.question import Clause, read
from raadslag.core.record import Item as RecordItem
from raadslag.core.record import Time

pytestmark = pytest.mark.django_db


@pytest.fixture
def publish(make_meeting, add):
    """Takes in a meeting with the titles, and lets the index follow."""

    def publish(*titles, **changes):
        rows = tuple(
            one if isinstance(one, RecordItem) else RecordItem(order=n, number=str(n), access="open", title=one)
            for n, one in enumerate(titles, 1)
        )
        receipt = add(make_meeting(items=rows, **changes))
        open_index().catch_up()
        return receipt

    return publish


def titles(words: str, **filters) -> list[str]:
    return [hit.title.text for hit in search(words, **filters).hits]


def marks(words: str) -> list[str]:
    [hit] = search(words).hits
    return [part for part, is_marked in hit.title.parts if is_marked]


# --- how a question is read ---


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("Støj skole", [("støj",), ("skole",)], []),
        ('"ny skole"', [("ny", "skole")], []),
        ("“ny skole”", [("ny", "skole")], []),
        ("»ny skole«", [("ny", "skole")], []),
        ("„ny skole“", [("ny", "skole")], []),
        ('ny "skole', [("ny",), ("skole",)], []),
        ("støj -cykler", [("støj",)], [("cykler",)]),
        ('støj -"ny skole"', [("støj",)], [("ny", "skole")]),
        ("PRV-2018-00105", [("prv", "2018", "00105")], []),
        ("børne- og ungeudvalget", [("børne",), ("ungeudvalget",)], []),
        ("støj,larm", [("støj",), ("larm",)], []),
        ("og", [("og",)], []),
        ("støj støjen støj", [("støj",)], []),
        ("-", [], []),
        ('""', [], []),
        ("", [], []),
    ],
)
def test_what_is_typed_is_read_as_words_phrases_and_exclusions(typed, wanted, unwanted):
    question = read(typed)
    assert [clause.words for clause in question.wanted] == wanted
    assert [clause.words for clause in question.unwanted] == unwanted
    assert question.is_idle == (bool(typed) and not wanted and not unwanted)


def test_a_question_has_an_end():
    assert len(read(" ".join(f"ord{n}" for n in range(100))).wanted) == 16
    assert read("støj").wanted == (Clause(("støj",)),)


# --- phrases and exclusions ---


def test_a_phrase_is_found_where_its_words_stand_beside_each_other(publish):
    publish("Den nye skole i byen", "Skolen får en ny hal", "Ny vej til skolen")
    assert titles('"nye skoler"') == ["Den nye skole i byen"]
    assert set(titles("ny skole")) == {"Den nye skole i byen", "Skolen får en ny hal", "Ny vej til skolen"}
    assert titles('"skole i byen"') == ["Den nye skole i byen"]
    assert titles('"byen skole"') == []


def test_only_the_phrase_is_marked(publish):
    publish("Den nye skole er en skole")
    assert marks('"nye skole"') == ["nye", "skole"]


def test_the_number_of_a_case_finds_that_case_alone(publish):
    publish(
        RecordItem(order=1, access="open", title="Den ene", reference="PRV-2018-00105"),
        RecordItem(order=2, access="open", title="Den anden", reference="PRV-2018-00106, 00105"),
    )
    assert titles("PRV-2018-00105") == ["Den ene"]
    assert titles("prv 2018 00105") == ["Den ene", "Den anden"]


def test_what_is_excluded_is_not_found(publish):
    publish("Støj og cykler", "Støj og skoler", "Boligforeningens støj", "Træer")
    assert set(titles("støj -cykel")) == {"Støj og skoler", "Boligforeningens støj"}
    assert set(titles("støj -bolig")) == {"Støj og cykler", "Støj og skoler", "Boligforeningens støj"}
    assert set(titles("-støj", kind="item")) == {"Træer"}
    assert set(titles('støj -"støj og cykler"')) == {"Støj og skoler", "Boligforeningens støj"}


# --- order ---


def test_newest_first_is_by_day_then_by_the_place_on_the_paper(publish):
    publish("Cykelsti, cykelsti", "Vejen ved cykelstien", meeting=Time(start="2018-05-01"))
    publish("Om cykelstien", meeting=Time(start="2020-05-01"))
    assert titles("cykelsti", newest=True) == ["Om cykelstien", "Cykelsti, cykelsti", "Vejen ved cykelstien"]
    assert titles("cykelsti", newest=True, per_page=2, page=2) == ["Vejen ved cykelstien"]


def test_of_equally_good_hits_the_newest_is_first(publish):
    for year in (2018, 2021, 2015):
        publish("Cykelsti", meeting=Time(start=f"{year}-05-01"), title=f"Nr. {year}")
    found = search("cykelsti").hits
    assert [hit.meeting.start[:4] for hit in found] == ["2021", "2018", "2015"]


# --- typing mistakes ---


@pytest.mark.parametrize(
    ("typed", "meant"), [("ensomhd", "ensomhed"), ("ensohmed", "ensomhed"), ("ensomhaed", "ensomhed"), ("bibliotk", "")]
)
def test_one_wrong_letter_is_forgiven_and_told(publish, typed, meant):
    publish("Mere ensomhed i byen")
    results = search(typed)
    assert [hit.title.text for hit in results.hits] == (["Mere ensomhed i byen"] if meant else [])
    assert results.respelled == (((typed, meant),) if meant else ())


def test_a_mistake_beside_other_words_is_forgiven_too(publish):
    publish("Mere ensomhed i byen", "Ensomhed på landet")
    results = search("enosmhed byen")
    assert [hit.title.text for hit in results.hits] == ["Mere ensomhed i byen"]
    assert results.respelled == (("enosmhed", "ensomhed"),)
    assert not results.is_loose


def test_a_word_that_stands_there_is_never_respelled(publish):
    publish("Larm fra banen", "Farm i byen")
    assert titles("farm") == ["Farm i byen"]
    assert search("farm").respelled == ()


def test_a_word_that_is_no_longer_shown_is_not_named(publish):
    publish("Kanariefugle i parken")
    publish("Parken", organization="Rådet")
    Version.objects.filter(items__title__startswith="Kanarie").update(is_current=False)
    results = search("kanarifugle parken")
    assert results.respelled == ()
    assert {hit.title.text for hit in results.hits} == {"Parken"}


# --- suggestions ---


def test_a_word_that_is_begun_is_completed_by_what_is_there(publish):
    publish("Skolen i byen", "Skoler og skolegårde", "Skovene", "Træer")
    ways = open_index().suggest("sko")
    assert "skovene" in ways
    assert "skolegårde" in ways
    assert len({"skolen", "skoler"} & set(ways)) == 1
    assert open_index().suggest("træer sko") == ()
    assert open_index().suggest("byen sko") == ("byen skolen",)
    assert open_index().suggest("s") == ()
    assert open_index().suggest("byen ") == ()
    assert open_index().suggest("") == ()


def test_a_suggestion_is_of_the_body_that_is_asked(publish):
    publish("Skolen")
    publish("Skoven", body="Ærø Kommune")
    assert open_index().suggest("sko", body="aeroe") == ("skoven",)
    assert set(open_index().suggest("sko")) == {"skolen", "skoven"}


def test_nothing_is_suggested_that_is_no_longer_shown(publish):
    publish("Kanariefugle")
    publish("Kanaler", organization="Rådet")
    Version.objects.filter(items__title="Kanariefugle").update(is_current=False)
    assert open_index().suggest("kana") == ("kanaler",)


def test_a_suggestion_is_written_as_the_paper_writes_it(publish):
    publish("Havnen i Aabenraa")
    assert open_index().suggest("åben") == ("aabenraa",)


# --- cases ---


@pytest.fixture
def handled(publish):
    """Takes in one more meeting on which the case was."""

    def handled(start: str, title: str = "Ny svømmehal", **changes):
        item = RecordItem(order=1, access="open", title=title, reference="PRV-2018-00105")
        return publish(item, meeting=Time(start=start), **changes)

    return handled


def test_a_case_is_found_once_it_was_on_two_meetings(handled):
    handled("2018-05-01")
    assert search("svømmehal", kind="case").total == 0
    handled("2019-05-01", title="Svømmehal, andet møde")
    [hit] = search("svømmehal", kind="case").hits
    assert (hit.title.text, hit.case.number, hit.meeting.start) == (
        "Svømmehal, andet møde",
        "PRV-2018-00105",
        "2019-05-01",
    )
    assert search("svømmehal", kind="case", year=2018).total == 1
    assert search("PRV-2018-00105", kind="case").total == 1


def test_a_case_follows_its_meetings(handled):
    handled("2018-05-01")
    handled("2019-05-01", title="Svømmehal, andet møde")
    handled("2019-05-01", title="Svømmehal, rettet", kind="minutes")
    [hit] = search("svømmehal", kind="case").hits
    assert hit.title.text == "Svømmehal, rettet"
    assert search("andet", kind="case").total == 0
    Version.objects.update(is_current=False)
    assert search("svømmehal", kind="case").hits == ()


def test_an_index_made_again_has_the_same_cases(handled):
    handled("2018-05-01")
    handled("2019-05-01")
    before = [(hit.kind, hit.title.text) for hit in search("svømmehal").hits]
    open_index().rebuild()
    assert [(hit.kind, hit.title.text) for hit in search("svømmehal").hits] == before
    assert Case.objects.count() == 1


# --- the text of attachments ---


def test_the_text_of_an_attachment_is_found_until_it_is_withdrawn(publish):
    from raadslag.core.record import File

    publish(RecordItem(order=1, access="open", title="Punkt", files=(File(title="Bilag 1"),)))
    file = StoredFile.objects.create(sha256="a" * 64, media_type="application/pdf", size=1, text="Om kanariefugle.")
    attachment = Item.objects.get().attachments.get()
    attachment.file = file
    attachment.save()
    open_index().rebuild()
    [hit] = search("kanariefugle").hits
    assert (hit.kind, hit.text.text) == ("attachment", "Om kanariefugle.")
    assert [part for part, is_marked in hit.text.parts if is_marked] == ["kanariefugle"]
