"""Who was there when: stories told, and random timelines against a model that looks at every moment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raadslag.core.rules import attendance
from raadslag.core.rules.attendance import Event, Presence

OPENED, ADJOURNED = Event("opened", "17.02"), Event("adjourned", "19.05")


def item(number, at=""):
    return Event("item", at, item=number)


def came(person, at=""):
    return Event("arrived", at, person)


def went(person, at=""):
    return Event("left", at, person)


def told(*events, person="a"):
    return attendance.presence([*events], [person])[person]


def test_who_is_there_from_the_opening_to_the_end_has_no_clocks():
    shown = told(came("a", "16.55"), OPENED, item("1"), item("2"), ADJOURNED)
    assert shown == Presence(True, "", "", {"1": "whole", "2": "whole"})


def test_who_comes_late_and_goes_early_was_at_some_items():
    shown = told(OPENED, item("1"), item("2"), came("a", "17.20"), item("3"), went("a", "18.00"), item("4"), ADJOURNED)
    assert shown == Presence(True, "17.20", "18.00", {"1": "none", "2": "part", "3": "part", "4": "none"})


def test_who_goes_out_and_comes_back_was_there_to_the_end():
    shown = told(came("a"), OPENED, item("1"), went("a", "17.30"), item("2"), came("a", "17.40"), item("3"), ADJOURNED)
    assert shown == Presence(True, "", "", {"1": "part", "2": "part", "3": "whole"})


def test_who_never_comes_is_absent():
    assert told(OPENED, item("1"), ADJOURNED) == Presence(False, "", "", {"1": "none"})


def test_who_left_before_the_opening_was_not_there():
    assert told(came("a"), went("a"), OPENED, item("1"), ADJOURNED) == Presence(False, "", "", {"1": "none"})


def test_who_comes_after_the_adjourning_was_not_there():
    assert told(OPENED, item("1"), ADJOURNED, came("a", "19.06")) == Presence(False, "", "", {"1": "none"})


def test_who_is_barred_from_an_item_was_not_in_it_and_may_be_let_in_again():
    barred = Event("barred", person="a", item="2")
    shown = told(came("a"), OPENED, item("1"), barred, item("2"), item("3"), ADJOURNED)
    assert shown.items == {"1": "whole", "2": "barred", "3": "whole"}
    again = told(came("a"), OPENED, barred, Event("unbarred", person="a", item="2"), item("2"), ADJOURNED)
    assert again.items == {"2": "whole"}
    assert told(OPENED, Event("unbarred", person="a", item="9"), ADJOURNED).items == {}


def test_the_clock_is_printed_and_orders_nothing():
    """I32: the clock was set back in between."""
    shown = told(OPENED, item("1", "17.10"), came("a", "16.20"), went("a", "16.10"), ADJOURNED)
    assert (shown.arrived, shown.left) == ("16.20", "16.10")


def test_the_room_tells_who_takes_part_now():
    room = attendance.now([came("a"), came("b"), OPENED, item("1"), Event("barred", person="b", item="1")])
    assert (room.takes_part("a"), room.takes_part("b"), room.takes_part("c")) == (True, False, False)
    room.after(item("2"))
    assert room.takes_part("b")


PEOPLE, ITEMS = ["a", "b", "c"], ["1", "2", "3"]
EVENTS = st.lists(
    st.one_of(
        st.builds(Event, st.sampled_from(["arrived", "left"]), st.just("x"), st.sampled_from(PEOPLE)),
        st.builds(Event, st.just("item"), st.just("x"), st.just(""), st.sampled_from(ITEMS)),
        st.builds(
            Event,
            st.sampled_from(["barred", "unbarred"]),
            st.just("x"),
            st.sampled_from(PEOPLE),
            st.sampled_from(ITEMS),
        ),
    ),
    max_size=25,
)


@given(EVENTS, EVENTS)
def test_presence_is_what_a_look_at_every_moment_shows(before, during):
    events = [*before, Event("opened", "o"), *during, Event("adjourned", "e")]
    shown = attendance.presence(events, PEOPLE)
    for person in PEOPLE:
        moments = []  # (item at hand, in the room) after each event from the opening on
        inside, hand = False, ""
        barred = set()
        for number, event in enumerate(events):
            if event.kind == "item":
                hand = event.item
            if event.person == person and event.kind in ("arrived", "left"):
                inside = event.kind == "arrived"
            if event.person == person and event.kind == "barred":
                barred.add(event.item)
            if event.person == person and event.kind == "unbarred":
                barred.discard(event.item)
            if len(before) <= number < len(events) - 1:
                moments.append((hand, inside))
        assert shown[person].is_present == any(inside for _, inside in moments)
        for one in {hand for hand, _ in moments if hand}:
            looks = [inside for hand, inside in moments if hand == one]
            expected = "barred" if one in barred else "whole" if all(looks) else "part" if any(looks) else "none"
            assert shown[person].items[one] == expected
        assert set(shown[person].items) == {hand for hand, _ in moments if hand}
        assert bool(shown[person].arrived) == (shown[person].is_present and not moments[0][1])
        assert bool(shown[person].left) == (shown[person].is_present and not moments[-1][1])


@pytest.mark.parametrize("kind", ["opened", "adjourned"])
def test_an_opening_and_an_ending_are_marked(kind):
    room = attendance.now([Event(kind)])
    assert (room.is_open, room.is_over) == (kind == "opened", kind == "adjourned")
