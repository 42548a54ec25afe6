"""The page of a meeting and of an item: what was decided first, closed items by their public face, no guess."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from raadslag.archive.models import Version
from raadslag.archive.pages.meeting_page import excerpt
from raadslag.archive.search import open_index
from raadslag.core.record import Addendum, Attendance, File, Item, Meeting, Note, Section, Time, encode

from .conftest import ADDRESSES, MEETING, PAPERS


def _in_order(text: str, *pieces: str) -> bool:
    places = [text.index(piece) for piece in pieces]
    return places == sorted(places)


def test_a_meeting_tells_first_what_was_decided(client: Client, world: None) -> None:
    text = client.get(MEETING).text
    assert _in_order(
        text,
        "Opgaveudvalget Trygge boligområder</span></h1>",
        "Mandag 9. april 2018 kl. 17.00–19.05",
        "Referat af 5. møde",
        "Referat læst op",
        "Det blev besluttet",
        "Ekstra møde 15. maj",
        "Besluttet af formandskabet",
        "Taget til efterretning",
        "Det blev drøftet",
        "Hvad sker der nu?",
        "Alle får svar.",
        "Dagsorden og referat",
        "Udvalget får en status.",
        "Social og Sundhed indstiller til Opgaveudvalget, at",
        "Udkast til produkt",
        "Hvem var med?",
        "1 var til stede.",
        "Asta Holmen",
        "Hent referatet",
    )


@pytest.mark.parametrize(
    ("title", "more"),
    [
        ("Referat af møde i Udvalget for byrum", ""),
        ("REFERAT - Udvalget for Byrum den 9. april 2018 kl. 17.00", ""),
        ("Referat", ""),
        ("Referat af 5. møde", "Referat af 5. møde"),
        (None, ""),
    ],
)
def test_a_meeting_is_called_by_whose_it_is(
    client: Client, add: Any, make_meeting: Any, title: str | None, more: str
) -> None:
    add(make_meeting(title=title))
    text = client.get("/proeve/moede/2018-04-09-udvalget-for-byrum/").text
    assert "<h1>Møde i <span>Udvalget for Byrum</span></h1>" in text
    assert (f'<p class="r-meta">{more}</p>' in text) is bool(more)
    assert title is None or (title in client.get("/proeve/moeder/").text) is (bool(more) or title == "Referat")


def test_an_item_tells_its_whole_text_part_by_part(client: Client, world: None) -> None:
    text = client.get(f"{MEETING}punkt/1/").text
    assert _in_order(text, "Det blev besluttet", "Ekstra møde 15. maj", "Resumé", "Baggrund", "<h2>Beslutninger")
    assert "ingen har undersøgt, hvordan utryghed og ensomhed hænger sammen" in text
    assert text.count("Formanden bød velkommen") == 1
    assert f'href="{MEETING}punkt/2/"' in text


def test_an_addition_stands_at_its_item_with_author_and_date(client: Client, add: Any, make_meeting: Any) -> None:
    """I25: the text that was read stays beside it; what concerns a closed item, or nobody says which, is not shown."""
    said = ("Træerne er lindetræer.", "KANARIE lukket", "KANARIE uden punkt")
    addenda = tuple(
        Addendum(text=text, by="Asta Holmen", added="2018-04-12T09:05", item=item)
        for text, item in zip(said, ("1", "2", None), strict=True)
    )
    opened = Item(number="1", order=1, title="Træer", access="open", decision="Der plantes træer.", outcome="approved")
    closed = Item(number="2", order=2, access="closed", public_title="Leje", no_public_decision_because="Venter")
    add(make_meeting(items=(opened, closed), addenda=addenda))
    place = "/proeve/moede/2018-04-09-udvalget-for-byrum/"
    for address in (place, f"{place}punkt/1/", f"/proeve/beslutning/{place[14:-1]}/1/"):
        text = client.get(address).text
        assert "KANARIE" not in text
        assert _in_order(text, "Der plantes træer.", "Tilføjet efter mødet · Asta Holmen · 12. april 09.05", said[0])
    add(make_meeting(items=(opened,), addenda=(Addendum(text="Om det hele.", by="Asta Holmen"),)))
    assert _in_order(client.get(place).text, "Tilføjelser", "Tilføjet efter mødet · Asta Holmen", "Om det hele.")


def test_a_decision_that_waits_is_said_to_follow(client: Client, add: Any, make_meeting: Any) -> None:
    because = "Den følger, når parten har fået besked."
    add(
        make_meeting(
            items=(Item(number="1", order=1, title="Støj", access="open", no_public_decision_because=because),)
        )
    )
    place = "/proeve/moede/2018-04-09-udvalget-for-byrum/"
    for address in (place, f"{place}punkt/1/"):
        text = client.get(address).text
        assert _in_order(text, "Beslutningen er ikke offentlig endnu:", because)
        assert "bag lukkede døre" not in text
    assert client.get(f"/proeve/beslutning/{place[14:-1]}/1/").status_code == 404


def test_of_a_closed_item_only_the_public_face_is_shown(client: Client, world: None, fifth_meeting: Meeting) -> None:
    assert b"KANARIE" in encode(fifth_meeting)
    text = client.get(f"{MEETING}punkt/2/").text
    for piece in ("Leje af lokaler", "Lukket", "forvaltningslovens § 27", "Godkendt i lukket del."):
        assert piece in text
    for address in (*ADDRESSES, *PAPERS, "/proeve/soeg/?q=kanarie", "/soeg/?q=kanarie&slags=attachment"):
        for prefix in ("", "/en"):
            assert b"KANARIE" not in client.get(prefix + address).content, prefix + address


def test_a_page_shows_no_more_of_a_closed_item_even_if_the_archive_holds_it(
    client: Client, world: None, fifth_meeting: Meeting
) -> None:
    Version.objects.filter(kind="minutes").update(record=encode(fifth_meeting))
    for address in (MEETING, f"{MEETING}punkt/1/", f"{MEETING}punkt/2/", *PAPERS):
        response = client.get(address)
        assert response.status_code == 200
        assert b"KANARIE" not in response.content, address


def test_a_closed_item_without_a_public_decision_tells_why(client: Client, add: Any, make_meeting: Any) -> None:
    item = Item(order=1, number="7", access="closed", no_public_decision_because="Sagen rummer personoplysninger.")
    add(make_meeting(items=(item,)))
    for rest in ("", "punkt/7/"):
        text = client.get(f"/proeve/moede/2018-04-09-udvalget-for-byrum/{rest}").text
        assert "Lukket punkt" in text
        assert "Sagen rummer personoplysninger." in text


HOSTILE = (
    """<script>alert(1)</script>"'><img src=x onerror=alert(2)> javascript:alert(3) {{ 7|add:1 }} {% now %} \u202e"""
)


