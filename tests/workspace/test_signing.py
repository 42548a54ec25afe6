"""After the adjourning: who signs, with what reservations, on whose device; corrections and the rounds they open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from msgspec.structs import replace

from raadslag.core import read
from raadslag.core.release import public
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Case
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict, NotPermitted
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.files import keeping
from raadslag.workspace.messages.models import Message
from raadslag.workspace.minutes import actions, composing, signing
from raadslag.workspace.minutes.models import Entry, EntryText, Minutes, Reservation, Signature
from raadslag.workspace.people import codes
from raadslag.workspace.people.models import FailedCode

from .conftest import LONG_AGO, World
from .test_access_matrix import Address, addresses  # noqa: F401  # a fixture
from .test_minutes import Sitting

Browser = Callable[..., Client]
CODE = "739104"
FAILED = "Koden passer ikke. Har du ingen kode, så skriv under på din egen enhed eller på papir."
EVERYONE = ("chair", "vice_chair", "member", "second")


class OpenSitting(Sitting):
    """A meeting of two open items, with a text at each."""

    def __init__(self, world: World, days: int = 30) -> None:
        self.world, self.at = world, world.at
        self.meeting = world.sent(world.case("Nye træer"), world.case("Nye bænke"), days=days)
        self.items = composing.items_of(self.meeting)
        self.all_in = [world[name].person.pk for name in EVERYONE]


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Hashing that takes no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def sitting(world: World) -> Sitting:
    """One closed item between two open ones."""
    return Sitting(world).open()


@pytest.fixture
def in_open(world: World) -> OpenSitting:
    """Nothing closed."""
    sitting = OpenSitting(world)
    sitting.open()
    return sitting


def page_of(sitting: Sitting, more: str = "underskrift/") -> str:
    return f"/moederum/{sitting.meeting.pk}/{more}"


def sign(sitting: Sitting, minutes: Minutes, *names: str, **more: Any) -> None:
    for name in names:
        told = {"sha256": minutes.sha256, "by": sitting.world[name], **more}
        sitting.do(signing.sign, minutes, sitting.world[name].person, **told)


# --- who ---


def chair_signs(world: World) -> None:
    told = {"reason": "Prøve", "since": LONG_AGO, "by": world.administrator, "at": world.at}
    bodies.set_policy(world.body, None, "signatures", "chair", **told)


@pytest.mark.parametrize(
    ("present", "signs"),
    [
        (("chair", "vice_chair", "member"), {"chair"}),
        (("vice_chair", "member"), {"vice_chair"}),
        (("member", "second"), {"member", "second"}),  # somebody else chaired: the law's own rule
    ],
)
def test_where_the_body_has_chosen_so_whoever_chaired_signs(
    world: World, browser_of: Browser, present: tuple[str, ...], signs: set[str]
) -> None:
    chair_signs(world)
    sitting = Sitting(world).open(*present)
    minutes = sitting.finish()
    people = {world[name].person for name in signs}
    assert set(signing.who_signs(minutes.meeting)) == set(signing.unsigned(minutes)) == people
    assert {one.person for one in Message.objects.filter(path=page_of(sitting))} == people
    for name in present:
        is_asked = "Skriv under på referatet" in browser_of(name).get("/").content.decode()
        assert is_asked is (name in signs), name
        if name not in signs:
            with pytest.raises(NotPermitted):
                sign(sitting, minutes, name)


def test_a_rule_that_comes_later_asks_nobody_else(world: World, sitting: Sitting) -> None:
    minutes = sitting.finish()
    told = {"reason": "Prøve", "by": world.administrator, "at": world.at}
    later = (sitting.meeting.start + timedelta(days=1)).date()
    bodies.set_policy(world.body, None, "signatures", "chair", since=later, **told)
    assert len(signing.who_signs(minutes.meeting)) == 4


# --- reservations ---


def papers(client: Client, sitting: Sitting, more: str = "") -> dict[str, str]:
    """What each form of the minutes says to that reader, the screen among them."""
    found = {"screen": client.get(page_of(sitting) + f"?{more}").content.decode()}
    for kind in ("pdf", "docx", "html"):
        data = client.get(page_of(sitting, f"referat.pdf?som={kind}&{more}")).content
        found[kind] = str(read(data))
        if kind == "pdf":  # what it shows, besides the record that it carries
            with pypdfium2.PdfDocument(data) as document:
                pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
                found["pages"] = " ".join(" ".join(pages).split())
    return found


def test_a_reservation_stands_at_its_item_in_every_form(world: World, sitting: Sitting, browser_of: Browser) -> None:
    sitting.write(sitting.items[0], "Træerne plantes i maj.")
    minutes = sitting.finish()
    said = {sitting.items[0].pk: "Jeg foreslog lindetræer.", sitting.items[1].pk: "KANARIEFUGL var dyr."}
    sign(sitting, minutes, "member", reservations={**said, sitting.items[2].pk: "  "}, reservation="Ellers enig.")
    sign(sitting, minutes, "second", reservations={sitting.items[0].pk: "Det gjorde jeg også."})
    name, other = world["member"].person.name, world["second"].person.name

    whole = composing.shown(minutes)
    assert [[one.who for one in item.reservations] for item in whole.items] == [[(name,), (other,)], [(name,)], []]
    assert whole.items[0].reservations[0].text == f"**Forbehold fra {name}:** Jeg foreslog lindetræer."
    assert encode_without(whole) == encode_without(minutes.decoded())  # the signed bytes are what they were
    for reader, sees in (
        ("member", True),
        ("chair", True),
        ("mayor", True),
        ("observer", False),
        ("councillor", False),
    ):
        for form, text in papers(browser_of(reader), sitting).items():
            assert "Jeg foreslog lindetræer." in text, (reader, form)
            assert "Det gjorde jeg også." in text, (reader, form)
            assert text.count(f"Forbehold fra {name}") >= 1
            assert ("KANARIEFUGL" in text) is sees, (reader, form)
            assert ("Ellers enig." in text) is sees, (reader, form)  # it may concern the closed item
    assert "KANARIEFUGL" not in str(public(whole))
    assert journal.first_broken() is None


def encode_without(whole: Any) -> Any:
    """The record without what comes after the reading-out."""
    return replace(whole, signatures=(), items=tuple(replace(item, reservations=()) for item in whole.items))


def test_a_reservation_at_an_item_that_is_closed_later_goes_with_it(
    world: World, in_open: OpenSitting, browser_of: Browser
) -> None:
    minutes = in_open.finish()
    sign(in_open, minutes, "member", reservations={in_open.items[0].pk: "KANARIEFUGL blev nævnt."})
    assert "KANARIEFUGL" in papers(browser_of("observer"), in_open)["screen"]
    told = {"legal_ground": "Forvaltningslovens § 27", "public_title": "En sag", "by": world["secretary"]}
    in_open.do(cases.close, in_open.items[0].case, **told)
    assert "KANARIEFUGL" in papers(browser_of("member"), in_open)["screen"]
    assert not any("KANARIEFUGL" in text for text in papers(browser_of("observer"), in_open).values())


def test_a_reservation_is_made_at_items_of_this_meeting_and_not_without_end(world: World, sitting: Sitting) -> None:
    minutes = sitting.finish()
    other = OpenSitting(world, days=60)
    with pytest.raises(NotPermitted):
        sign(sitting, minutes, "member", reservations={other.items[0].pk: "Andet møde"})
    for told in ({"reservation": "x" * 200_001}, {"reservations": {sitting.items[0].pk: "x" * 200_001}}):
        with pytest.raises(Blocked):
            sign(sitting, minutes, "member", **told)
    assert not Signature.objects.exists()
    assert not Reservation.objects.exists()


def test_a_member_signs_with_reservations_on_the_page(world: World, in_open: OpenSitting, browser_of: Browser) -> None:
    minutes, client = in_open.finish(), browser_of("member", "low")
    assert "<details" in client.get(page_of(in_open)).content.decode()
    told = {"reservation": "", f"reservation-{in_open.items[1].pk}": "Bænkene\r\nvar røde.", "reservation-x": "Intet"}
    stale = client.post(page_of(in_open, "underskrift/skriv/"), {**told, "sha256": "0" * 64})
    assert stale.status_code == 422  # what was written is still there
    assert "Bænkene\nvar røde." in stale.content.decode()
    assert "Der er en nyere udgave" in stale.content.decode()
    done = client.post(page_of(in_open, "underskrift/skriv/"), {**told, "sha256": minutes.sha256})
    assert done.status_code == 302
    assert [(one.item, one.text) for one in Reservation.objects.all()] == [(in_open.items[1], "Bænkene\nvar røde.")]
    assert client.post(page_of(in_open, "underskrift/skriv/"), {"sha256": minutes.sha256}).status_code == 422


def test_who_took_no_part_signs_nothing(world: World, browser_of: Browser) -> None:
    sitting = OpenSitting(world)
    sitting.open("chair", "member")
    minutes = sitting.finish()
    client = browser_of("second")
    assert client.post(page_of(sitting, "underskrift/skriv/"), {"sha256": minutes.sha256}).status_code == 404


# --- a tablet that goes round ---


@pytest.fixture
def tablet(world: World, in_open: OpenSitting, browser_of: Browser) -> Client:
    """The secretary's, with the minutes of an open meeting on it."""
    in_open.write(in_open.items[0], "Træerne plantes i maj.")
    in_open.finish()
    for name in ("member", "second"):
        codes.set_code(world[name].person, CODE, CODE, by=world[name], at=world.at)
    client = browser_of("secretary")
    assert page_of(in_open, "tablet/") in client.get(page_of(in_open)).content.decode()
    assert "Begynd" in client.get(page_of(in_open, "tablet/")).content.decode()
    assert client.post(page_of(in_open, "tablet/")).headers["Location"] == page_of(in_open, "tablet/")
    return client


