"""Who a name on a paper may be: offered, never taken for granted."""

from __future__ import annotations

from collections.abc import Sequence

from raadslag.workspace.bodies.models import Membership, Organization
from raadslag.workspace.people.models import Person


def people_of(organization: Organization) -> list[Person]:
    """Everyone who is or was something in the organization, by name."""
    held = Membership.objects.filter(organization=organization).values("person")
    return list(Person.objects.filter(pk__in=held).order_by("name", "pk"))


def offered(name: str, people: Sequence[Person]) -> list[Person]:
    """Those of `people` whose name it may be: of the same name; else the only one whose first and last name are the
    name's, or whose first or last name is all that the paper gives."""
    told = _parts(name)
    if not told:
        return []
    same = [one for one in people if _parts(one.name) == told]
    if same:
        return same
    if len(told) == 1:
        fits = [one for one in people if told[0] in (_parts(one.name)[:1] + _parts(one.name)[-1:])]
    else:
        fits = [one for one in people if (parts := _parts(one.name)) and (parts[0], parts[-1]) == (told[0], told[-1])]
    return fits if len(fits) == 1 else []


def _parts(name: str) -> list[str]:
    return name.casefold().replace(".", " ").replace("-", " ").split()
