"""What is asked about a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.people.codes import MOST


class PersonForm(forms.Form):
    """A name, and the address to which codes and mails go."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("Codes and mails go here."))


class SigningCodeForm(forms.Form):
    """A code to sign with, typed twice; what it may be, `people.codes` tells."""

    signing_code = forms.CharField(label=_("New code"), help_text=_("At least six digits, without a pattern."))
    signing_code_again = forms.CharField(label=_("The same code again"))

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        for field in self.fields.values():
            field.widget = forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": MOST})