def test_one_after_the_other_signs_with_his_own_code(world: World, in_open: OpenSitting, tablet: Client) -> None:
    home, member = page_of(in_open, "tablet/"), world["member"].person
    page = tablet.get(home).content.decode()
    assert "Træerne plantes i maj." in page
    assert all(world[name].person.name in page for name in EVERYONE)
    own = f"{home}{member.pk}/"
    assert f"{own}?udgave=1" in page
    assert "Din egen kode" in tablet.get(f"{own}?udgave=1").content.decode()
    told = {"version": "1", f"reservation-{in_open.items[0].pk}": "I april."}
    wrong = tablet.post(own, {**told, "signing_code": "555111"})
    assert wrong.status_code == 422
    assert FAILED in wrong.content.decode()
    assert "I april." in wrong.content.decode()
    assert "555111" not in wrong.content.decode()
    done = tablet.post(own, {**told, "signing_code": CODE}, follow=True)
    assert done.redirect_chain == [(home, 302)]
    assert f"Tak, {member.name}" in done.content.decode()
    assert f"{own}?udgave=1" not in done.content.decode()
    signature = Signature.objects.get()
    assert (signature.person, signature.how, signature.reservations.get().text) == (member, "shared", "I april.")
    entry = JournalEntry.objects.filter(kind="minutes.MinutesSigned").get()
    assert (entry.by, entry.values["how"], entry.values["person"]) == (
        str(world["secretary"].pk), "shared", str(member.pk),
    )  # fmt: skip
    assert JournalEntry.objects.filter(kind="minutes.SharingBegan").count() == 1
    assert tablet.get(own).status_code == 404  # he has nothing more to sign
    strange = {"version": "1", "signing_code": CODE, f"reservation-{uuid4()}": "Andet møde"}
    assert tablet.post(f"{home}{world['second'].person.pk}/", strange).status_code == 404
    assert tablet.get(f"{home}{world['observer'].person.pk}/").status_code == 404
    for name in ("chair", "vice_chair"):
        sign(in_open, Minutes.objects.get(), name)
    tablet.post(f"{home}{world['second'].person.pk}/", {"version": "1", "signing_code": CODE})
    assert "Alle har skrevet under." in tablet.get(home).content.decode()
    assert journal.first_broken() is None


