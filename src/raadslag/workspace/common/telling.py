"""What a press came to, told on the page that it leads to."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest

from raadslag.workspace.common.errors import NotPermitted, Refused


def tell(request: HttpRequest, act: Callable[[], object], done: str = "") -> None:
    """Do it; the next page says that it is `done`, or every reason why not.

    Raises NotPermitted, which is answered like what is not there.
    """
    try:
        act()
    except NotPermitted:
        raise
    except Refused as refusal:
        messages.error(request, " ".join(refusal.obstacles))
    else:
        if done:
            messages.success(request, done)
