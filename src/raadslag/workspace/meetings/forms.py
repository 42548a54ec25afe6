"""What is asked about meetings, items, answers and questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.bodies.forms import Day, DayField
from raadslag.workspace.cases.forms import Prose
from raadslag.workspace.cases.models import Access
from raadslag.workspace.meetings.models import Answer, Meeting


class Clock(forms.TimeInput):
    """A time, by the browser's own picker where it has one."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class MeetingForm(forms.Form):
    """Time and place."""

    title = forms.CharField(label=_("Name"), max_length=200, required=False, help_text=_("Such as 5th meeting."))
    on = DayField(label=_("Day"), widget=Day)
    begins = forms.TimeField(label=_("From"), widget=Clock, input_formats=["%H:%M", "%H.%M"])
    ends = forms.TimeField(label=_("To"), widget=Clock, input_formats=["%H:%M", "%H.%M"])
    place = forms.CharField(label=_("Place"), max_length=300, required=False)

    @staticmethod
    def initial_of(meeting: Meeting) -> dict[str, Any]:
        """What the form shows of a meeting."""
        start, end = timezone.localtime(meeting.start), timezone.localtime(meeting.end)
        return {
            "title": meeting.title, "on": start.date(), "begins": start.time(), "ends": end.time(),
            "place": meeting.place,
        }  # fmt: skip

    def given(self) -> dict[str, Any]:
        """Name, place, start and end in the body's zone."""
        data = self.cleaned_data
        zone = timezone.get_default_timezone()
        start, end = (datetime.combine(data["on"], data[name], zone) for name in ("begins", "ends"))
        return {"title": data["title"], "place": data["place"], "start": start, "end": end}


class NewMeetingForm(MeetingForm):
    """A meeting, also an extra one."""

    because = forms.CharField(label=_("Why, if it is an extra meeting"), max_length=300, required=False)
    decided_by = forms.CharField(label=_("Decided by"), max_length=200, required=False)


class YearForm(forms.Form):
    """A year's plan at once."""

    days = forms.CharField(
        label=_("Days"), widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One on each line, such as 2027-01-12 or 12.1.2027."),
    )  # fmt: skip
    begins = forms.TimeField(label=_("From"), widget=Clock, input_formats=["%H:%M", "%H.%M"])
    ends = forms.TimeField(label=_("To"), widget=Clock, input_formats=["%H:%M", "%H.%M"])
    place = forms.CharField(label=_("Place"), max_length=300, required=False)

    def clean_days(self) -> list[Any]:
        """The days, each read by itself; the line that is none is named."""
        days, field = [], DayField(input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y"])
        for line in str(self.cleaned_data["days"]).splitlines():
            if line.strip():
                try:
                    days.append(field.clean(line.strip()))
                except forms.ValidationError:
                    raise forms.ValidationError(
                        _("“%(line)s” is not a day."), params={"line": line.strip()[:40]}
                    ) from None
        return days


class ItemForm(forms.Form):
    """An item or a point of the programme."""

    title = forms.CharField(label=_("Heading"), max_length=300)
    minutes = forms.IntegerField(label=_("Length in minutes"), min_value=0, max_value=1440, required=False)
    text = Prose(_("Text"), 4)
    access = forms.ChoiceField(label=_("Open or closed"), choices=Access.choices, widget=forms.RadioSelect)
    legal_ground = forms.CharField(label=_("Ground for closing"), max_length=300, required=False)
    public_title = forms.CharField(label=_("Heading that everyone may read"), max_length=300, required=False)
    late_because = forms.CharField(
        label=_("Why it is added later"), max_length=300, required=False, help_text=_("Only after the agenda was sent.")
    )


class CloseForm(forms.Form):
    """Closing an item that has gone out open."""

    legal_ground = forms.CharField(label=_("Ground for closing"), max_length=300)
    public_title = forms.CharField(label=_("Heading that everyone may read"), max_length=300)


class ReplyForm(forms.Form):
    """Coming or not."""

    answer = forms.ChoiceField(choices=[choice for choice in Answer.choices if choice[0]])
    reason = forms.CharField(label=_("Reason, if you wish"), max_length=300, required=False)


class TextForm(forms.Form):
    """A question or an answer."""

    text = forms.CharField(label=_("Your question"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