def test_hostile_text_is_shown_as_text(client: Client, add: Any, make_meeting: Any) -> None:
    files = (File(title=HOSTILE, document=HOSTILE, reference=HOSTILE, access="open"),)
    sections = (Section(kind="summary", heading=HOSTILE, text=f"# {HOSTILE}\n\n[x](javascript:alert(4))\n\n{HOSTILE}"),)
    item = Item(
        order=1,
        number=HOSTILE,
        title=HOSTILE,
        reference=HOSTILE,
        access="open",
        sections=sections,
        decision=HOSTILE,
        actor=HOSTILE,
        files=files,
    )
    closed = Item(order=2, access="closed", public_title=HOSTILE, legal_ground=HOSTILE, public_decision=HOSTILE)
    meeting = make_meeting(
        title=HOSTILE,
        organization=f"Udvalg {HOSTILE}",
        meeting=Time(start="2018-04-09", place=HOSTILE),
        attendance=(Attendance(person=HOSTILE, status="present", role=HOSTILE, reason=HOSTILE),),
        items=(item, closed),
    )
    version = add(meeting).version
    open_index().catch_up()
    home = f"/proeve/moede/{version.meeting.slug}/"
    pages = [home, f"/proeve/udvalg/{version.meeting.organization.slug}/", "/proeve/", "/proeve/soeg/?q=alert"]
    pages += [f"{home}punkt/{row.slug}/" for row in version.items.all()]
    for address in pages:
        text = client.get(address).text
        assert "&lt;script&gt;alert" in text, address
        for forbidden in ("<script>", "<img src=x", 'href="javascript:'):
            assert forbidden not in text, address