def test_a_tablet_reaches_nothing_else_until_it_is_logged_out(
    world: World, in_open: OpenSitting, tablet: Client, addresses: list[Address]  # noqa: F811
) -> None:  # fmt: skip
    """Not one address, with whatever method, whoever knows it."""
    home = page_of(in_open, "tablet/")
    assert tablet.session["level"] == "low"
    known = {address.path for address in addresses if address.route != "account_logout"}
    known |= {
        "/ind/x/",
        "/stop/x/",
        "/konto/ind/",
        "/konto/kode/",
        "/konto/faktorer/",
        "/konto/sessioner/",
        "/mit/underskriftskode/",
    }
    known |= {
        page_of(in_open),
        page_of(in_open, "referat.pdf"),
        home[:-1] + "X/",
        page_of(OpenSitting(world, days=60), "tablet/"),
    }
    assert len(known) > 100
    for path in known:
        for ask in (tablet.get, tablet.post):
            given = ask(path)
            assert given.status_code in (302, 404), path
            assert given.status_code == 404 or given.headers["Location"] == home, path
            assert "Træerne" not in given.content.decode()
    page = tablet.get(home).content.decode()
    assert 'href="/"' not in page.partition("<main")[2]
    assert reverse("account_logout") in page
    assert tablet.get(reverse("account_logout")).status_code == 200
    tablet.post(reverse("account_logout"))
    assert tablet.get(home).headers["Location"].startswith("/konto/ind/")
    assert tablet.get("/konto/ind/").status_code == 200  # and whoever logs in next is where he wants to be
    other = Client()
    other.force_login(world["secretary"], "allauth.account.auth_backends.AuthenticationBackend")
    assert other.get("/").status_code == 200


