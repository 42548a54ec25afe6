"""What is asked about methods, rounds, stations and cards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from raadslag.workspace.deliberation.models import Card, Contribution, Method, Round, Station
from raadslag.workspace.deliberation.rules import LONGEST as LONGEST_THOUGHT
from raadslag.workspace.deliberation.sessions import actions, rules
from raadslag.workspace.deliberation.sessions.methods import LONGEST, MOST_STATIONS, TEMPLATES, Plan, of_template
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.minutes import composing
from raadslag.workspace.people.models import Person
from raadslag.workspace.products.models import Element, Product


class PrepareForm(forms.Form):
    """By which method, on which draft, and where its summing-up stands in the minutes."""

    method = forms.ChoiceField(label=_("Method"))
    product = forms.ModelChoiceField(
        Product.objects.none(), label=pgettext_lazy("what is talked about", "Draft"), empty_label=None
    )
    item = forms.ModelChoiceField(
        AgendaItem.objects.none(), label=_("Item of the agenda"), required=False, empty_label=_("Chosen later")
    )

    def __init__(self, meeting: Meeting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Method.objects.filter(body=meeting.organization.body, is_retired=False)
        choices = [(str(row.pk), row.name) for row in own] + [(key, one.name) for key, one in TEMPLATES.items()]
        self.fields["method"].choices = choices  # type: ignore[attr-defined]
        self.fields["product"].queryset = meeting.organization.products.filter(state=Product.State.DRAFT)  # type: ignore[attr-defined]
        self.fields["item"].queryset = open_items(meeting)  # type: ignore[attr-defined]
        self.fields["item"].label_from_instance = lambda item: item.title  # type: ignore[attr-defined]

    def plan(self) -> tuple[Plan, str]:
        """The plan that was chosen, and what it is called."""
        chosen = self.cleaned_data["method"]
        if chosen in TEMPLATES:
            return of_template(chosen), str(TEMPLATES[chosen].name)
        own = Method.objects.get(pk=chosen)
        return actions.checked(own.plan), own.name


def open_items(meeting: Meeting) -> Any:
    """The open items of a meeting, in which what the room said can stand."""
    rows = [item.pk for item in composing.items_of(meeting) or meeting.items.all() if not item.is_closed]
    return AgendaItem.objects.filter(pk__in=rows).select_related("case").order_by("order")


class OpenedForm(forms.Form):
    """A form that carries the values it was opened with: a page that lay open for long puts nothing back that somebody
    else changed meanwhile. `initial` is what stands there now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def opened(self) -> SafeString:
        """The values it was opened with, out of sight."""
        return format_html_join("", "{}", ((field.as_hidden(only_initial=True),) for field in self))

    def changes(self) -> dict[str, Any]:
        """What the person changed, and nothing else."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def clean(self) -> None:
        """Show both where somebody else has changed the same; who saves again has seen it."""
        self.data = self.data.copy()
        for name in self.changed_data:
            one, hidden = self[name], self[name].html_initial_name
            opened = self.data.get(hidden)
            is_passed = opened is not None and one.field.has_changed(one.initial, opened)
            if name in self.cleaned_data and is_passed and one.field.has_changed(one.initial, one.data):
                words = _("Somebody else has changed this meanwhile, to: %(now)s. Save again to keep yours.")
                self.add_error(name, words % {"now": _shown(one)})
                self.data[hidden] = "" if one.initial is None else str(one.field.prepare_value(one.initial))


def _shown(one: forms.BoundField) -> str:
    """What stands in a field by now, in words."""
    if isinstance(one.field, forms.ModelChoiceField):
        return one.field.label_from_instance(one.initial) if one.initial else "–"
    if isinstance(one.field, forms.ChoiceField):
        return str(dict(one.field.choices).get(one.initial, "–"))
    return str(one.initial or "–")


class RoundForm(OpenedForm):
    """A round, before it has begun."""

    title = forms.CharField(label=_("Name"), max_length=200)
    minutes = forms.IntegerField(label=pgettext_lazy("length", "Minutes"), min_value=1, max_value=LONGEST)
    writers = forms.ChoiceField(label=_("Who writes"), choices=Round.Writers.choices)
    asks_agreement = forms.BooleanField(label=_("Ask how far one agrees"), required=False)

    def __init__(self, one: Round, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(one, name) for name in self.base_fields}
        kwargs["prefix"] = f"r{one.number}"
        super().__init__(*args, **kwargs)


class NewRoundForm(forms.Form):
    """A round more."""

    kind = forms.ChoiceField(label=_("What is done"), choices=Round.Kind.choices)
    title = forms.CharField(label=_("Name"), max_length=200)
    minutes = forms.IntegerField(label=pgettext_lazy("length", "Minutes"), min_value=1, max_value=LONGEST, initial=20)
    question = forms.CharField(label=_("Question"), max_length=500, required=False)
    stations = forms.IntegerField(label=_("Stations"), min_value=0, max_value=MOST_STATIONS, initial=4, required=False)


class StationForm(OpenedForm):
    """A station, before its round has begun; its host and seats also after."""

    title = forms.CharField(label=_("Name"), max_length=200)
    question = forms.CharField(label=_("Question"), max_length=500, required=False, widget=forms.Textarea({"rows": 2}))
    element = forms.ModelChoiceField(
        Element.objects.none(), label=_("Part of the draft"), required=False, empty_label=_("None")
    )
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=200)
    host = forms.ModelChoiceField(Person.objects.none(), label=_("Host"), required=False, empty_label=_("Nobody yet"))

    def __init__(self, station: Station, *args: Any, **kwargs: Any) -> None:
        session = station.round.session
        kwargs["initial"] = {name: getattr(station, name) for name in self.base_fields}
        kwargs["prefix"] = f"r{station.round.number}s{station.number}"
        super().__init__(*args, **kwargs)
        parts = session.product.elements.filter(is_removed=False).exclude(title="")
        self.fields["element"].queryset = parts  # type: ignore[attr-defined]
        self.fields["element"].label_from_instance = lambda part: part.title  # type: ignore[attr-defined]
        called = Person.objects.filter(invitations__meeting=session.meeting, invitations__withdrawn_at=None)
        self.fields["host"].queryset = called.order_by("name").distinct()  # type: ignore[attr-defined]
        if station.round.state != Round.State.PLANNED:
            for name in ("title", "question", "element"):
                del self.fields[name]


class HostForm(forms.Form):
    """A thought that the host writes down for the group, or types in from a sheet of paper."""

    stance = forms.ChoiceField(
        label=_("How far do you agree?"), choices=[("", _("Not said")), *Contribution.Stance.choices], required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("What kind of thought is it?"), choices=Contribution.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("One thought at a time"), max_length=LONGEST_THOUGHT, widget=forms.Textarea({"rows": 4})
    )
    speaker = forms.CharField(label=_("Whose thought"), max_length=60, required=False)
    sheet = forms.CharField(
        label=_("Number of the sheet"), max_length=20, required=False,
        help_text=_("Only for a thought from paper. Leave the name above empty, if none stands on it."),
    )  # fmt: skip

    def __init__(self, one: Round, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not one.asks_agreement:
            del self.fields["stance"]


class CardForm(forms.Form):
    """A card of the board."""

    kind = forms.ChoiceField(label=_("What it is"), choices=Card.Kind.choices)
    text = forms.CharField(label=_("Words"), max_length=rules.LONGEST_CARD, widget=forms.Textarea({"rows": 3}))
    other = forms.CharField(
        label=_("Over against, or the answer"), max_length=rules.LONGEST_CARD, required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("The other good of a dilemma, or the answer to a question."),
    )  # fmt: skip


class MethodRoundForm(NewRoundForm):
    """A round of a method. One whose name is emptied is taken out, whatever else stands there."""

    writers = forms.ChoiceField(label=_("Who writes"), choices=Round.Writers.choices, initial=Round.Writers.ALL)
    asks_agreement = forms.BooleanField(label=_("Ask how far one agrees"), required=False)

    field_order = ("title", "kind", "minutes", "writers", "question", "stations", "asks_agreement")
    use_required_attribute = False

    def __init__(self, about: str, *args: Any, **kwargs: Any) -> None:
        """`about`: the kind of part of the draft that each of its stations stands for; empty for none."""
        super().__init__(*args, **kwargs)
        if about:
            told = _("One for each part of the draft of the kind “%(kind)s”; this number only where it has none.")
            self.fields["stations"].help_text = told % {"kind": Element.Kind(about).label.lower()}

    @property
    def is_out(self) -> bool:
        """Whether there is no such round."""
        return not (self["title"].value() or "").strip()

    def clean(self) -> None:
        """Find nothing wrong in what is taken out."""
        if self.is_out:
            self.errors.clear()


class MethodForm(forms.Form):
    """A method of the municipality's own; its rounds are forms of their own."""

    name = forms.CharField(label=_("Name"), max_length=200)
    comes_out = forms.CharField(label=_("What comes out of it"), max_length=300, required=False)
