"""Ways to deliberate, as data: five to begin from, each of which a municipality makes its own copy of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from raadslag.workspace.deliberation.models import Round
from raadslag.workspace.products.models import Element

MOST_ROUNDS = 12
MOST_STATIONS = 12
LONGEST = 240  # minutes of a round
_TALK, _STATIONS, _PLENARY = Round.Kind.TALK, Round.Kind.STATIONS, Round.Kind.PLENARY
_HOST, _ALL, _EACH, _CALLER = Round.Writers.HOST, Round.Writers.ALL, Round.Writers.EACH, Round.Writers.CALLER


class PlannedRound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A round of a method. `about` is the kind of part of the draft that each station is about, where there are such;
    else there are `stations` of them, with the question of the round. With `asks_agreement` one also says how far."""

    kind: str
    title: str
    minutes: int
    writers: str = Round.Writers.ALL
    question: str = ""
    about: str = ""
    stations: int = 0
    asks_agreement: bool = False

    @property
    def writers_name(self) -> str:
        """Who writes, in words."""
        return str(Round.Writers(self.writers).label)


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rounds of a method in their order, and in words what comes out of it."""

    rounds: tuple[PlannedRound, ...]
    comes_out: str = ""


class Template(NamedTuple):
    """A method that ships with the house; its words are in whichever language it is begun in."""

    name: Any
    comes_out: Any
    rounds: tuple[Mapping[str, Any], ...]


def _round(kind: str, title: Any, minutes: int, writers: str = _ALL, **more: Any) -> Mapping[str, Any]:
    return {"kind": str(kind), "title": title, "minutes": minutes, "writers": str(writers), **more}


_MORE = _("What would you add to what was said?")
_TOPIC = _("What came out of this topic?")
_WHAT = _("What is good, what is missing, and what should be said otherwise?")
TEMPLATES: Mapping[str, Template] = {
    "two-rounds": Template(
        _("Two rounds at stations"), _("Comments, dilemmas and evidence gaps"),
        (
            _round(_TALK, _("Talk in small groups"), 15, _ALL, question=_("What struck you when you read the draft?")),
            _round(_STATIONS, _("Round 1 at the stations"), 25, _HOST, question=_WHAT, about="focus_area", stations=4),
            _round(_STATIONS, _("Round 2 at the stations"), 30, _HOST, question=_WHAT, about="theme", stations=4),
            _round(_PLENARY, _("Summing up"), 20, _HOST),
        ),
    ),
    "world-cafe": Template(
        _("Café tables"), _("Comments and agreements"),
        (
            _round(_STATIONS, _("First table"), 20, _ALL, question=_WHAT, stations=4),
            _round(_STATIONS, _("Second table"), 20, _ALL, question=_MORE, stations=4),
            _round(_STATIONS, _("Third table"), 20, _ALL, question=_("What do we agree on?"), stations=4),
            _round(_PLENARY, _("Summing up"), 15, _HOST),
        ),
    ),
    "one-two-four-all": Template(
        _("One, two, four, all"), _("Comments, merged on their way up"),
        (
            _round(_STATIONS, _("In silence, alone"), 1, _EACH, question=_WHAT, stations=1),
            _round(_STATIONS, _("In pairs"), 2, _EACH, question=_("What do you have in common?"), stations=1),
            _round(_STATIONS, _("Four together"), 4, _EACH, question=_("What matters most?"), stations=1),
            _round(_PLENARY, _("All together"), 5, _HOST),
        ),
    ),
    "open-space": Template(
        _("Open market"), pgettext_lazy("what comes out of a method", "A report on each topic"),
        (
            _round(_STATIONS, _("First round of topics"), 30, _CALLER, question=_TOPIC, stations=6),
            _round(_STATIONS, _("Second round of topics"), 30, _CALLER, question=_TOPIC, stations=6),
            _round(_PLENARY, _("Reports"), 20, _CALLER),
        ),
    ),
    "agreement": Template(
        _("Sheets of agreement"), _("How far we agree, and why; never a ranking alone"),
        (
            _round(_STATIONS, _("One proposal a sheet"), 30, _EACH, question=_("Do you agree? Is it clear? Say why."),
                   about="principle", stations=6, asks_agreement=True),
            _round(_PLENARY, _("What we saw"), 20, _HOST),
        ),
    ),
}  # fmt: skip


def of_template(key: str) -> Plan:
    """The plan of a template in the language of the moment. Raises KeyError where there is none."""
    template = TEMPLATES[key]
    rounds = [{name: str(value) if isinstance(value, Promise) else value for name, value in one.items()}
              for one in template.rounds]  # fmt: skip
    return checked({"rounds": rounds, "comes_out": str(template.comes_out)})


def checked(told: Any) -> Plan:
    """The plan that these plain values say. Raises ValueError for anything that is none, or beyond all reason."""
    try:
        plan = msgspec.convert(told, Plan)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
    if not 0 < len(plan.rounds) <= MOST_ROUNDS:
        raise ValueError("rounds")
    for one in plan.rounds:
        is_known = one.kind in Round.Kind.values and one.writers in Round.Writers.values
        if not is_known or one.about not in ("", *Element.Kind.values) or not one.title.strip():
            raise ValueError("round")
        if not 0 < one.minutes <= LONGEST or not 0 <= one.stations <= MOST_STATIONS:
            raise ValueError("round")
    return plan
