"""What the readers warn of, in the words of the person who looks through a paper."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WARNINGS = {
    "weekday_mismatch": _("The weekday beside the day of the meeting is another day’s."),
    "weekend_meeting": _("The meeting, or one that the text speaks of, is on a Saturday or Sunday."),
    "adjourned_before_start": _("The meeting was adjourned before it began."),
    "missing_time": _("A time belongs here, and its digits are missing."),
    "missing_date": _("The day of the meeting was not found."),
    "lost_digits": _("Digits have been lost here, when the paper was converted at some time."),
    "count_mismatch": _("The number of votes is another than the number of names beside it."),
    "unanswered_recommendation": _("The decision does not say what became of the recommendation."),
    "unknown_access": _("The paper does not say which items are open. All of them are closed until you say otherwise."),
    "image_only_page": _("A page holds only pictures. Nothing of it was read."),
    "tracked_changes": _("The document has tracked changes. They were read as if accepted."),
    "unknown_characters": _("The text holds characters that the file cannot name."),
    "control_characters": _("Characters that cannot be seen were taken out of the text."),
    "guessed_encoding": _("The file does not tell how its letters are written. It was guessed: look at æ, ø and å."),
}
