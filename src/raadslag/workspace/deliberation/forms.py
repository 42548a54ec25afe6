"""What is asked of who comments, brings facts, or notes a gap."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.cases.forms import Prose
from raadslag.workspace.deliberation.answering import LONGEST as ANSWER
from raadslag.workspace.deliberation.models import Contribution, ContributionAnswer, FactNote
from raadslag.workspace.deliberation.rules import LONGEST
from raadslag.workspace.products.models import Change, Product, Version


class InviteForm(forms.Form):
    """Until when, and on what."""

    until = forms.DateField(
        label=_("Comments are received until"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("That day is the last one. Leave it empty to receive none."),
    )  # fmt: skip
    version = forms.ModelChoiceField(
        label=_("On which version"), queryset=None, required=False, empty_label=_("today’s draft"),
        to_field_name="label",
    )  # fmt: skip

    def __init__(self, versions: QuerySet[Version], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = versions
        self.fields["version"].label_from_instance = lambda one: one.label


class CommentForm(forms.Form):
    """A thought: what kind, of which words, and what."""

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=Contribution.Kind.choices, widget=forms.RadioSelect, initial="change"
    )  # fmt: skip
    quote = forms.CharField(
        label=_("Which words is it about?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-quoted": ""}),
        help_text=_("Copy them from the text above. Leave it empty where it is about all of it."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("What do you want to say?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What became of one comment or of several."""

    outcome = forms.ChoiceField(
        label=_("What became of it?"), choices=ContributionAnswer.Outcome.choices, widget=forms.RadioSelect
    )
    change = forms.ModelChoiceField(
        label=_("By which change"), queryset=None, required=False, empty_label="–",
        help_text=_("Where it was included, wholly or partly."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Why, in words to who wrote it"), max_length=ANSWER, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed where it was partly or not included. It stands in the version, and may become public."),
    )  # fmt: skip
    passed_to = forms.CharField(
        label=_("To whom it was passed on"), max_length=200, required=False, help_text=_("An office or a committee.")
    )
    merged_into = forms.ModelChoiceField(
        label=_("Together with which comment"), queryset=None, required=False, empty_label="–"
    )

    def __init__(self, product: Product, chosen: Iterable[Contribution], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        changes = product.changes.select_related("element").order_by("-number")
        self.fields["change"].queryset = changes
        self.fields["change"].label_from_instance = _named_change
        others = product.contributions.exclude(state=Contribution.State.TAKEN_BACK)
        self.fields["merged_into"].queryset = others.exclude(pk__in=[one.pk for one in chosen])
        self.fields["merged_into"].label_from_instance = _named_comment


def _named_change(one: Change) -> str:
    told = f"{one.get_kind_display()}: {one.because}" if one.because else str(one.get_kind_display())
    return Truncator(" · ".join(filter(None, (one.name, one.element.title, told)))).chars(90)


def _named_comment(one: Contribution) -> str:
    return Truncator(f"{one.name} · {one.text}").chars(90)


class NoteForm(forms.Form):
    """A table of facts: pasted, or in a file."""

    title = forms.CharField(label=_("Heading"), max_length=300)
    text = Prose(_("What it shows"), 4)
    pasted = forms.CharField(
        label=_("The table"), required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Copy it from the spreadsheet, headings in the first row, and paste it here."),
    )  # fmt: skip
    file = forms.FileField(label=_("Or a file (XLSX or CSV)"), required=False)
    chart = forms.ChoiceField(label=_("Drawn as"), choices=FactNote.Chart.choices, initial="bars")
    source = forms.CharField(label=_("Source"), max_length=500)
    source_on = forms.DateField(
        label=_("Date of the source"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )  # fmt: skip
    made_by = forms.CharField(label=_("Made by"), max_length=200)


class GapForm(forms.Form):
    """What is not known, and who asked."""

    text = forms.CharField(label=_("What is not known"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    asked_by = forms.CharField(label=_("Who asked"), max_length=200)


class CloseForm(forms.Form):
    """What is known by now, and from where."""

    answer = forms.CharField(label=_("What is known now"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    source = forms.CharField(label=_("Source"), max_length=500, required=False)
    note = forms.ModelChoiceField(
        label=_("Or a fact note"), queryset=None, required=False, empty_label=_("None"), to_field_name="number"
    )  # fmt: skip

    def __init__(self, notes: QuerySet[FactNote], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].queryset = notes
        self.fields["note"].label_from_instance = lambda one: f"{one.name}. {one.title}"
