"""An organization as a page: all that its record says, and nothing that a text says is markup."""

from __future__ import annotations

import lxml.html
import pytest
from hypothesis import given, settings

from raadslag.core.errors import UnknownFormat
from raadslag.core.record import Member, Organization, Task
from raadslag.core.text import plain
from raadslag.core.writers import write
from tests.strategies import organizations

COMMITTEE = Organization(
    as_of="2018-04-10T12:00:00",
    body="Prøve",
    name="Udvalget for Byrum",
    classification="Opgaveudvalg",
    parent="Rådet",
    purpose="Byens *rum*.",
    tasks=(Task(number="1", text="Bænke"), Task(number="2", text="Træer")),
    start="2018-01-01",
    members=(
        Member(person="Asta Holmen", role="formand", party="A", start="2018-01-01"),
        Member(person="Karl Lind", start="2018-01-01", end="2018-02-01"),
    ),
)


def shown(record: Organization, language: str = "da") -> lxml.html.HtmlElement:
    return lxml.html.fromstring(write(record, "html", language=language))


def test_it_says_what_the_committee_is_for_and_who_sits_in_it() -> None:
    page = shown(COMMITTEE)
    assert [" ".join(part.text_content().split()) for part in page.xpath("//h1 | //dd | //h2 | //h3 | //li")] == [
        "Udvalget for Byrum", "Opgaveudvalg", "Rådet", "1. januar 2018–", "10. april 2018",
        "Kommissorium", "Opgaver", "1.Bænke", "2.Træer",
        "Medlemmer", "Asta Holmen (A), formand, 1. januar 2018–",
        "Tidligere medlemmer", "Karl Lind, 1. januar 2018–1. februar 2018",
    ]  # fmt: skip
    assert page.xpath("//em/text()") == ["rum"]
    assert [one.text_content() for one in shown(COMMITTEE, "en").xpath("//h2")] == [
        "Mandate", "Members", "Former members",
    ]  # fmt: skip


def test_what_is_not_known_is_left_out() -> None:
    page = shown(Organization(name="Rådet"))
    assert [part.text_content() for part in page.xpath("//main/*")] == ["Rådet"]


@settings(max_examples=40)
@given(organizations())
def test_every_word_is_there_and_none_is_markup(record: Organization) -> None:
    data = write(record, "html")
    assert data == write(record, "html")
    page = lxml.html.fromstring(data)
    assert not page.xpath("//script | //img | //iframe")
    text = "".join(page.text_content().split())
    for member in record.members:
        assert "".join(plain(member.person).split()) in text or "".join(member.person.split()) in text


@pytest.mark.parametrize("to", ["pdf", "docx", "text"])
def test_other_papers_are_refused_and_the_remedy_named(to: str) -> None:
    with pytest.raises(UnknownFormat) as error:
        write(COMMITTEE, to)
    assert error.value.expected == "json or html"
