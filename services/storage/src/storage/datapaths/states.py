"""The states of datapaths, and what becomes of them: functions of states alone.

Each use of a disk by a VM is detached, attached or activated, for reading only or for writing too.
A VM's engine has the most that any of its uses of the disk asks for, the superstate. What is open
for reading cannot become writable: whoever writes comes first.
"""

from collections.abc import Iterable, Mapping
from enum import Enum

from xenops.storage import DpState, RoRw, StorageError

DETACHED = DpState("Detached")


class Step(Enum):
    """What a call asks for."""

    ATTACH_RO = "attach for reading"
    ATTACH_RW = "attach for writing"
    ACTIVATE = "activate"
    ACTIVATE_RO = "activate for reading"
    DEACTIVATE = "deactivate"
    DETACH = "detach"


def superstate(states: Iterable[DpState]) -> DpState:
    """The most that any of several uses asks for."""
    used = [state for state in states if state != DETACHED]
    if not used:
        return DETACHED
    tag = "Activated" if any(state.tag == "Activated" for state in used) else "Attached"
    writes = any(state.value is RoRw.RW for state in used)
    return DpState(tag, RoRw.RW if writes else RoRw.RO)


def after(state: DpState, step: Step) -> DpState:
    """The state of one use after a step, which may change nothing; raises StorageError."""
    match step, state.tag:
        case ((Step.ATTACH_RO | Step.ATTACH_RW), _):
            mode = RoRw.RW if step is Step.ATTACH_RW else RoRw.RO
            if state == DETACHED:
                return DpState("Attached", mode)
            if mode is RoRw.RW and state.value is RoRw.RO:
                raise illegal(state, DpState(state.tag, mode))
            return state
        case Step.ACTIVATE, "Attached":
            return DpState("Activated", state.value)
        case Step.ACTIVATE_RO, "Attached":
            return DpState("Activated", RoRw.RO)
        case ((Step.ACTIVATE | Step.ACTIVATE_RO), "Detached"):
            raise illegal(state, DpState("Activated", RoRw.RO))
        case Step.DEACTIVATE, "Activated":
            return DpState("Attached", state.value)
        case Step.DETACH, "Attached":
            return DETACHED
        case Step.DETACH, "Activated":
            raise illegal(state, DETACHED)
    return state


def taken(uses: Mapping[str, DpState], dp: str, step: Step) -> dict[str, DpState]:
    """One VM's uses of a disk after a step of one of them; raises StorageError if it is illegal."""
    before = superstate(uses.values())
    now = {**uses, dp: after(uses.get(dp, DETACHED), step)}
    then = superstate(now.values())
    if before.value is RoRw.RO and then.value is RoRw.RW:
        raise illegal(before, then)
    if before == DpState("Activated", RoRw.RW) and then == DpState("Activated", RoRw.RO):
        raise illegal(before, then)
    return {name: state for name, state in now.items() if state != DETACHED}


def illegal(before: DpState, then: DpState) -> StorageError:
    return StorageError("Illegal_transition", (before, then))