def test_a_tablet_ends_with_the_rights_of_who_brought_it(
    world: World, in_open: OpenSitting, tablet: Client, now: datetime
) -> None:
    seat = world.committee.memberships.get(person=world["secretary"].person)
    bodies.end_membership(seat, on=LONG_AGO + timedelta(days=1), by=world.administrator, at=now)
    assert tablet.get(page_of(in_open, "tablet/")).status_code == 404


def test_the_chair_can_bring_it_and_nobody_else(world: World, in_open: OpenSitting, browser_of: Browser) -> None:
    in_open.finish()
    for name in ("chair", "vice_chair"):
        client = browser_of(name)
        assert client.post(page_of(in_open, "tablet/")).status_code == 302
        assert "Hvem skriver under?" in client.get(page_of(in_open, "tablet/")).content.decode()
    for name in ("member", "observer", "case_worker"):
        assert browser_of(name).post(page_of(in_open, "tablet/")).status_code == 404
    assert browser_of("chair").get(page_of(in_open, f"tablet/{world['member'].person.pk}/")).status_code == 404


def test_what_is_closed_is_signed_by_who_has_read_it(world: World, sitting: Sitting, browser_of: Browser) -> None:
    """I40."""
    codes.set_code(world["member"].person, CODE, CODE, by=world["member"], at=world.at)
    sitting.write(sitting.items[1], "KANARIEFUGL i referatet")
    minutes, client = sitting.finish(), browser_of("secretary")
    why = "Man skriver under på sin egen enhed efter et stærkt login, eller på papir."
    assert why in client.get(page_of(sitting)).content.decode()
    assert page_of(sitting, "tablet/") not in client.get(page_of(sitting)).content.decode()
    assert why in client.get(page_of(sitting, "tablet/")).content.decode()
    assert client.post(page_of(sitting, "tablet/")).status_code == 422
    assert client.get("/").status_code == 200  # it was not begun
    told = {"sha256": minutes.sha256, "by": world["secretary"]}
    with pytest.raises(Blocked):
        sitting.do(signing.sign_shared, minutes, world["member"].person, CODE, **told)
    assert not Signature.objects.exists()


