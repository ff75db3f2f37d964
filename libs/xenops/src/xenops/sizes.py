"""How much memory a domain takes, and how much of it the guest sees. In MiB unless said otherwise.

The rules are upstream's, and placement goes by the same ones.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

KIB = 1024
MIB = 1024 * 1024
PAGES_A_MIB = 256

INTERNAL = {"hvm": 1, "pvh": 1, "pv-in-pvh": 1, "pv": 0}
EXTERNAL = 1


@dataclass(frozen=True)
class Overhead:
    """The memory that Xen takes for a domain besides the guest's own."""

    internal_mib: int
    shadow_mib: int
    vcpus_mib: int

    @property
    def total_mib(self) -> int:
        return self.internal_mib + EXTERNAL + self.shadow_mib + self.vcpus_mib


@lru_cache(maxsize=4096)
def overhead(kind: str, static_max_bytes: int, vcpus: int, multiplier: float = 1.0) -> Overhead:
    """The overhead of a domain."""
    static_max = static_max_bytes // MIB
    pages = PAGES_A_MIB * vcpus + 2 * static_max
    shadow = max(1, math.ceil(math.ceil(pages / PAGES_A_MIB) * multiplier))
    return Overhead(INTERNAL[kind], shadow, math.ceil(38 * vcpus / PAGES_A_MIB))
