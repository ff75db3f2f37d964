"""Refusals that an operation in progress may lift, and that count only once it has ended.

The tables say what may begin as things are now. A client that asks for `unpause` while a VM is
being paused wants the VM unpaused afterwards: "it is running" is no answer to that. So a refusal by
a state waits for the operations that may end in another state, as any operation waits for those in
its way.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import SR, VBD, VDI, VM
from datamodel.objects import ClassName, name_of
from datamodel.refs import Ref, as_ref
from pooldb import Reader

from rules.lifecycle.vm import HALTED, LIVE, PAUSED, RUNNING, SUSPENDED

ENDS_IN: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("start", "start_on", "resume", "resume_on"), LIVE),
    **dict.fromkeys(
        ("clean_shutdown", "hard_shutdown", "shutdown", "power_state_reset"), (HALTED,)
    ),
    **dict.fromkeys(("clean_reboot", "hard_reboot", "unpause"), (RUNNING,)),
    "pause": (PAUSED,),
    "suspend": (SUSPENDED,),
    "checkpoint": (*LIVE, SUSPENDED),
    "reverting": (HALTED, SUSPENDED),
}
"""The power states that a VM's operations may end in; other operations do not change the state."""

LETS_GO = frozenset({"unplug", "unplug_force", "eject"})
"""Operations on a VBD after which another VM may have its disk."""

OF_SR = {
    "SR_HAS_PBD": frozenset({"unplug"}),
    "SR_HAS_NO_PBDS": frozenset({"plug", "pbd_create"}),
    "SR_NOT_EMPTY": frozenset({"vdi_destroy"}),
}
"""Refusals of an SR, and the operations on it that may lift each."""


def lifted_by(tx: Reader, refused: Ref[Any], error: XenAPIError) -> Iterator[str]:
    """The tasks that may yet lift a refusal of an operation on ``refused``."""
    about: Ref[Any] = as_ref(error.params[0]) if error.params else refused
    if error.code == "VM_BAD_POWER_STATE":
        wanted = frozenset(error.params[1].split(", "))
        may = frozenset(name for name in ENDS_IN if not wanted.isdisjoint(_told(ENDS_IN[name])))
        yield from _working(tx, name_of(VM), about, may)
    elif error.code == "VDI_IN_USE":
        disk = tx.find(VDI, about)
        for vbd in disk.VBDs if disk is not None else ():
            yield from _working(tx, name_of(VBD), vbd, LETS_GO)
    elif error.code in OF_SR:
        yield from _working(tx, name_of(SR), about, OF_SR[error.code])


def _told(states: Iterable[str]) -> Iterator[str]:
    """Power states as errors name them."""
    return (state.lower() for state in states)


def _working(
    tx: Reader, cls: ClassName, ref: Ref[Any], operations: Container[str]
) -> Iterator[str]:
    """The tasks that do one of the operations on an object now."""
    current = (tx.find(cls, ref) or {}).get("current_operations", {})
    yield from (task for task, operation in current.items() if operation in operations)