def test_what_is_closed_while_the_tablet_goes_round_shows_its_public_face(
    world: World, in_open: OpenSitting, tablet: Client
) -> None:
    told = {"legal_ground": "Forvaltningslovens § 27", "public_title": "En sag", "by": world["secretary"]}
    in_open.do(cases.close, in_open.items[0].case, **told)
    page = tablet.get(page_of(in_open, "tablet/")).content.decode()
    assert "Træerne" not in page
    assert "En sag" in page
    assert "stærkt login" in page
    own = page_of(in_open, f"tablet/{world['member'].person.pk}/")
    assert "Din egen kode" not in tablet.get(own).content.decode()
    assert tablet.post(own, {"version": "1", "signing_code": CODE}).status_code == 422
    assert not Signature.objects.exists()


def test_who_read_the_former_version_on_the_tablet_reads_the_newer_first(
    world: World, in_open: OpenSitting, tablet: Client
) -> None:
    correct(in_open, "Træerne plantes i april.")
    own = page_of(in_open, f"tablet/{world['member'].person.pk}/")
    told = tablet.post(own, {"version": "1", "signing_code": CODE})
    assert (told.status_code, "Der er en nyere udgave" in told.content.decode()) == (422, True)
    assert not Signature.objects.exists()


def test_only_who_signs_can_have_codes_tried_on_him(world: World, in_open: OpenSitting) -> None:
    minutes = in_open.finish()
    told = {"sha256": minutes.sha256, "by": world["secretary"]}
    with pytest.raises(NotPermitted):
        in_open.do(signing.sign_shared, minutes, world["observer"].person, "555111", **told)
    assert not FailedCode.objects.exists()


# --- corrections ---


def correct(sitting: Sitting, text: str, *, item: int = 0, because: str = "Måneden var forkert") -> Minutes:
    """Correct the one text of an item."""
    entry = Entry.objects.get(item=sitting.items[item])
    return sitting.do(signing.correct, newest(sitting), {entry.pk: text}, because)


def newest(sitting: Sitting) -> Minutes:
    return Minutes.objects.newest().get(meeting=sitting.meeting)


@pytest.fixture
def read_out(sitting: Sitting) -> Sitting:
    """A meeting with a text at each item, that has been adjourned."""
    sitting.write(sitting.items[0], "Træerne plantes i maj.", kind="decision", actor="committee")
    sitting.write(sitting.items[1], "KANARIEFUGL lejes.")
    sitting.write(sitting.items[2], "Bænkene males.")
    sitting.finish()
    return sitting


def test_a_correction_is_a_new_version_that_everyone_signs_anew(world: World, read_out: Sitting) -> None:
    first = newest(read_out)
    sign(read_out, first, "member", "chair")
    before, pdf = first.decoded(), keeping.store().read(first.pdf_sha256)
    asked = Message.objects.count()
    second = correct(read_out, "Træerne plantes i april.")

    assert (second.number, second.because, second.pdf_sha256 != first.pdf_sha256) == (2, "Måneden var forkert", True)
    after = second.decoded()
    assert after.items[0].decision == "**Beslutning (udvalget):** Træerne plantes i april.\n\nGodkendt."
    remark = "Rettet efter mødet, udgave 2: Måneden var forkert"
    assert [(one.kind, one.text, one.item) for one in after.notes] == [
        ("decision", "Træerne plantes i april.", "1"), ("remark", remark, "1"),
    ]  # fmt: skip
    # All else is what it was.
    assert replace(after, items=(before.items[0], *after.items[1:]), notes=before.notes) == before
    assert replace(after.items[0], decision=None) == replace(before.items[0], decision=None)

    # The former stays, with its paper and its signatures; its text stays with the paragraph.
    first.refresh_from_db()
    assert (first.decoded(), keeping.store().read(first.pdf_sha256)) == (before, pdf)
    assert first.signatures.count() == 2
    assert second.signatures.count() == 0
    texts = EntryText.objects.filter(entry__item=read_out.items[0]).values_list("number", "text", "is_beside")
    assert list(texts) == [(1, "Træerne plantes i maj.", False), (2, "Træerne plantes i april.", False)]
    assert Entry.objects.get(item=read_out.items[0]).text == "Træerne plantes i april."

    # Everyone is asked, in words that tell nothing.
    mails = Message.objects.order_by("at")[asked:]
    assert {one.person for one in mails} == {world[name].person for name in EVERYONE}
    assert {one.subject for one in mails} == {"Referatet er rettet: 1. møde, Byrumsudvalget"}
    assert not any(word in one.subject + one.text for one in mails for word in ("april", "Måneden", "Træer"))
    with pytest.raises(Blocked, match="nyere udgave"):
        sign(read_out, first, "second")
    with pytest.raises(Blocked):
        read_out.do(signing.add, read_out.meeting, " ")
    sign(read_out, second, "member", "chair", "second")
    assert signing.unsigned(second) == [world["vice_chair"].person]
    assert [one.kind for one in JournalEntry.objects.filter(about=journal.name_of(read_out.meeting))].count(
        "minutes.MinutesCorrected"
    ) == 1
    assert journal.first_broken() is None