def test_what_the_paper_does_not_say_is_not_guessed(client: Client, add: Any, make_meeting: Any) -> None:
    story = "Udvalget talte længe om sagen, og alle kom til orde. " * 10
    items = (
        Item(order=1, access="open", decision=story),
        Item(order=2, number="2", title="Orientering", access="open"),
    )
    add(make_meeting(items=items, attendance=None, meeting=Time(start="2018-04-09")))
    text = client.get("/proeve/moede/2018-04-09-udvalget-for-byrum/").text
    assert "Papiret angiver intet udfald" in text
    assert "Hvem var med?" not in text
    assert "kl." not in text.split("<h1")[1].split("</p>")[0]
    assert (
        "Papiret har ingen tekst til punktet."
        in client.get("/proeve/moede/2018-04-09-udvalget-for-byrum/punkt/2/").text
    )


def test_an_agenda_says_that_nothing_is_decided_yet(client: Client, world: None) -> None:
    text = client.get("/proeve/moede/2018-05-15-opgaveudvalget-trygge-boligomraader/").text
    assert "Intet endnu: det her er dagsordenen." in text
    assert "dagsorden.pdf" in text
    assert "referat.pdf" not in text


def test_minutes_take_the_place_of_the_agenda_which_can_still_be_fetched(
    client: Client, add: Any, make_meeting: Any
) -> None:
    add(make_meeting(kind="agenda", title="Dagsordenen"))
    add(make_meeting(title="Referatet fra Byrum"))
    text = client.get("/proeve/moede/2018-04-09-udvalget-for-byrum/").text
    assert "Referatet fra Byrum" in text
    assert client.get("/proeve/moede/2018-04-09-udvalget-for-byrum/dagsorden.json").json()["title"] == "Dagsordenen"


def test_a_meeting_leads_to_the_one_before_and_the_one_after(client: Client, add: Any, make_meeting: Any) -> None:
    for month in (3, 4, 5):
        add(make_meeting(meeting=Time(start=f"2018-0{month}-09T17:00")))
    add(make_meeting(organization="Skoleudvalget", meeting=Time(start="2018-04-10T17:00")))
    text = client.get("/proeve/moede/2018-04-09-udvalget-for-byrum/").text
    assert _in_order(text, "Mødet før", "2018-03-09-udvalget-for-byrum", "Mødet efter", "2018-05-09-udvalget-for-byrum")
    assert "skoleudvalget" not in text
    assert "Mødet før" not in client.get("/proeve/moede/2018-03-09-udvalget-for-byrum/").text


def test_every_edition_keeps_its_address_and_only_the_newest_its_text(
    client: Client, add: Any, make_meeting: Any
) -> None:
    meeting = "/proeve/moede/2018-04-09-udvalget-for-byrum/"
    add(make_meeting(title="KANARIE, som blev rettet"))
    assert "Udgaver" not in client.get(meeting).text
    add(make_meeting(title="Rettet referat af 5. møde"))
    text = client.get(meeting).text
    assert _in_order(text, "Udgaver", f"{meeting}referat/udgave/2/", "vises her", f"{meeting}referat/udgave/1/")
    first = client.get(f"{meeting}referat/udgave/1/").text
    assert "Den blev afløst af 2. udgave den 12. april 2018" in first
    assert "KANARIE" not in text + first
    assert "Det er den nyeste." in client.get(f"{meeting}referat/udgave/2/").text
    for unknown in ("referat/udgave/3/", "referat/udgave/0/", "dagsorden/udgave/1/"):
        assert client.get(meeting + unknown).status_code == 404


