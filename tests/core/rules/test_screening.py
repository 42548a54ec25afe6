"""CPR-shaped numbers in texts, and the judgement of passages. What files hide is in readers/test_hidden.py."""

from __future__ import annotations

import datetime
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raadslag.core import record as r
from raadslag.core.rules import screening
from raadslag.core.rules.screening import (
    Hit,
    Passage,
    cpr_numbers,
    hits,
    is_valid_cpr_date,
    mask,
    screen_record,
    texts,
)
from tests.core.readers.planted import DATE, NUMBER, SEPARATORS, SERIAL, WAYS
from tests.strategies import records

FOUND = [f"{DATE}{separator}{SERIAL}" for separator in SEPARATORS.values()] + list(WAYS.values())


@pytest.mark.parametrize("written", FOUND)
@pytest.mark.parametrize("around", ["{}", "Vedr. {}, se bilag", "a\n{}\nb", "({})"])
def test_a_number_is_found_however_it_is_written(written, around):
    (number,) = cpr_numbers(around.format(written))
    assert sum(char.isdigit() for char in number.excerpt) == 0


@pytest.mark.parametrize(
    "text",
    [
        "1234567890123",
        "20101234567",
        "kr. 1.012.030.123",
        "12-10-2019 14",
        "2012-10-12 14",
        "10.12.19 18.30",
        "den 10.12.19 18:30",
        "2026-11-22T21:07:28+00:00",
        "2026-11-22T21:07:28+0100",
        "2026-11-22 21:07:28 +0100",
        "21:07:28+01:00",
        "12 34 56 78",
        "+45 12 34 56 78",
        "CVR 12 34 56 78",
        "CVR-nr. 12345678",
        "EAN 5790001234567",
        "05.09.00P20-0028",
        "EMN-2018-00105",
        "27.36.04-A00-1-17",
        "00.22.04K08",
        "321203-1234",
        "011303-1234",
        "000103-1234",
        "290203-1234",
        "310404-1234",
        "920103-1234",
        "10 11 12 13 14 15",
        "1 0 1 1 0 2 0 1 0 1 0",
        "010203 eller 1234",
        "010203           a 1234",
        "101112" + "." * 9 + "1234",
        "101112 ...  ..... 1234",
        "10\n\n11\n12\n13\n14",
        "a1234567-0102-0304-0506-010203040506",
        "9" * 64,
        "0a" * 20,
        "se 010203-12345",
        "9010203-1234",
        "10\n11\n12-1234 1",
        "side 1 af 10",
        "den 01-02-2003 1234",
        "den 01.02.2003, 1234",
        "32-02-2003-1234",
        "01-02-2103-1234",
        "01-02-2003-123",
        "01-\n02-2003-1234",
        "010219031234",
        "00.30.10-2015-1234",
        "01-02-2003-1234-5",
        "https://x.example/moeder/01-02-2003-1234",
        "010203y1234",
        "01 x 02 x 03 x 1234",
        "01x02x1003 12",
        "010203 nr. 1234",
    ],
)
def test_other_figures_are_left_alone(text):
    assert cpr_numbers(text) == ()


def test_modulus_11_is_told_and_never_asked_for():
    assert [n.reason.rpartition(", ")[2] for n in cpr_numbers("070761-4285 eller 070761-4286")] == [
        "with modulus 11",
        "without modulus 11",
    ]


def test_a_number_tells_its_line_and_its_words_but_not_itself():
    (number,) = cpr_numbers(f"Linje et\n\nBorgeren {NUMBER} har klaget over afgørelsen af 12. marts 2018 og mere\n")
    assert (number.line, number.excerpt) == (3, "Linje et Borgeren ••••••-•••• har klaget over afg…")


@pytest.mark.parametrize("gap", ["." * 8, "...  ....", ".\n\n\t.      ...."])
def test_the_two_parts_may_stand_eight_signs_apart_and_white_space_counts_once(gap):
    assert len(cpr_numbers(f"{DATE}{gap}{SERIAL}")) == 1
    assert cpr_numbers(f"{DATE}{gap}.{SERIAL}") == ()


def test_a_number_with_its_century_is_the_same_number_without_it():
    (hit,) = hits([Passage("070761-4285", "a"), Passage("07-07-1961-4285", "b", "source")])
    assert (hit.place, hit.reason.rpartition(", ")[2]) == ("a", "with modulus 11")


