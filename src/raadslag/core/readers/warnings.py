"""The codes of all warnings that a record may carry, and what each means.

A warning never changes a value. A test holds this table against the codes that the readers give.
"""

from __future__ import annotations

CODES = {
    "weekday_mismatch": "the weekday beside the meeting's day is another day's",
    "weekend_meeting": "the meeting, or one that the text speaks of, is on a Saturday or Sunday",
    "adjourned_before_start": "the meeting was adjourned before it began",
    "missing_time": "the label of a time stands there without digits",
    "missing_date": "no day of the meeting was found, or its label stands there without a date",
    "lost_digits": "a line shows that digits were lost in an earlier conversion",
    "count_mismatch": "a number of votes differs from the number of names beside it",
    "unanswered_recommendation": "the decision does not say what became of the recommendation",
    "unknown_access": "the paper does not say which of its items are open",
    "image_only_page": "a page holds pictures and no text, so nothing of it was read",
    "tracked_changes": "the document has tracked changes, which were read as accepted",
    "unknown_characters": "characters that the file cannot name stand in the text",
    "control_characters": "control, NUL or direction characters were taken out of the text",
    "guessed_encoding": "the text does not tell its encoding; it was guessed",
}
