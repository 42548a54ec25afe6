"""How much one address may ask: a bucket that fills again by the second.

Addresses stay in the memory of this process, for minutes; they are written nowhere.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict

# What an answer costs: one from memory next to nothing, a search several pages, a paper that is set anew most.
KEPT, PAGE, SEARCH, PAPER = 0.1, 1.0, 3.0, 5.0
# A class behind one address opens a page each in the same seconds and goes on at ease; a flood does not.
RATE, BURST = 20.0, 300.0
# A workspace that delivers years of records; it has shown a token, and each of its requests is a whole record.
INTAKE_RATE, INTAKE_BURST = 50.0, 500.0
MAX_ADDRESSES = 50_000


class Limiter:
    """Buckets by address. An IPv6 address counts with the /64 that it is of, since one line has all of it.

    `rate` is what a bucket gets a second, `burst` what it holds at most. Of more than `most` addresses the ones
    that asked longest ago are forgotten, so that the table cannot be filled.
    """

    def __init__(self, rate: float = RATE, burst: float = BURST, most: int = MAX_ADDRESSES) -> None:
        self._rate, self._burst, self._most = rate, burst, most
        self._buckets: OrderedDict[str | bytes, tuple[float, float]] = OrderedDict()

    def take(self, address: str, cost: float, now: float) -> int:
        """Take `cost` from the bucket of `address` at the moment `now`, in seconds of any steady clock.

        0 if there was enough; else nothing is taken, and the answer is the whole seconds until there is.
        """
        name = _line_of(address)
        held, since = self._buckets.pop(name, (self._burst, now))
        held = min(self._burst, held + (now - since) * self._rate)
        is_enough = held >= cost
        self._buckets[name] = (held - cost if is_enough else held, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return 0 if is_enough else max(1, math.ceil((cost - held) / self._rate))

    def __len__(self) -> int:
        return len(self._buckets)


def cost_of(path: str) -> float:
    """What the answer at `path` costs where it has to be made."""
    if "/soeg/" in path:
        return SEARCH
    return PAPER if path.endswith(".pdf") else PAGE


def _line_of(address: str) -> str | bytes:
    if ":" not in address:
        return address
    try:
        packed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(packed.ipv4_mapped) if packed.ipv4_mapped else packed.packed[:8]