def test_a_number_with_colons_is_no_time_where_no_day_stands_before():
    assert len(cpr_numbers("Borger 01:02:03-0000")) == len(cpr_numbers("01:02:03 0000")) == 1


def test_a_number_that_two_readings_see_is_told_once():
    assert len(cpr_numbers(f"Hansen &amp; Holm, {NUMBER}")) == 1


def test_the_same_number_is_told_where_it_stands_twice():
    assert [n.line for n in cpr_numbers(f"{NUMBER}\nx\n{NUMBER}")] == [1, 3]


@given(st.dates(datetime.date(1858, 1, 1), datetime.date(2057, 12, 31)), st.integers(0, 9999), st.booleans())
def test_every_date_of_every_century_is_a_date(day, serial, is_replacement):
    digits = f"{day.day + 60 * is_replacement:02}{day:%m%y}{serial:04}"
    assert is_valid_cpr_date(digits)
    assert len(cpr_numbers(f"{digits[:6]}-{digits[6:]}")) == 1


@given(st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_no_other_six_digits_are_a_date(digits):
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    dates = []
    for century in (1800, 1900, 2000):
        for shift in (0, 60):
            try:
                dates.append(datetime.date(century + year, month, day - shift))
            except ValueError:
                continue
    assert is_valid_cpr_date(digits) == bool(dates)


@given(st.text())
def test_a_mask_leaves_no_number(text):
    assert cpr_numbers(mask(text)) == ()


@pytest.mark.parametrize("written", FOUND)
def test_a_mask_leaves_no_number_of_any_writing(written):
    assert cpr_numbers(mask(f"x {written} y")) == ()


def test_a_mask_changes_no_other_text():
    assert mask("12. marts &amp; 5 %") == "12. marts &amp; 5 %"


def test_escapes_that_are_no_character_stay():
    assert cpr_numbers(r"\u{110000} \u{30}102\u{00030}3-0000") != ()


# --- passages --------------------------------------------------------------------------------------------

SHOWN = Passage("Udvalget drøftede budgettet for det kommende år. Ja til alt.", "page 1")


def rules(*passages: Passage) -> list[str]:
    return [hit.rule for hit in hits((SHOWN, *passages))]


@pytest.mark.parametrize(
    "standing", ["replacement", "alternate", "comment", "form_field", "earlier_revision", "leftover", "hidden"]
)
def test_what_the_page_shows_as_well_is_no_concern(standing):
    assert rules(Passage("drøftede  BUDGET-\ntet for det kom\u00admende", "x", standing)) == []
    assert rules(Passage("det kommende år; Udvalget drøftede budgettet", "x", standing)) == []
    assert rules(Passage("drøftede borgerens budget", "x", standing)) == [standing]
    assert rules(Passage("borger", "x", standing)) == [standing]
    assert rules(Passage("Ja", "x", standing)) == []
    assert rules(Passage("\n - \n", "x", standing)) == []


def test_a_line_shown_in_parts_is_shown_only_where_no_part_is_shorter_than_twelve_letters():
    """Short parts are shown somewhere by chance, so a secret could be put together from them."""
    assert rules(Passage("budgettet for drøftede budget", "x", "hidden")) == []
    assert rules(Passage("det kommende drøftede budget", "x", "hidden")) == ["hidden"]  # eleven, then fourteen


def test_only_the_lines_that_say_more_are_quoted():
    (hit,) = hits((SHOWN, Passage("Udvalget drøftede\nborgerens sag\nbudgettet for", "x", "earlier_revision")))
    assert hit.excerpt == "borgerens sag"


def test_a_title_made_of_words_of_the_page_is_no_concern():
    assert rules(Passage("Budgettet, udvalget", "x", "metadata")) == []
    assert rules(Passage("Budgettet, Hansen", "x", "metadata")) == ["metadata"]


@pytest.mark.parametrize(
    "standing",
    ["covered", "invisible", "machine_read", "faint", "outside", "tiny", "switched_off", "embedded", "unscreenable"],
)
def test_what_is_hidden_is_a_concern_even_where_it_repeats(standing):
    assert rules(Passage("Udvalget drøftede", "x", standing)) == [standing]


def test_what_programs_read_is_screened_for_numbers_only():
    assert rules(Passage("noget helt andet", "x", "technical")) == []
    assert rules(Passage(NUMBER, "x", "technical")) == ["cpr"]


def test_the_raw_source_tells_only_what_nothing_else_told():
    assert rules(Passage(NUMBER, "x"), Passage(NUMBER, "y", "source")) == ["cpr"]
    assert rules(Passage(NUMBER, "x"), Passage(f"{NUMBER} 040506-0000", "y", "source")) == ["cpr", "cpr"]
    assert rules(Passage(NUMBER, "x", "source")) == ["cpr"]


def test_a_hit_repeats_a_number_neither_in_its_place_nor_in_its_excerpt():
    (covered, number) = hits([Passage(f"Borger {NUMBER}", f"{NUMBER}.txt", "covered")])
    assert covered.excerpt == number.excerpt == "Borger ••••••-••••"
    assert covered.place == number.place == "••••••-••••.txt"


def test_a_long_excerpt_is_cut_and_on_one_line():
    (hit,) = hits([Passage("ord\n\x07\u202e" * 40, "x", "hidden")])
    assert len(hit.excerpt) <= 61
    assert hit.excerpt.isprintable()
    assert hit.excerpt.endswith("…")


def test_the_same_hit_is_told_once():
    assert rules(Passage("x", "y", "covered"), Passage("x", "y", "covered")) == ["covered"]


# --- records ---------------------------------------------------------------------------------------------


def test_every_text_of_a_record_is_screened():
    record = r.Meeting(
        title=NUMBER,
        attendance=(r.Attendance(person="A", status="absent", reason=NUMBER),),
        items=(r.Item(order=1, votes=(r.Vote(for_=r.VoteSide(who=(NUMBER,))),), files=(r.File(title=NUMBER),)),),
        provenance=r.Provenance(spans={NUMBER: (1, 1)}, warnings=(r.Warning(code="x", message=NUMBER),)),
    )
    assert [hit.place for hit in screen_record(record)] == [
        "title",
        "attendance.0.reason",
        "items.0.votes.0.for.who.0",
        "items.0.files.0.title",
        "provenance.spans, a name",
        "provenance.warnings.0.message",
    ]


def test_a_record_without_numbers_gives_no_hit():
    assert screen_record(r.Meeting(title="Møde", items=(r.Item(order=1, title="Sag 12", access="closed"),))) == ()


@settings(max_examples=40)
@given(records(), st.data())
def test_a_number_anywhere_in_any_record_is_found(record, data):
    """Each text of a generated record in turn may be the one that holds a number."""
    value = json.loads(r.encode(record))
    paths = [path for path, text in texts(value) if text and "," not in path]
    place = data.draw(
        st.sampled_from([p for p in paths if _kind(value, p) is str and p not in ("schema", "type")] or [""])
    )
    if place:
        _set(value, place, f"se {NUMBER} her")
        assert any(hit.rule == "cpr" for hit in hits(Passage(text, path) for path, text in texts(value)))


def _walk(value, path):
    *steps, last = path.split(".")
    for step in steps:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value, int(last) if isinstance(value, list) else last


def _kind(value, path):
    try:
        inner, last = _walk(value, path)
        return type(inner[last])
    except (KeyError, ValueError, IndexError):
        return None


def _set(value, path, text):
    inner, last = _walk(value, path)
    inner[last] = text


def test_a_hit_is_a_value():
    assert Hit("cpr", "a", "b", "c") == Hit("cpr", "a", "b", "c")


def test_the_quick_look_never_passes_over_a_number(monkeypatch):
    letters = st.sampled_from("0123456789OoIl¹²³٣߁ -./*_`~\\\xad\u200b\x00\x07\n\u0301\uff10\U000e0031xa–’&#;")
    texts = st.text(letters, max_size=40)
    as_numbers = st.from_regex(r"[0-3OI][0-9][ .*]?[01O][0-9][ ._]?[0-9]{2}[-\u200b\xad ]?[0-9OIl]{4}", fullmatch=True)

    @given(texts, as_numbers, texts)
    @settings(max_examples=1000)
    def check(before, number, after):
        for text in (before, number, before + number + after):
            looked = screening._spans(text)
            with monkeypatch.context() as patched:
                patched.setattr(screening, "_may_hold_ten_digits", lambda _: True)
                assert screening._spans(text) == looked

    check()
