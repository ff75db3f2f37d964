"""What is remembered of a balloon driver, and when it counts as silent. Pure.

A driver counts as silent when it has not moved for some seconds, or when at its recent rate it
would reach its target too late to be of use. The longer it has been silent, the later it is asked
again.
"""

from dataclasses import dataclass, replace

from squeezed.policy import Domain

STILL_MAX_S = 5.0
# A driver that would take longer than this to reach its target is not waited for.
ARRIVAL_MAX_S = 60.0
# The rate is that of about the last minute: older movement counts less and less.
HALF_LIFE_S = 30.0
ASK_AGAIN_S, ASK_AGAIN_MAX_S = 10.0, 160.0


@dataclass(frozen=True)
class Progress:
    """What is known of a domain's driver, at ``at`` seconds on the caller's clock."""

    at: float
    pages_kib: int
    gap_kib: int = 0
    asked_s: float = 0.0
    moved_kib: float = 0.0
    moved_at: float = 0.0
    still_s: float = 0.0
    failures: int = 0
    silent_until: float | None = None

    @property
    def silent(self) -> bool:
        return self.silent_until is not None


def observed(before: Progress | None, domain: Domain, now: float) -> Progress:
    """What is known after one more look."""
    if before is None:
        return Progress(now, domain.pages_kib, _gap(domain))
    passed = now - before.at
    moved = _moved(before, domain)
    fading = 0.5 ** (passed / HALF_LIFE_S)
    was_asked = before.gap_kib != 0 and not before.silent
    seen = replace(
        before,
        at=now,
        pages_kib=domain.pages_kib,
        gap_kib=_gap(domain),
        asked_s=before.asked_s * fading + (passed if was_asked else 0.0),
        moved_kib=before.moved_kib * fading + (moved if was_asked else 0.0),
        moved_at=now if moved > 0 else before.moved_at,
        still_s=before.still_s + passed if was_asked and moved == 0 else 0.0,
    )
    arrived = was_asked and moved > 0 and seen.gap_kib == 0
    return _judged(replace(seen, failures=0) if arrived else seen, now)


def _gap(domain: Domain) -> int:
    return 0 if domain.settled else domain.gap_kib


def _moved(before: Progress, domain: Domain) -> int:
    """How far it has moved towards its target."""
    went = domain.pages_kib - before.pages_kib
    return max(went if before.gap_kib > 0 else -went, 0)


def _judged(seen: Progress, now: float) -> Progress:
    if seen.silent_until is not None:
        over = now >= seen.silent_until
        return replace(seen, silent_until=None, still_s=0.0) if over else seen
    if seen.gap_kib == 0 or (seen.still_s < STILL_MAX_S and not _is_too_slow(seen)):
        return seen
    pause = min(ASK_AGAIN_S * 2**seen.failures, ASK_AGAIN_MAX_S)
    return replace(seen, failures=seen.failures + 1, silent_until=now + pause)


def _is_too_slow(seen: Progress) -> bool:
    if seen.asked_s < STILL_MAX_S:
        return False
    return abs(seen.gap_kib) * seen.asked_s > ARRIVAL_MAX_S * seen.moved_kib
