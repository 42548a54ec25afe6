"""What is asked about a product and its parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.bodies.models import MandateTask, Organization
from raadslag.workspace.cases.forms import Prose
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.products import rules
from raadslag.workspace.products.actions import Cause
from raadslag.workspace.products.models import Change, Element, Product

_LONGEST = 200_000
_CAUSES = [choice for choice in Change.Kind.choices if choice[0] in ("correction", "group", "decision", "contribution")]


class ProductForm(forms.Form):
    """The title is enough to begin."""

    title = forms.CharField(label=_("Title"), max_length=300)


class CauseForm(forms.Form):
    """Why something is changed."""

    cause = forms.ChoiceField(label=_("Why it is changed"), choices=_CAUSES, initial="correction")
    because = forms.CharField(
        label=_("Which"), max_length=300, required=False,
        help_text=_(
            "Such as: the writing group’s meeting on 22 March, or K-05. Everyone who reads the change sees it."
        ),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A group's meeting, a decision and a comment have a name."""
        given = super().clean() or {}
        if given.get("cause") != "correction" and not given.get("because", "").strip():
            self.add_error("because", _("Say which meeting, decision or comment it was."))
        return given

    def why(self) -> Cause:
        """The cause that was given."""
        return Cause(self.cleaned_data["cause"], "", self.cleaned_data["because"].strip())


class ElementForm(CauseForm):
    """What a part says, and why it is changed."""

    field_order = ("kind", "title", "text", "cause", "because")
    kind = forms.ChoiceField(label=_("Kind"), choices=Element.Kind.choices)
    title = forms.CharField(label=_("Heading"), max_length=300, required=False)
    text = Prose(_("Text"), 10)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The text is not in it: it is being written together, and is kept by itself.
        self.is_together = self.is_bound and "text" not in self.data

    def clean(self) -> dict[str, Any]:
        """It has a heading, a text, or both."""
        given = super().clean() or {}
        if not given.get("title", "").strip() and not given.get("text", "").strip() and not self.is_together:
            self.add_error("text", _("Give it a heading or a text."))
        return given


class DraftForm(forms.Form):
    """A draft that is brought as a file, or as a text; what a file holds is shown as a text."""

    file = forms.FileField(
        label=_("The draft as a file"), required=False,
        help_text=_("Word (.docx), PDF or text. Nothing is kept before you have seen how it was read."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("or as a text"), max_length=_LONGEST * 10, required=False, widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Each line that begins with # is a heading: # for a chapter, ## for what lies below it."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """One of the two has to be there."""
        given = super().clean() or {}
        if not given.get("file") and not given.get("text", "").strip() and not self.errors:
            self.add_error("file", _("Choose a file, or paste a text."))
        return given


class ProposalForm(forms.Form):
    """What somebody would have a part say."""

    title = forms.CharField(label=_("Heading"), max_length=300, required=False)
    text = Prose(_("Text"), 10)
    reason = forms.CharField(
        label=_("Why"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip
    group = forms.ModelChoiceField(
        label=_("In whose name"), queryset=None, required=False, empty_label=_("my own")
    )  # fmt: skip

    def __init__(self, groups: Iterable[Organization], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [one.pk for one in groups]
        self.fields["group"].queryset = Organization.objects.filter(pk__in=own)
        self.fields["group"].label_from_instance = lambda one: one.name
        if not own:
            del self.fields["group"]


class DecisionForm(forms.Form):
    """What becomes of a proposal. The texts are those that the part is to have."""

    title = forms.CharField(label=_("Heading"), max_length=300, required=False)
    text = Prose(_("Text"), 10)
    answer = forms.CharField(
        label=_("Your answer"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who proposed it reads this. Needed where it is not accepted."),
    )  # fmt: skip


class AssignForm(forms.Form):
    """Who writes a part, and which tasks it answers."""

    group = forms.ModelChoiceField(
        label=_("Written by"), queryset=None, required=False, empty_label=_("The administration")
    )  # fmt: skip
    tasks = forms.ModelMultipleChoiceField(
        label=_("Answers these tasks of the mandate"), queryset=None, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, groups: QuerySet[Organization], tasks: QuerySet[MandateTask], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset, self.fields["tasks"].queryset = groups, tasks
        self.fields["tasks"].label_from_instance = lambda task: f"{task.number}. {task.text}"


class FreezeForm(forms.Form):
    """The name of a version, and a word on it."""

    label = forms.CharField(label=_("Name"), max_length=20)
    note = forms.CharField(label=_("A word on it"), max_length=300, required=False)


class ApproveForm(forms.Form):
    """At which item the committee decided it."""

    item = forms.ModelChoiceField(
        label=_("Decided at"), queryset=None, empty_label="–",
        help_text=_("The items at which the committee has approved or recommended something."),
    )  # fmt: skip

    def __init__(self, product: Product, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = rules.deciding_items(product)
        self.fields["item"].label_from_instance = _named_item


def _named_item(item: AgendaItem) -> str:
    day = f"{timezone.localtime(item.meeting.start):%d.%m.%Y}"
    told = {"meeting": item.meeting.title, "day": day, "number": item.number, "title": item.title}
    return Truncator(_("%(meeting)s, %(day)s, item %(number)s: %(title)s") % told).chars(110)


class ReopenForm(forms.Form):
    """Why what was approved is worked on again."""

    reason = forms.CharField(label=_("Why"), max_length=300)