def test_several_texts_are_corrected_in_one_round(read_out: Sitting) -> None:
    entries = {entry.item_id: entry for entry in Entry.objects.all()}
    texts = {entries[item.pk].pk: f"Ny tekst {number}" for number, item in enumerate(read_out.items)}
    second = read_out.do(signing.correct, newest(read_out), texts, "Skrivefejl")
    assert [f"Ny tekst {number}" in item.decision for number, item in enumerate(second.decoded().items)] == [True] * 3
    assert [one.item for one in second.decoded().notes if one.kind == "remark"] == ["1", "2", "3"]
    assert Minutes.objects.count() == 2


def test_a_case_shows_the_newest_words_and_goes_where_it_goes(world: World, sitting: Sitting) -> None:
    sitting.write(sitting.items[2], "Bænkene venter.")
    sitting.do(actions.set_outcome, sitting.items[2], "deferred")
    sitting.finish()
    case = Case.objects.get(title="Nye bænke")
    cases.save(case, {**case.content(), "summary": "Nyt resumé"}, version=case.version, by=world["secretary"],
               at=sitting.at)  # fmt: skip
    world.sent(Case.objects.get(pk=case.pk), days=60)
    second = correct(sitting, "Bænkene venter til juni.", item=2)
    case.refresh_from_db()
    assert case.state == "on_agenda"  # of the next meeting
    assert case.history.get(item=sitting.items[2].pk).decision == "Bænkene venter til juni.\n\nUdsat."
    assert "Nyt resumé" not in second.record  # what was read out is not what the case has become
    assert Case.objects.get(title="Nye træer").history.get().decision == "Godkendt."


def test_what_stands_in_the_way_of_a_correction(world: World, read_out: Sitting) -> None:
    entry, minutes = Entry.objects.get(item=read_out.items[0]), newest(read_out)

    def refused(texts: dict[Any, str], because: str = "Fejl") -> list[str]:
        with pytest.raises(Blocked) as told:
            read_out.do(signing.correct, minutes, texts, because)
        return told.value.obstacles

    assert refused({}) == refused({entry.pk: entry.text}) == ["Ingen tekst er ændret."]
    assert len(refused({entry.pk: " "}, " ")) == 2
    assert len(refused({entry.pk: "x" * 200_001}, "y" * 301)) == 2
    elsewhere = OpenSitting(world, days=60).open()
    other = elsewhere.write(elsewhere.items[0], "Andet møde")
    for strange in (other.pk, uuid4()):
        with pytest.raises(NotPermitted):
            read_out.do(signing.correct, minutes, {strange: "Nyt"}, "Fejl")
    Entry.objects.filter(pk=entry.pk).update(is_own=True, kind="dissent", person=world["member"].person)
    assert refused({entry.pk: "Nyt"}) == ["Det, en person selv har ført til protokol, kan ingen andre ændre."]
    Entry.objects.filter(pk=entry.pk).update(is_own=False, removed_at=read_out.at)
    with pytest.raises(NotPermitted):
        read_out.do(signing.correct, minutes, {entry.pk: "Nyt"}, "Fejl")
    assert Minutes.objects.count() == 1
    assert EntryText.objects.filter(entry__item__meeting=read_out.meeting).count() == 3


