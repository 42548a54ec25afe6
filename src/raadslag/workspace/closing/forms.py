"""What is asked of who prepares an evaluation, answers it, or closes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from raadslag.core.readers.characters import clean
from raadslag.workspace.closing.models import Evaluation
from raadslag.workspace.closing.sealing import LONGEST, QUESTIONS, SCALE, Answer

WAYS = (
    ("1", pgettext_lazy("scale", "1, not at all")), ("2", "2"), ("3", "3"), ("4", "4"),
    ("5", pgettext_lazy("scale", "5, completely")), ("0", pgettext_lazy("scale", "Don’t know")),
)  # fmt: skip
_LONGEST_QUESTION = 300


class QuestionsForm(forms.Form):
    """Six questions, each in Danish and perhaps in English."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, questions: list[dict[str, str]], version: int, **kwargs: Any) -> None:
        initial = {"version": version}
        for at, one in enumerate(questions):
            initial |= {f"da{at}": one["da"], f"en{at}": one.get("en", "")}
        super().__init__(*args, initial=initial, **kwargs)
        for at in range(QUESTIONS):
            named = {"number": at + 1}
            for name, label in (("da", _("%(number)s. in Danish")), ("en", _("%(number)s. in English"))):
                self.fields[f"{name}{at}"] = forms.CharField(
                    label=label % named, max_length=_LONGEST_QUESTION, required=name == "da",
                    widget=forms.Textarea({"rows": 2}),
                )  # fmt: skip

    def questions(self) -> list[dict[str, str]]:
        """What was written."""
        told = self.cleaned_data
        return [
            {name: " ".join(clean(told[f"{name}{at}"]).split()) for name in ("da", "en")} for at in range(QUESTIONS)
        ]


class AnswerForm(forms.Form):
    """A choice and perhaps words to each question. It has no key of its own: the key would be kept with the name."""

    def __init__(self, evaluation: Evaluation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for at, question in enumerate(evaluation.asked()):
            self.fields[f"choice{at}"] = forms.ChoiceField(
                label=question, choices=WAYS, widget=forms.RadioSelect,
                error_messages={"required": _("Choose an answer, or “don’t know”.")},
            )  # fmt: skip
            self.fields[f"words{at}"] = forms.CharField(
                label=_("In your own words"), max_length=LONGEST, required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def pairs(self) -> list[tuple[int, Any, Any]]:
        """The number of each question with its two fields."""
        return [(at + 1, self[f"choice{at}"], self[f"words{at}"]) for at in range(QUESTIONS)]

    def answer(self) -> Answer:
        """What was chosen and written."""
        told = self.cleaned_data
        chosen = [int(told[f"choice{at}"]) for at in range(QUESTIONS)]
        words = (clean(told[f"words{at}"]).replace("\r\n", "\n").strip() for at in range(QUESTIONS))
        return Answer(tuple(one if 1 <= one <= SCALE else None for one in chosen), tuple(words))


class CodeForm(forms.Form):
    """The code from the paper."""

    evaluation_code = forms.CharField(
        label=_("The code of the box"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        help_text=_("14 groups of four, as they stand on the paper. Small letters do as well."),
    )  # fmt: skip


class GiveUpForm(forms.Form):
    """Why the box stays unread."""

    because = forms.CharField(label=_("Why nobody is to read the answers"), max_length=300)


class ReopenForm(forms.Form):
    """Why it works again."""

    reason = forms.CharField(label=_("Why the committee is opened again"), max_length=300)
