"""Six questions that are answered once, sealed until the box is opened, and read by nobody's name (I19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from raadslag.workspace.bodies.models import Membership
from raadslag.workspace.closing import evaluating, exporting, sealing
from raadslag.workspace.closing.models import Evaluation, HasAnswered, SaidWords, SealedAnswer
from raadslag.workspace.closing.sealing import Answer, BadCode, WrongKey
from raadslag.workspace.common.errors import Blocked, Conflict
from raadslag.workspace.common.models import Answered, JournalEntry
from raadslag.workspace.meetings.models import Invitation

from .conftest import World

pytestmark = pytest.mark.django_db
SIX = ("chair", "vice_chair", "member", "second", "third", "fourth")
Page = Callable[..., Client]


class Box:
    """An evaluation that six people are asked to answer."""

    def __init__(self, world: World) -> None:
        self.world, self.told = world, {"by": world["facilitator"], "at": world.at}
        for name in ("third", "fourth"):
            world.appoint(name, "member", world.committee)
        self.evaluation = evaluating.prepare(world.committee, evaluating.our_questions(), **self.told)
        self.code = evaluating.open_(self.evaluation, **self.told)
        self.evaluation.refresh_from_db()

    def put(self, *names: str) -> None:
        for number, name in enumerate(names):
            evaluating.answer(self.evaluation, said(number % 5 + 1, f"Ord af {name}"), by=self.world[name])

    def close(self, code: str | None = None) -> Evaluation:
        return evaluating.close(self.evaluation, self.code if code is None else code, **self.told)

    def path(self, name: str) -> str:
        return reverse(f"closing:{name}", args=[self.world.committee.pk])


def said(choice: int | None, *words: str) -> Answer:
    return Answer((choice,) * 6, (*words, *[""] * (6 - len(words))))


@pytest.fixture
def box(world: World) -> Box:
    return Box(world)


# --- sealing ---


_TEXTS = st.text(max_size=sealing.LONGEST)
_ANSWERS = st.builds(
    Answer,
    st.tuples(*[st.none() | st.integers(1, 5)] * 6),
    st.tuples(*[_TEXTS] * 6),
)


@given(_ANSWERS)
def test_what_is_sealed_comes_back_and_is_of_one_size(answer: Answer) -> None:
    pair, box = sealing.new_pair(), uuid4()
    sealed = sealing.seal(pair.public, box, answer)
    assert sealing.unseal(pair.code, box, sealed) == answer
    assert len(sealed) == len(sealing.seal(pair.public, box, said(None)))
    with pytest.raises(WrongKey):
        sealing.unseal(pair.code, uuid4(), sealed)
    with pytest.raises(WrongKey):
        sealing.unseal(sealing.new_pair().code, box, sealed)


def test_the_longest_answer_there_can_be_fits() -> None:
    longest = Answer((None,) * 6, ("\U0001f333" * sealing.LONGEST,) * 6)
    pair, box = sealing.new_pair(), uuid4()
    assert sealing.unseal(pair.code, box, sealing.seal(pair.public, box, longest)) == longest


def test_a_code_is_typed_as_people_type_and_each_slip_is_seen() -> None:
    pair = sealing.new_pair()
    groups = pair.code.split("-")
    assert [len(group) for group in groups] == [4] * 14
    assert sealing.public_of(pair.code) == pair.public
    assert sealing.public_of(pair.code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == pair.public
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    missed = 0
    for at, letter in enumerate(pair.code):
        if letter == "-":
            continue
        other = letters[(letters.index(letter) + 1) % 32]
        try:
            sealing.public_of(pair.code[:at] + other + pair.code[at + 1 :])
        except BadCode:
            continue
        missed += 1
    assert missed == 0  # by chance one slip in a million is missed, and then it opens nothing
    for wrong in ("", "abc", pair.code[:-1], pair.code + "A", pair.code.replace(pair.code[0], "U"), "æ" * 56):
        with pytest.raises(BadCode):
            sealing.public_of(wrong)


# --- its course ---


def test_six_people_answer_and_the_box_is_opened_by_its_code(box: Box) -> None:
    box.put(*SIX)
    assert (HasAnswered.objects.count(), SealedAnswer.objects.count()) == (6, 6)
    closed = box.close(box.code.lower())
    assert (closed.state, closed.is_read, closed.answered) == ("closed", True, 6)
    assert closed.counts == [[2, 1, 1, 1, 1, 0]] * 6
    assert {(one.question, one.text) for one in SaidWords.objects.all()} == {(0, f"Ord af {name}") for name in SIX}
    assert not SealedAnswer.objects.exists()
    kinds = list(JournalEntry.objects.filter(kind__startswith="closing.").values_list("kind", flat=True))
    assert kinds == ["closing.EvaluationPrepared", "closing.EvaluationOpened", "closing.EvaluationClosed"]
    with pytest.raises(Blocked, match="ikke åben"):
        box.put("host")
    with pytest.raises(Blocked, match="ikke åben"):
        box.close()


def test_one_answers_once_and_whole(box: Box) -> None:
    box.put("chair")
    with pytest.raises(Blocked, match="Du har svaret"):
        box.put("chair")
    for wrong in (Answer((3,) * 5, ("",) * 6), Answer((6, *[1] * 5), ("",) * 6), Answer((0, *[1] * 5), ("",) * 6)):
        with pytest.raises(Blocked, match="Vælg et svar"):
            evaluating.answer(box.evaluation, wrong, by=box.world["member"])
    with pytest.raises(Blocked, match="for lang"):
        evaluating.answer(box.evaluation, said(1, "x" * 1001), by=box.world["member"])
    assert (HasAnswered.objects.count(), SealedAnswer.objects.count()) == (1, 1)


def test_a_wrong_code_loses_nothing(box: Box) -> None:
    box.put(*SIX)
    before = set(SealedAnswer.objects.values_list("sealed", flat=True))
    for wrong, words in (("", "ikke en hel kode"), (box.code[:-1] + "?", "ikke en hel kode"),
                         (sealing.new_pair().code, "koden til en anden kasse")):  # fmt: skip
        with pytest.raises(Blocked, match=words):
            box.close(wrong)
    assert set(SealedAnswer.objects.values_list("sealed", flat=True)) == before
    assert box.close().is_read


def test_fewer_than_five_are_read_by_nobody(box: Box) -> None:
    box.put(*SIX[:4])
    closed = box.close("")
    assert (closed.is_read, closed.answered, closed.counts) == (False, 4, [])
    assert not SealedAnswer.objects.exists()
    assert not SaidWords.objects.exists()
    later = {**box.told, "at": box.world.at + timedelta(days=1)}
    again = evaluating.prepare(box.world.committee, evaluating.our_questions(), **later)
    assert again.pk != closed.pk
    assert evaluating.current(box.world.committee) == again


def test_where_the_code_is_lost_the_box_is_given_up_with_a_reason(box: Box) -> None:
    box.put(*SIX)
    with pytest.raises(Blocked, match="Sig, hvorfor"):
        evaluating.give_up(box.evaluation, " ", **box.told)
    with pytest.raises(Blocked, match="beholder den kode"):
        evaluating.open_(box.evaluation, **box.told)
    closed = evaluating.give_up(box.evaluation, "Papiret er væk.", **box.told)
    assert (closed.is_read, closed.answered, closed.because) == (False, 6, "Papiret er væk.")
    assert not SealedAnswer.objects.exists()


def test_an_empty_box_can_get_another_code_and_the_first_opens_it_no_more(box: Box) -> None:
    code = evaluating.open_(box.evaluation, **box.told)
    box.evaluation.refresh_from_db()
    box.put(*SIX)
    with pytest.raises(Blocked, match="koden til en anden kasse"):
        box.close()
    assert box.close(code).is_read


def test_questions_are_changed_until_it_is_opened_and_by_one_at_a_time(world: World) -> None:
    told = {"by": world["facilitator"], "at": world.at}
    ours = evaluating.our_questions()
    assert len(ours) == 6
    assert all(one["da"] and one["en"] for one in ours)
    first = evaluating.prepare(world.committee, [{**ours[0], "da": "Gik det godt?"}, *ours[1:]], **told)
    assert first.asked()[0] == "Gik det godt?"
    with pytest.raises(Conflict):
        evaluating.prepare(world.committee, ours, **told)
    with pytest.raises(Blocked, match="seks spørgsmål"):
        evaluating.prepare(world.committee, ours[:5], version=1, **told)
    with pytest.raises(Blocked, match="Færre end fem"):
        evaluating.open_(first, **told)
    for name in ("third", "fourth"):
        world.appoint(name, "member", world.committee)
    evaluating.open_(first, **told)
    with pytest.raises(Blocked, match="er åben"):
        evaluating.prepare(world.committee, ours, version=1, **told)


# --- the pages ---


def filled(words: str = "", **more: Any) -> dict[str, Any]:
    return {**{f"choice{at}": "4" for at in range(6)}, "words0": words, **more}


def test_the_whole_course_by_its_pages(world: World, browser_of: Page) -> None:
    for name in ("third", "fourth"):
        world.appoint(name, "member", world.committee)
    leads = browser_of("facilitator", "low")
    where = reverse("closing:evaluation", args=[world.committee.pk])
    page = leads.get(where).content.decode()
    assert "Det var til at forstå, hvad vi skulle løse." in page
    ours = {f"{name}{at}": one[name] for at, one in enumerate(evaluating.our_questions()) for name in ("da", "en")}
    assert leads.post(where + "spoergsmaal/", {**ours, "version": 0}).status_code == 302
    assert leads.post(where + "spoergsmaal/", {**ours, "version": 0}).status_code == 422  # saved since
    given = leads.post(where + "aabn/", {})
    code = given.context["code"]
    assert code in given.content.decode()
    assert given.headers["Cache-Control"] == "no-store, private"
    assert code not in leads.get(where).content.decode()
    for number, name in enumerate(SIX):
        page = browser_of(name, "low").get(where + "svar/")
        assert page.status_code == 200
        assert 'name="once"' not in page.content.decode().split("<main")[1]
        assert browser_of(name, "low").post(where + "svar/", filled(f"Ord {number}", once="n" * 20)).status_code == 302
        assert browser_of(name, "low").get(where + "svar/").status_code == 302
        again = browser_of(name, "low").post(where + "svar/", filled("Igen"))
        assert (again.status_code, "Igen" in again.content.decode()) == (422, True)
    assert not Answered.objects.filter(key="n" * 20).exists()
    assert "6 af 6 har svaret" in leads.get(where).content.decode()
    wrong = leads.post(where + "luk/", {"evaluation_code": "ABCD"})
    assert (wrong.status_code, Evaluation.objects.get().state) == (422, "open")
    assert leads.post(where + "luk/", {"evaluation_code": code}).status_code == 302
    page = browser_of("member", "low").get(where).content.decode()
    assert all(f"Ord {number}" in page for number in range(6))
    assert browser_of("member", "low").get(where + "1.svg").headers["Content-Type"] == "image/svg+xml"
    assert browser_of("member", "low").get(where + "7.svg").status_code == 404
    asked = exporting.Asked(world.committee, world["secretary"], "substantial", world.at)
    pieces = {one.path: one.body for one in exporting._evaluation(asked)}
    assert b"1, slet ikke: " in pieces["evaluering.html"]
    assert b"Ved ikke: " in pieces["evaluering.html"]


def test_a_choice_that_is_missing_is_told_and_the_words_stay(box: Box, browser_of: Page) -> None:
    given = filled("Det skrev jeg")
    del given["choice2"]
    page = browser_of("member").post(box.path("evaluation-answer"), given)
    assert page.status_code == 422
    assert "Det skrev jeg" in page.content.decode()
    assert page.content.decode().count("Vælg et svar, eller »ved ikke«.") == 1
    assert not HasAnswered.objects.exists()


def test_who_takes_part_answers_and_a_substitute_once_called_in(box: Box, browser_of: Page) -> None:
    names = ("secretary", "facilitator", "host", "substitute", "observer", "mayor", "member", "chair")
    answers = {name: browser_of(name).get(box.path("evaluation-answer")).status_code for name in names}
    assert answers == {**dict.fromkeys(answers, 404), "member": 200, "chair": 200}
    meeting = box.world.sent(box.world.case())
    Invitation.objects.create(
        meeting=meeting, person=box.world["substitute"].person, is_seated=True, called_at=box.world.at,
        substitute_for=box.world["second"].person,
    )  # fmt: skip
    page = browser_of("substitute").get(box.path("evaluation-answer"))
    assert page.status_code == 200
    assert "0 af 7 har svaret" in browser_of("facilitator").get(box.path("evaluation")).content.decode()


def test_the_code_is_not_shown_again_where_a_login_ran_out(box: Box, client: Client) -> None:
    page = client.post(box.path("evaluation-close"), {"evaluation_code": box.code})
    assert page.status_code == 401
    assert box.code not in page.content.decode()


def test_many_answers_take_no_more_questions_than_few(box: Box, browser_of: Page) -> None:
    def asked() -> int:
        client.get(box.path("evaluation"))
        with CaptureQueriesContext(connection) as told:
            client.get(box.path("evaluation"))
        return len(told)

    client = browser_of("facilitator")
    box.put("chair")
    few = asked()
    for number in range(8):
        box.world.appoint(f"more{number}", "member", box.world.committee)
        box.put(f"more{number}")
    assert Membership.objects.filter(organization=box.world.committee).count() > 12
    assert asked() == few
    box.close()
    one = asked()
    SaidWords.objects.exclude(pk=SaidWords.objects.first().pk).delete()
    assert asked() == one