def test_once_everyone_has_signed_there_are_only_additions(read_out: Sitting, browser_of: Browser) -> None:
    """I25."""
    sign(read_out, newest(read_out), "chair", "vice_chair", "member")
    client, address = browser_of("secretary"), page_of(read_out, f"punkt/{read_out.items[0].pk}/ret/")
    assert address in client.get(page_of(read_out)).content.decode()
    sign(read_out, newest(read_out), "second")
    assert address not in client.get(page_of(read_out)).content.decode()
    assert "Alle har skrevet under, så teksten står fast." in client.get(address).content.decode()
    with pytest.raises(Blocked, match="Tilføj i stedet"):
        correct(read_out, "For sent")
    read_out.do(signing.add, read_out.meeting, "Det var i april.")
    assert [one.text for one in composing.shown(newest(read_out)).addenda] == ["Det var i april."]


def test_a_reservation_need_not_be_written_again(world: World, in_open: OpenSitting, browser_of: Browser) -> None:
    in_open.write(in_open.items[0], "Træerne plantes i maj.")
    said = {in_open.items[1].pk: "Bænkene var røde."}
    sign(in_open, in_open.finish(), "member", reservation="Ellers enig.", reservations=said)
    second = correct(in_open, "Træerne plantes i april.")
    page = browser_of("member").get(page_of(in_open)).content.decode()
    assert all(f">{text}</textarea>" in page for text in ("Bænkene var røde.", "Ellers enig."))
    assert "Bænkene var røde." not in browser_of("chair").get(page_of(in_open)).content.decode()
    tablet = browser_of("secretary")
    tablet.post(page_of(in_open, "tablet/"))
    own = page_of(in_open, f"tablet/{world['member'].person.pk}/")
    assert ">Bænkene var røde.</textarea>" in tablet.get(own).content.decode()
    assert not second.signatures.exists()


def test_two_corrections_of_one_version_lose_nothing(world: World, read_out: Sitting, browser_of: Browser) -> None:
    entry, first = Entry.objects.get(item=read_out.items[0]), newest(read_out)
    correct(read_out, "Den enes tekst")
    with pytest.raises(Conflict):
        read_out.do(signing.correct, first, {entry.pk: "Den andens tekst"}, "Fejl")
    told = {str(entry.pk): "Den andens tekst", "because": "Min grund", "version": "1"}
    page = browser_of("secretary").post(page_of(read_out, f"punkt/{read_out.items[0].pk}/ret/"), told)
    assert page.status_code == 422
    assert all(text in page.content.decode() for text in ("Den enes tekst", "Den andens tekst", "Min grund"))
    assert Minutes.objects.count() == 2
    # What was not touched here does not undo what the other has corrected.
    untouched = {**told, str(entry.pk): "Træerne plantes i maj."}
    page = browser_of("secretary").post(page_of(read_out, f"punkt/{read_out.items[0].pk}/ret/"), untouched)
    assert ">Den enes tekst</textarea>" in page.content.decode()
    assert "Træerne plantes i maj." not in page.content.decode()


def test_reminders_are_for_the_newest_version(world: World, read_out: Sitting) -> None:
    first = newest(read_out)
    sign(read_out, first, *EVERYONE[:3])
    second = correct(read_out, "Træerne plantes i april.")
    sign(read_out, second, *EVERYONE[1:])
    assert signing.remind_what_is_due(first.made_at + timedelta(days=4)) == 1
    assert not first.reminders.exists()


def test_the_front_page_asks_once_for_each_meeting(world: World, read_out: Sitting, browser_of: Browser) -> None:
    sign(read_out, newest(read_out), "member")
    ask = "Skriv under på referatet"
    assert browser_of("chair").get("/").content.decode().count(ask) == 1
    assert browser_of("member").get("/").content.decode().count(ask) == 0
    correct(read_out, "Træerne plantes i april.")
    for name in ("chair", "member"):
        assert browser_of(name).get("/").content.decode().count(ask) == 1


