"""Work that a restart of its host's xenopsd interrupted, and that is asked for again."""

from xenops.errors import Failure
from xenops.types import PowerState

ATTEMPTS_MAX = 3
"""What interrupts itself each time, since xenopsd dies of it, is given up."""

RUNNING, PAUSED, SUSPENDED = PowerState.Running, PowerState.Paused, PowerState.Suspended
ENDS = {
    "VM.start": (RUNNING, PAUSED),
    "VM.resume": (RUNNING, PAUSED),
    "VM.suspend": (SUSPENDED,),
}
"""The power states that a second attempt is refused in because the first one came to its end."""


def is_at_end(wire: str, error: Failure) -> bool:
    """Whether a second attempt failed because there is nothing left to do."""
    return error.tag == "Bad_power_state" and error.value[0] in ENDS.get(wire, ())


def is_paused(error: Failure) -> bool:
    """Whether a VM that is at its end does not run yet."""
    return bool(error.value[0] is PAUSED)
