"""How much one address may ask: a bucket that fills again by the second.

Addresses stay in the memory of this process, for minutes; they are written nowhere.
"""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import OrderedDict

MAX_ADDRESSES = 50_000


class Limiter:
    """Buckets by address. An IPv6 address counts with the /64 that it is of, since one line has all of it.

    `rate` is what a bucket gets a second, `burst` what it holds at most. Of more than `most` addresses the ones
    that asked longest ago are forgotten, so that the table cannot be filled.
    """

    def __init__(self, rate: float, burst: float, most: int = MAX_ADDRESSES) -> None:
        self._rate, self._burst, self._most = rate, burst, most
        self._buckets: OrderedDict[str | bytes, tuple[float, float]] = OrderedDict()
        self._one_by_one = threading.Lock()

    def take(self, address: str, cost: float, now: float) -> int:
        """Take `cost` from the bucket of `address` at the moment `now`, in seconds of any steady clock.

        0 if there was enough; else nothing is taken, and the answer is the whole seconds until there is.
        """
        name = _line_of(address)
        with self._one_by_one:
            held, since = self._buckets.pop(name, (self._burst, now))
            held = min(self._burst, held + (now - since) * self._rate)
            is_enough = held >= cost
            self._buckets[name] = (held - cost if is_enough else held, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return 0 if is_enough else max(1, math.ceil((cost - held) / self._rate))

    def __len__(self) -> int:
        return len(self._buckets)


def _line_of(address: str) -> str | bytes:
    if ":" not in address:
        return address
    try:
        packed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(packed.ipv4_mapped) if packed.ipv4_mapped else packed.packed[:8]
