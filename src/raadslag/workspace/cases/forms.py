"""What is asked about a case: the fields of the minutes document, and those that the body has chosen besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.templatetags.static import static
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.cases.models import Access, Case

_LONGEST = 200_000
_EDITOR = lazy(static, str)("dist/editor.js")  # where work.mjs finds it


class Prose(forms.CharField):
    """A CommonMark text: the editor where scripts run, a plain text area where they do not."""

    def __init__(self, label: Any, rows: int, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "data-prose": _EDITOR})
        super().__init__(label=label, widget=widget, required=False, max_length=_LONGEST, strip=True, **kwargs)

    def clean(self, value: Any) -> str:
        """The text with the line ends of the web made plain."""
        return str(super().clean(value)).replace("\r\n", "\n")


class CaseForm(forms.Form):
    """The text of a case. `fields` are the headings of the body's own."""

    title = forms.CharField(label=_("Heading"), max_length=300)
    access = forms.ChoiceField(label=_("Open or closed"), choices=Access.choices, widget=forms.RadioSelect)
    legal_ground = forms.CharField(
        label=_("Ground for closing"), required=False, max_length=300,
        help_text=_("Such as: Local Government Act, section 10; Public Administration Act, section 27."),
    )  # fmt: skip
    public_title = forms.CharField(
        label=_("Heading that everyone may read"), required=False, max_length=300,
        help_text=_("Of a closed case the public sees this heading, and nothing of what is below."),
    )  # fmt: skip
    summary = Prose(_("Summary"), 4)
    background = Prose(_("Background"), 10)
    recommended_by = forms.CharField(label=_("Recommended by"), required=False, max_length=200)
    recommended_to = forms.CharField(label=_("Recommended to"), required=False, max_length=200)
    points = forms.CharField(
        label=_("Recommendation"), required=False, max_length=_LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is to be decided, one point on each line, without “that”."),
    )  # fmt: skip

    def __init__(self, more: Sequence[str], case: Case, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial", {**case.content(), **{f"more-{heading}": case.more.get(heading, "") for heading in more}}
        )
        super().__init__(*args, **kwargs)
        self.more = tuple(more)
        for number, heading in enumerate(more):
            self.fields[f"more-{heading}"] = Prose(heading, 4)
            self.fields[f"more-{heading}"].widget.attrs["id"] = f"more-{number}"

        for name in ("recommended_by", "points"):
            self.fields[name].note = _("before it is ready")
        for name in ("legal_ground", "public_title"):
            self.fields[name].note = _("if it is closed")

    def content(self) -> dict[str, Any]:
        """What `cases.actions.save` takes."""
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith("more-")}
        given["points"] = given["points"].replace("\r\n", "\n")
        more = {heading: self.cleaned_data[f"more-{heading}"] for heading in self.more}
        return {**given, "more": {heading: text for heading, text in more.items() if text}}


class NewCaseForm(forms.Form):
    """The heading is enough to begin."""

    title = forms.CharField(label=_("Heading"), max_length=300)


class AttachmentForm(forms.Form):
    """Title and access of an attachment."""

    title = forms.CharField(label=_("Title"), max_length=300)
    access = forms.ChoiceField(label=_("Open or closed"), choices=Access.choices)
    reason = forms.CharField(label=_("Why it may be open all the same"), max_length=300, required=False)


class BarForm(forms.Form):
    """Who may not take part, and why."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=None)
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, people: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people
