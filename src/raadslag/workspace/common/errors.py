"""Why an action was not done. A view shows it; nothing was changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Root of what an action refuses. `obstacles` are sentences for the person who asked."""

    obstacles: list[str] = []


class NotPermitted(Refused):
    """The person may not do this here; answered like what does not exist."""


class Blocked(Refused):
    """The person may, but the state of things stands in the way: every reason, each a sentence."""

    def __init__(self, obstacles: Iterable[str]) -> None:
        self.obstacles = [str(one) for one in obstacles]
        super().__init__("; ".join(self.obstacles))


class NeedsReason(Refused):
    """It can be done, if a reason is given that will stand with it."""

    def __init__(self, warning: str) -> None:
        self.obstacles = [str(warning)]
        super().__init__(str(warning))


class Conflict(Refused):
    """Somebody else wrote since this was opened. Both texts are shown and nothing is lost."""

    obstacles = [
        _("Somebody else has saved since you opened this. Both texts are below: keep what is right, then save.")
    ]


class Repeated(Exception):
    """The same write has been done before; its first answer stands. No view catches it: the gate answers."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__("repeated")
