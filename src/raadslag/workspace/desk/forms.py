"""What is asked on the page of a group."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.cases.forms import Prose
from raadslag.workspace.people.models import Person


class GroupInviteForm(forms.Form):
    """One of the committee, and a word to him. `people` are the ids and names of those who may be asked."""

    person = forms.ChoiceField(label=_("Who"))
    words = forms.CharField(label=_("A word to him or her"), max_length=500, required=False)

    def __init__(self, people: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="invite-%s", **kwargs)
        self.fields["person"].choices = [("", _("Choose")), *people]


class GroupInviteOtherForm(forms.Form):
    """Somebody who is known in the house: the address, or the name where one alone has it."""

    person = forms.CharField(
        label=_("Name or e-mail"), max_length=254, help_text=_("The person has to be known here already.")
    )
    words = forms.CharField(label=_("A word to him or her"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="other-%s", **kwargs)

    def clean_person(self) -> Person:
        """The one person of that address or name."""
        typed = self.cleaned_data["person"].strip()
        found = list(Person.objects.filter(**{"email__iexact" if "@" in typed else "name__iexact": typed})[:2])
        if not found:
            raise forms.ValidationError(_("Nobody here is known by that. A secretary or an administrator can add him."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several have that name. Write the e-mail instead."))
        return found[0]


class GroupNoteForm(forms.Form):
    """A short note."""

    text = Prose(
        _("Note"), 8,
        help_text=_("Everyone who gets the papers of the committee’s meeting reads it, and the secretary may bring it "
                    "into the minutes. Write nothing here that belongs to a closed item."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="note-%s", **kwargs)
        self.fields["text"].note = _("a few lines")  # type: ignore[attr-defined]