def test_a_heading_that_nothing_stands_under_is_left_out(client: Client, add: Any, make_meeting: Any) -> None:
    sections = (
        Section(kind="previous_decisions", heading="Tidligere beslutninger:", text=""),
        Section(kind="background", heading="Baggrund:", text="Sådan."),
    )
    add(make_meeting(items=(Item(order=1, number="1", title="Sag", access="open", sections=sections),)))
    text = client.get("/proeve/moede/2018-04-09-udvalget-for-byrum/punkt/1/").text
    assert "Tidligere beslutninger" not in text
    assert "<h2>Baggrund</h2>" in text


def test_what_was_noted_is_told_where_the_decision_is_a_story(client: Client, add: Any, make_meeting: Any) -> None:
    story = "Udvalget talte længe om sagen, og alle kom til orde. " * 10
    notes = (
        Note(
            kind="next_meeting", text="Vi ses igen.", item="1", actor="formandskabet", start="2018-05-15T17:00",
            end="2018-05-15T19:00",
        ),
        Note(kind="next_meeting", text="En dag ses vi igen.", item="1"),
        Note(kind="theme", text="Netværk", item="1"),
        Note(kind="theme", text="Styring", item="1"),
    )  # fmt: skip
    add(make_meeting(items=(Item(order=1, number="1", title="Sag", access="open", decision=story),), notes=notes))
    text = client.get("/proeve/moede/2018-04-09-udvalget-for-byrum/").text
    assert text.count('class="r-decision"') == 1
    assert _in_order(text, "Næste møde", "Tirsdag 15. maj 2018 kl. 17.00–19.00", "Besluttet af formandskabet")
    assert "Netværk · Styring" in text
    assert '<h3><a href="/en/proeve/' in client.get("/en/proeve/moede/2018-04-09-udvalget-for-byrum/").text


def test_what_every_meeting_decides_comes_last(client: Client, add: Any, make_meeting: Any) -> None:
    items = (
        Item(order=1, number="1", title="Godkendelse af dagsorden", access="open", decision="Godkendt."),
        Item(order=2, number="2", title="Ny cykelsti", access="open", decision="Udsat."),
        Item(order=3, number="3", access="closed", public_title="Køb af jord", public_decision="Tiltrådt."),
    )
    add(make_meeting(items=items))
    told = client.get("/proeve/moede/2018-04-09-udvalget-for-byrum/").text.split("Dagsorden og referat")[0]
    assert _in_order(told, "Ny cykelsti", "Køb af jord", "<span>Lukket</span>", "Godkendelse af dagsorden")


def test_many_decisions_are_folded(client: Client, add: Any, make_meeting: Any) -> None:
    items = tuple(
        Item(order=at, number=str(at), title=f"Sag {at}", access="open", outcome="approved") for at in range(1, 12)
    )
    add(make_meeting(items=items))
    text = client.get("/proeve/moede/2018-04-09-udvalget-for-byrum/").text
    assert "Vis 3 beslutninger mere" in text
    assert text.count('class="r-decision"') == 11


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("Kort.", 20, "Kort."),
        ("En længere  tekst\n\nover flere linjer", 20, "En længere tekst …"),
        ("**Fed** og [link](https://example.org)", 40, "Fed og link"),
        ("x" * 50, 20, "x" * 20 + " …"),
        ("", 20, ""),
    ],
)
def test_an_excerpt_is_whole_words_without_markup(text: str, length: int, expected: str) -> None:
    assert excerpt(text, length) == expected
