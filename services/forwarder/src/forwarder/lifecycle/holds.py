"""What an operation holds besides the object that it is begun on, so that nobody takes it away.

The rule stands here once: `HOLDS` says of each operation which objects it works with, and how it
needs them; `compatible` says which needs go together. A message that destroys, resizes, unplugs,
moves or changes an object is itself an operation on it, and waits for those that hold it.

An operation holds all that it needs from its beginning, in one transaction, or nothing: so none
waits for another while that one waits for it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

from datamodel import api
from datamodel.model import EnumType, MapType


class How(Enum):
    """How an operation needs an object."""

    KEEP = "keep"
    """It stays, and stays as it is set up; for a disk: whoever may read or write it does."""

    READ = "read"
    """A disk's bytes stay as they are."""

    WRITE = "write"
    """A disk's bytes may change; who else may use it meanwhile is the VBD's table to say."""

    CHANGE = "change"
    """It is destroyed, changed or moved: nobody else needs it."""


class Hold(NamedTuple):
    """What a task holds; ``operation`` is what errors name.

    ``own`` is true where the operation is one on this very object, and not on another that needs
    this one; ``root`` is the object that it was begun on.
    """

    cls: str
    ref: str
    operation: str = ""
    how: str = How.CHANGE.value
    own: bool = True
    root: str = ""


Needs = Iterator[tuple[str, str, How]]
"""Objects that an operation needs: class, reference, how."""

Record = Mapping[str, Any]


def compatible(one: How, other: How) -> bool:
    """Whether two operations may need the same object so at the same time."""
    return How.CHANGE not in (one, other) and {one, other} != {How.READ, How.WRITE}


def need(tx: Any, cls: str, ref: str, how: How) -> Needs:
    """An object, and with a disk its SR and the PBDs that hosts reach it by."""
    record = tx.find(cls, ref)
    if record is None:
        return
    yield cls, ref, how
    if cls == "VDI":
        yield from need(tx, "SR", record["SR"], How.KEEP)
    elif cls == "SR":
        for pbd in record["PBDs"]:
            yield from need(tx, "PBD", pbd, How.KEEP)


def _devices(tx: Any, vm: Record, how: How) -> Needs:
    for cls, many in (("VBD", "VBDs"), ("VIF", "VIFs")):
        for device in vm[many]:
            yield from need(tx, cls, device, how)


def _disks(tx: Any, vm: Record, how: How | None = None) -> Needs:
    """A VM's disks: as they are attached, unless ``how`` says otherwise."""
    for ref in vm["VBDs"]:
        vbd = tx.get("VBD", ref)
        yield from need(tx, "VDI", vbd["VDI"], how or _attached(tx, vbd))


def _attached(tx: Any, vbd: Record) -> How:
    """How a VM needs a disk; of one that is made to be shared others take care themselves."""
    vdi = tx.find("VDI", vbd["VDI"])
    shared = vdi is not None and vdi["sharable"]
    return How.WRITE if vbd["mode"] == "RW" and not shared else How.KEEP


def _networks(tx: Any, vm: Record) -> Needs:
    for ref in vm["VIFs"]:
        yield from need(tx, "network", tx.get("VIF", ref)["network"], How.KEEP)


def _running(tx: Any, vm: Record) -> Needs:
    """To make the domain of a VM: its devices, and all that is behind them."""
    yield from _devices(tx, vm, How.KEEP)
    yield from _disks(tx, vm)
    yield from _networks(tx, vm)


def _resuming(tx: Any, vm: Record) -> Needs:
    yield from _running(tx, vm)
    yield from need(tx, "VDI", vm["suspend_VDI"], How.CHANGE)


def _copying(how: How) -> Callable[[Any, Record], Needs]:
    def needs(tx: Any, vm: Record) -> Needs:
        yield from _devices(tx, vm, How.KEEP)
        yield from _disks(tx, vm, how)

    return needs


def _destroying(tx: Any, vm: Record) -> Needs:
    yield from _devices(tx, vm, How.CHANGE)
    yield from need(tx, "VDI", vm["suspend_VDI"], How.CHANGE)


def _reverting(tx: Any, snapshot: Record) -> Needs:
    """The VM that a snapshot is of becomes another; the snapshot stays as it is."""
    yield from _copying(How.READ)(tx, snapshot)
    yield from need(tx, "VDI", snapshot["suspend_VDI"], How.READ)
    ref = snapshot["snapshot_of"]
    vm = tx.find("VM", ref)
    if vm is not None:
        yield "VM", ref, How.CHANGE
        yield from _destroying(tx, vm)
        yield from _disks(tx, vm, How.CHANGE)


def _of_vbd(tx: Any, vbd: Record) -> Needs:
    yield "VM", vbd["VM"], How.KEEP
    yield from need(tx, "VDI", vbd["VDI"], _attached(tx, vbd))


def _of_vif(tx: Any, vif: Record) -> Needs:
    yield "VM", vif["VM"], How.KEEP
    yield from need(tx, "network", vif["network"], How.KEEP)


def _with_vbds(tx: Any, vdi: Record) -> Needs:
    """A disk that goes takes its VBDs along."""
    for vbd in vdi["VBDs"]:
        yield from need(tx, "VBD", vbd, How.CHANGE)


def _moving(tx: Any, vdi: Record) -> Needs:
    for vbd in vdi["VBDs"]:
        yield "VM", tx.get("VBD", vbd)["VM"], How.CHANGE


def _removing_sr(tx: Any, sr: Record) -> Needs:
    for pbd in sr["PBDs"]:
        yield from need(tx, "PBD", pbd, How.CHANGE)
    for ref in sr["VDIs"]:
        yield "VDI", ref, How.CHANGE
        yield from _with_vbds(tx, tx.get("VDI", ref))