def test_every_version_can_be_read_by_who_could_read_it(world: World, read_out: Sitting, browser_of: Browser) -> None:
    first = newest(read_out)
    sign(read_out, first, "member", reservations={read_out.items[1].pk: "KANARIEFUGL var dyr."})
    correct(read_out, "Træerne plantes i april.")
    correct(read_out, "KANARIEFUGL købes.", item=1, because="KANARIEFUGL er ikke til leje")
    for name, sees in (("member", True), ("chair", True), ("observer", False), ("councillor", False)):
        client = browser_of(name)
        now, old = papers(client, read_out), papers(client, read_out, "udgave=1")
        asked = papers(client, read_out, "udgave=3")
        assert [asked[form] for form in ("docx", "html", "pages")] == [now[form] for form in ("docx", "html", "pages")]
        for form in now:
            assert "Træerne plantes i april." in now[form], (name, form)
            assert "Rettet efter mødet, udgave 2: Måneden var forkert" in now[form], (name, form)
            assert "Træerne plantes i maj." in old[form], (name, form)
            assert "Træerne plantes i april." not in old[form], (name, form)
            assert ("KANARIEFUGL" in now[form]) is ("KANARIEFUGL" in old[form]) is sees, (name, form)
        assert ("KANARIEFUGL er ikke til leje" in now["screen"]) is sees
        assert now["screen"].count("Udgave 3") == 1
        assert world["member"].person.name in now["screen"]
        assert "Se den nyeste udgave" in old["screen"]
        assert "Se den nyeste udgave" not in now["screen"]
        for wrong in ("4", "0", "x", "-1", "9" * 30):
            assert client.get(page_of(read_out) + f"?udgave={wrong}").status_code == 404
            assert client.get(page_of(read_out, f"referat.pdf?udgave={wrong}")).status_code == 404
    # What it said before is shown beside what it says.
    screen = browser_of("member").get(page_of(read_out) + "?udgave=2").content.decode()
    assert "Det stod der før" in screen
    assert "Træerne plantes i maj." in screen
    assert "underskrift/skriv/" not in screen  # an old version is signed no more
    assert "underskrift/skriv/" in browser_of("member").get(page_of(read_out)).content.decode()
    assert browser_of("user").get(page_of(read_out) + "?udgave=1").status_code == 404


def test_the_secretary_corrects_on_the_items_own_page(world: World, read_out: Sitting, browser_of: Browser) -> None:
    client, address = browser_of("secretary"), page_of(read_out, f"punkt/{read_out.items[0].pk}/ret/")
    entry = Entry.objects.get(item=read_out.items[0])
    own = Entry.objects.create(
        item=read_out.items[0], order=9, kind="dissent", text="Jeg er uenig.", person=world["second"].person,
        is_own=True, version=1, changed_at=read_out.at,
    )  # fmt: skip
    page = client.get(address).content.decode()
    assert "Træerne plantes i maj." in page
    assert "Jeg er uenig." in page
    assert f'name="{own.pk}"' not in page
    empty = client.post(address, {str(entry.pk): "Nyt", "because": "", "version": "1"})
    assert (empty.status_code, ">Nyt</textarea>" in empty.content.decode()) == (422, True)
    told = {str(entry.pk): "Træerne\r\nplantes.", str(own.pk): "Jeg er enig.", "because": "Fejl", "version": "1"}
    done = client.post(address, told, follow=True)
    assert "Alle er bedt om at skrive under" in done.content.decode()
    assert Entry.objects.get(pk=entry.pk).text == "Træerne\nplantes."
    assert Entry.objects.get(pk=own.pk).text == "Jeg er uenig."
    for name in ("chair", "member", "case_worker", "administrator"):
        assert browser_of(name).get(address).status_code == 404
    closed = page_of(read_out, f"punkt/{read_out.items[1].pk}/ret/")
    assert browser_of("secretary", "low").get(closed).status_code == 403
    assert closed not in browser_of("secretary", "low").get(page_of(read_out)).content.decode()
    reads = JournalEntry.objects.filter(kind="files.ClosedRead").count()
    assert client.get(closed).status_code == 200
    assert JournalEntry.objects.filter(kind="files.ClosedRead").count() == reads + 1
    nowhere = OpenSitting(world, days=60).open()
    assert client.get(page_of(nowhere, f"punkt/{nowhere.items[0].pk}/ret/")).status_code == 302
