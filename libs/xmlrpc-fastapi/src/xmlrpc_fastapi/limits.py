"""How large a request may be before it is refused."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on one request. A body beyond ``body_bytes`` is refused while it still arrives."""

    body_bytes: int = 1024 * 1024
    depth: int = 64
    values: int = 100_000
