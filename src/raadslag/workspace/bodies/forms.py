"""What is asked about bodies, organizations, memberships, mandates and rules."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.bodies.models import CitizenCall, Organization, Role
from raadslag.workspace.bodies.policies import CHOICES


class Day(forms.DateInput):
    """A day, by the browser's own picker where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day within the lives of the people concerned: what lies far outside is a slip of the hand."""

    def __init__(self, **kwargs: Any) -> None:
        limits = (MinValueValidator(date(1950, 1, 1)), MaxValueValidator(date(2150, 12, 31)))
        super().__init__(validators=limits, **kwargs)


class SetUpForm(forms.Form):
    """The first page of a new workspace."""

    municipality = forms.CharField(label=_("Municipality"), max_length=200)
    short_name = forms.CharField(
        label=_("Letters of case numbers"), max_length=10, help_text=_("Such as PRV: cases are called PRV-2026-00001.")
    )
    committee = forms.CharField(label=_("First committee"), max_length=200)
    classification = forms.ChoiceField(label=_("Kind"), choices=Organization.Classification.choices[:3], initial="task")
    administrator = forms.CharField(label=_("Your name"), max_length=200, help_text=_("You will be administrator."))
    email = forms.EmailField(label=_("Your e-mail"))


class OrganizationForm(forms.Form):
    """A committee or a group."""

    name = forms.CharField(label=_("Name"), max_length=200)
    classification = forms.ChoiceField(label=_("Kind"), choices=Organization.Classification.choices, initial="task")
    parent = forms.ModelChoiceField(
        label=_("Belongs to"),
        queryset=Organization.objects.none(),
        required=False,
        help_text=_("For groups and task committees."),
    )
    seats = forms.IntegerField(label=_("Seats"), min_value=0, max_value=200, initial=0, help_text=_("0 if not fixed."))
    start = DayField(label=_("From"), widget=Day, initial=timezone.localdate)
    end = DayField(label=_("Until"), widget=Day, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Organization.objects.at_work(timezone.localdate())


class MembershipForm(forms.Form):
    """A person, known by address or entered with it, and what he will be."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Whoever has it logs in with a code sent there.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial="member")
    party = forms.CharField(label=_("Party or group"), max_length=60, required=False)
    order = forms.IntegerField(
        label=_("Order among substitutes"), min_value=0, max_value=99, initial=0, help_text=_("1 is called first.")
    )
    start = DayField(label=_("From"), widget=Day, initial=timezone.localdate)
    end = DayField(label=_("Until"), widget=Day, required=False)
    decided_by = forms.CharField(label=_("Decided by"), max_length=200, required=False)


class MandateForm(forms.Form):
    """A mandate as it was adopted."""

    purpose = forms.CharField(label=_("Purpose"), widget=forms.Textarea(attrs={"rows": 4}))
    tasks = forms.CharField(
        label=_("Tasks"), widget=forms.Textarea(attrs={"rows": 6}), help_text=_("One on each line. They are numbered.")
    )
    composition = forms.CharField(
        label=_("Composition"), widget=forms.Textarea(attrs={"rows": 3}), required=False,
        help_text=_("Such as 10 citizens and 5 councillors."),
    )  # fmt: skip
    decided_by = forms.CharField(label=_("Adopted by"), max_length=200)
    decided_on = DayField(label=_("Adopted on"), widget=Day, initial=timezone.localdate)


class CallForm(forms.Form):
    """What is asked of citizens, how many, and until when."""

    text = forms.CharField(
        label=_("What the committee is to do, and whom you are looking for"),
        widget=forms.Textarea(attrs={"rows": 6}), max_length=10_000,
    )  # fmt: skip
    profiles = forms.CharField(
        label=_("Profiles that the mandate wishes for"), widget=forms.Textarea(attrs={"rows": 4}), required=False,
        max_length=4000, help_text=_("One on each line, such as: somebody who lives in Ugleparken."),
    )  # fmt: skip
    seats = forms.IntegerField(label=_("Seats for citizens"), min_value=1, max_value=200)
    deadline = DayField(label=_("Last day to apply"), widget=Day)


class ApplicationForm(forms.Form):
    """An application as it came in: no more than what is needed to choose."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    why = forms.CharField(
        label=_("Why he or she wants to take part"), widget=forms.Textarea(attrs={"rows": 4}), required=False,
        max_length=2000, help_text=_("In short. Leave out CPR numbers, health and what else is not needed."),
    )  # fmt: skip
    profile = forms.ChoiceField(label=_("Fits the profile"), required=False)
    received_on = DayField(label=_("Received on"), widget=Day)

    def __init__(self, call: CitizenCall, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="application-%s", **kwargs)
        kept = kwargs.get("initial", {}).get("profile", "")
        wished = [*call.wished, *([kept] if kept and kept not in call.wished else [])]
        self.fields["profile"].choices = [("", _("None of them")), *((one, one) for one in wished)]


class DecisionForm(forms.Form):
    """What the council decided, and how long the applications are kept."""

    decided_on = DayField(label=_("Decided on"), widget=Day)
    decided_by = forms.CharField(
        label=_("Which meeting, or where the decision is found"), max_length=200,
        help_text=_("Such as: The municipal council, item 12."),
    )  # fmt: skip
    keep_until = DayField(
        label=_("The applications are kept until"), widget=Day,
        help_text=_("No longer than you need them. Everyone who was not chosen is told the day."),
    )  # fmt: skip


class PolicyForm(forms.Form):
    """One rule: its value, why, and from when."""

    reason = forms.CharField(label=_("Why"), max_length=1000, help_text=_("The reason stands with the rule."))
    since = DayField(label=_("From"), widget=Day, initial=timezone.localdate)

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = CHOICES[name]
        field: forms.Field
        if choice.values is not None:
            field = forms.TypedChoiceField(
                choices=[(str(value), label) for value, label in choice.values],
                coerce=lambda text: next(value for value, _label in choice.values or () if str(value) == text),
            )
        elif isinstance(choice.default, int):
            field = forms.IntegerField(min_value=0, max_value=100)
        else:
            field = forms.CharField(required=False, max_length=400)
        field.label, field.help_text = choice.label, choice.hint
        self.fields = {"value": field, **self.fields}


class TermForm(forms.Form):
    """A term of the council."""

    start = DayField(label=_("From"), widget=Day)
    end = DayField(label=_("Until"), widget=Day)