def _of_pbd(tx: Any, pbd: Record) -> Needs:
    yield "SR", pbd["SR"], How.KEEP


def _nothing(tx: Any, record: Record) -> Needs:
    yield from ()


HOLDS: dict[str, dict[str, Callable[[Any, Record], Needs]]] = {
    "VM": {
        **dict.fromkeys(("start", "start_on", "pool_migrate", "suspend"), _running),
        **dict.fromkeys(("clean_reboot", "hard_reboot"), _running),
        **dict.fromkeys(("resume", "resume_on"), _resuming),
        **dict.fromkeys(("snapshot", "checkpoint"), _copying(How.KEEP)),
        **dict.fromkeys(("clone", "copy", "export"), _copying(How.READ)),
        "revert": _reverting,
        "destroy": _destroying,
    },
    "VBD": dict.fromkeys(("plug", "unplug", "unplug_force", "insert", "eject"), _of_vbd),
    "VIF": dict.fromkeys(("plug", "unplug", "unplug_force", "move", "configure"), _of_vif),
    "VDI": {**dict.fromkeys(("destroy", "forget"), _with_vbds), "mirror": _moving},
    "SR": {**dict.fromkeys(("destroy", "forget"), _removing_sr)},
    "PBD": dict.fromkeys(("plug", "unplug", "destroy"), _of_pbd),
}
"""What else an operation needs, by class and operation; what is not here needs its object alone."""

SHARING = {
    "VM": frozenset({"snapshot", "checkpoint", "clone", "copy", "export", "get_boot_record"}),
    "VDI": frozenset({"snapshot", "clone", "copy", "update"}),
    "SR": frozenset({"scan", "vdi_create", "pbd_create"}),
}
"""Operations that leave their own object as it is; all others change it."""

BYTES = {"VDI": frozenset({"copy"})}
"""Of those, the ones that read a disk's bytes."""

BEGUN_TOO: Mapping[tuple[str, str], Mapping[str, str]] = {
    **{
        ("VM", operation): {"VBD": "attach", "VIF": "attach"}
        for operation in ("start", "start_on", "resume", "resume_on")
    },
    ("VM", "revert"): {"VM": "reverting"},
    **{
        ("VDI", operation): {"SR": f"vdi_{operation}"}
        for operation in (
            *("destroy", "snapshot", "clone", "resize", "enable_cbt", "disable_cbt"),
            *("data_destroy", "list_changed_blocks", "set_on_boot"),
        )
    },
    ("VDI", "mirror"): {"VM": "migrate_send"},
    ("VDI", "resize_online"): {"SR": "vdi_resize"},
    ("PBD", "plug"): {"SR": "plug"},
    ("PBD", "unplug"): {"SR": "unplug"},
    ("PBD", "destroy"): {"SR": "pbd_destroy"},
}
"""Operations that are begun on what one needs: by the one, the other by its class."""

OF_DEVICES = frozenset({"plug", "unplug", "unplug_force", "insert", "eject", "move", "configure"})
FORCED = frozenset({"hard_shutdown", "hard_reboot"})
"""Operations that do not wait for those on the VM's devices, which its host does in turn."""

MOVING = frozenset({"start", "start_on", "resume", "resume_on", "suspend", "checkpoint"}) | {
    *("pool_migrate", "migrate_send", "reverting", "destroy")
}
"""Operations after which a VM may be elsewhere, or no more: the forced ones wait for their end."""

STOPPED_BY: Mapping[str, frozenset[str]] = {
    "hard_shutdown": frozenset(
        {
            *("clean_shutdown", "clean_reboot", "hard_reboot", "pool_migrate"),
            *("call_plugin", "shutdown", "suspend", "checkpoint", "resume", "resume_on"),
        }
    ),
    "hard_reboot": frozenset(
        {
            *("clean_shutdown", "clean_reboot", "pool_migrate", "call_plugin", "suspend"),
            "checkpoint",
        }
    ),
}
"""Operations that a forced one asks to stop, and whose end it waits for."""


def own(cls: str, operation: str) -> How:
    """How an operation needs the object that it is begun on."""
    if operation in BYTES.get(cls, ()):
        return How.READ
    return How.KEEP if operation in SHARING.get(cls, ()) else How.CHANGE


def others(tx: Any, cls: str, record: Record, operation: str) -> Needs:
    """What an operation needs besides its own object."""
    if cls == "VDI":
        yield from need(tx, "SR", record["SR"], How.KEEP)
    yield from HOLDS.get(cls, {}).get(operation, _nothing)(tx, record)


def in_order(holds: Iterable[Hold]) -> list[Hold]:
    """In the order in which refusals count: an SR is asked before its disks and PBDs."""
    return sorted(holds, key=lambda hold: hold.cls != "SR")


def is_shown(cls: str, operation: str) -> bool:
    """Whether clients see an operation on an object of the class: the XenAPI has a word for it."""
    field = api.classes[cls].fields.get("current_operations")
    return (
        field is not None
        and isinstance(field.type, MapType)
        and isinstance(field.type.value, EnumType)
        and operation in field.type.value.values
    )


def go_together(wanted: Hold, found: Hold) -> bool:
    """Whether an operation may begin beside another task's that holds something.

    Of two operations on one object the class's own table says so. But the forced ones, which may
    begin beside any other, wait for what moves the VM, and for what they have asked to stop.
    """
    if (found.cls, found.ref) != (wanted.cls, wanted.ref):
        return True
    if wanted.own and found.own:
        awaited = MOVING | STOPPED_BY.get(wanted.operation, frozenset())
        return wanted.operation not in FORCED or found.operation not in awaited
    if wanted.operation in FORCED and found.operation in OF_DEVICES:
        return True
    return compatible(How(wanted.how), How(found.how))
