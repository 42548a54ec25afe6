"""What is asked of who hands over, writes a commitment, or tells how far one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.cases.forms import Prose
from raadslag.workspace.cases.models import Access
from raadslag.workspace.common.typed import uuid_or_none
from raadslag.workspace.followup.models import Commitment, State
from raadslag.workspace.followup.rules import LONGEST, courses_from
from raadslag.workspace.people.models import User
from raadslag.workspace.products.models import Element, Version


class HandOverForm(forms.Form):
    """The case that is written for whoever decides."""

    title = forms.CharField(label=_("Heading"), max_length=300)
    summary = Prose(_("Summary"), 5)
    recommended_by = forms.CharField(label=_("Recommended by"), max_length=200)
    points = forms.CharField(
        label=_("Recommendation"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is to be decided, one point on each line, without “that”."),
    )  # fmt: skip
    access = forms.ChoiceField(
        label=_("Open or closed"), choices=Access.choices, widget=forms.RadioSelect, initial=Access.CLOSED
    )


def _date(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )  # fmt: skip


class _ToBeDone(forms.Form):
    """What, by whom, and who tells of it."""

    text = forms.CharField(
        label=_("What is promised"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In words that everyone understands: it may become public."),
    )  # fmt: skip
    unit = forms.CharField(label=_("Which unit does it"), max_length=200)
    responsible = forms.ModelChoiceField(
        label=_("Who tells how far it is"), queryset=None,
        help_text=_("Three months after the decision, and then every six months. The name stays in the house."),
    )  # fmt: skip

    def __init__(self, people: QuerySet[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = people
        self.fields["responsible"].label_from_instance = lambda one: one.person.name


class Origin(NamedTuple):
    """From which version of a product something stems, and from which part of it."""

    version: Version | None = None
    element: Element | None = None


class CommitmentForm(_ToBeDone):
    """Something that a decision promises."""

    due = _date(_("Until when"))
    stems_from = forms.ChoiceField(
        label=_("Stems from"), required=False,
        help_text=_("Which version of a product, or which part of it, the decision was about."),
    )  # fmt: skip
    field_order = ("text", "unit", "due", "responsible", "stems_from")

    def __init__(self, people: QuerySet[User], versions: Sequence[Version], *args: Any, **kwargs: Any) -> None:
        super().__init__(people, *args, **kwargs)
        self._versions = {str(one.pk): one for one in versions}
        if versions:
            self.fields["stems_from"].choices = [("", "–"), *map(_choices_of, versions)]
        else:
            del self.fields["stems_from"]

    @property
    def origin(self) -> Origin:
        """What was chosen there."""
        version, _colon, element = str(self.cleaned_data.get("stems_from") or "").partition(":")
        chosen = self._versions.get(version)
        pk = uuid_or_none(element)
        return Origin(chosen, chosen.product.elements.filter(pk=pk).first() if chosen and pk else None)


def _choices_of(version: Version) -> tuple[str, list[tuple[str, str]]]:
    named = f"{version.product.title}, {version.label}"
    parts = [(one, f"{one.number or ''} {one.title or ''}".strip()) for one in version.decoded().elements]
    told = [(f"{version.pk}:{one.id}", Truncator(name).chars(90)) for one, name in parts if name]
    return Truncator(named).chars(60), [(str(version.pk), Truncator(named).chars(90)), *told]


class RewordForm(_ToBeDone):
    """What it says, in other words."""


class ReportForm(forms.Form):
    """How far it is."""

    text = forms.CharField(
        label=_("How far is it?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("In words that everyone understands: it may become public."),
    )  # fmt: skip
    state = forms.ChoiceField(label=_("State"), widget=forms.RadioSelect)
    due = _date(_("Until when"))
    because = forms.CharField(
        label=_("Why"), max_length=500, required=False,
        help_text=_("Needed where the date is another, where it is dropped, and where it is taken up again."),
    )  # fmt: skip

    def __init__(self, one: Commitment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"state": one.state, "due": one.due}, **kwargs)
        self.fields["state"].choices = [(value, State(value).label) for value in courses_from(one.state)]
