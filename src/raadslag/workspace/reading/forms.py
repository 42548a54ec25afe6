"""What is asked of who notes something for himself."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.reading.notes import LONGEST


class NoteForm(forms.Form):
    """A note, and the words that it is about. Its key lets it count once, however often it is sent."""

    key = forms.CharField(widget=forms.HiddenInput, initial=uuid4, required=False)
    quote = forms.CharField(
        label=_("Which words is it about?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-quoted": ""}),
        help_text=_("Choose them in the text, or copy them from it. Leave it empty where it is about all of it."),
    )  # fmt: skip
    text = forms.CharField(label=_("Your note"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="note_%s", **kwargs)  # a question is asked on the same page


class RewriteForm(forms.Form):
    """A note that says something else, and which saving of it was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("Your note"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6}))
