"""What an operation holds besides the object that it is begun on, so that nobody takes it away.

All rules are here: `HOLDS` says for each operation which objects it works with, and how it needs
them; `compatible` says which needs go together. A message that destroys, resizes, unplugs, moves or
changes an object is itself an operation on it, and waits for the operations that hold the object.

An operation takes all that it needs at its beginning, in one transaction, or nothing; so no two
operations wait for each other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeVar

from datamodel import api
from datamodel.classes import PBD, SR, VBD, VDI, VIF, VM, Network, SRRef, VDIRef
from datamodel.enums import VbdMode
from datamodel.model import EnumType, MapType
from datamodel.objects import ClassName, Kind, name_of
from datamodel.refs import Ref, as_ref
from pooldb import Reader

Name = TypeVar("Name")


class How(Enum):
    """How an operation needs an object."""

    KEEP = "keep"
    """The object and its settings stay; a disk's bytes may be read and written by others."""

    READ = "read"
    """A disk's bytes stay as they are."""

    WRITE = "write"
    """A disk's bytes may change; the VBD's table says who else may use the disk meanwhile."""

    CHANGE = "change"
    """The object is destroyed, changed or moved: nobody else may need it."""


class Hold(NamedTuple):
    """What a task holds; errors name ``operation``.

    ``own`` is true if the operation is on this very object, and false if it is on another object
    that needs this one; ``root`` is the object that it was begun on.
    """

    cls: ClassName
    ref: Ref[Any]
    operation: str = ""
    how: str = How.CHANGE.value
    own: bool = True
    root: Ref[Any] = as_ref("")


Need = tuple[ClassName, Ref[Any], How]
Needs = Iterator[Need]
"""Objects that an operation needs: class, reference, how."""


def needed(kind: Kind[Name, Any], ref: Ref[Name], how: How) -> Need:
    return name_of(kind), ref, how


def compatible(one: How, other: How) -> bool:
    """Whether two operations may need the same object in these ways at the same time."""
    return How.CHANGE not in (one, other) and {one, other} != {How.READ, How.WRITE}


def need(tx: Reader, kind: Kind[Name, Any], ref: Ref[Name], how: How) -> Needs:
    """The need of an object, if the object exists."""
    if tx.find(kind, ref) is not None:
        yield needed(kind, ref, how)


def need_sr(tx: Reader, ref: SRRef, how: How) -> Needs:
    """An SR, with the PBDs by which hosts reach it."""
    sr = tx.find(SR, ref)
    if sr is not None:
        yield from need(tx, SR, ref, how)
        for pbd in sr.PBDs:
            yield from need(tx, PBD, pbd, How.KEEP)


def need_disk(tx: Reader, ref: VDIRef, how: How) -> Needs:
    """A disk, with its SR and the PBDs by which hosts reach that."""
    vdi = tx.find(VDI, ref)
    if vdi is not None:
        yield from need(tx, VDI, ref, how)
        yield from need_sr(tx, vdi.SR, How.KEEP)


def with_what_is_behind(tx: Reader, cls: ClassName, ref: Ref[Any], how: How) -> Needs:
    """An object of any class, with the SR and PBDs behind it, if any."""
    if cls == name_of(VDI):
        yield from need_disk(tx, ref, how)
    elif cls == name_of(SR):
        yield from need_sr(tx, ref, how)
    else:
        yield from need(tx, api.kinds[cls], ref, how)


def _devices(tx: Reader, vm: VM, how: How) -> Needs:
    for vbd in vm.VBDs:
        yield from need(tx, VBD, vbd, how)
    for vif in vm.VIFs:
        yield from need(tx, VIF, vif, how)


def _disks(tx: Reader, vm: VM, how: How | None = None) -> Needs:
    """A VM's disks, each needed as its VBD attaches it unless ``how`` says otherwise."""
    for ref in vm.VBDs:
        vbd = tx.get(VBD, ref)
        yield from need_disk(tx, vbd.VDI, how or _attached(tx, vbd))


def _attached(tx: Reader, vbd: VBD) -> How:
    """How a VM needs a disk; the users of a sharable disk coordinate their writes themselves."""
    vdi = tx.find(VDI, vbd.VDI)
    shared = vdi is not None and vdi.sharable
    return How.WRITE if vbd.mode == VbdMode.RW and not shared else How.KEEP


def _networks(tx: Reader, vm: VM) -> Needs:
    for ref in vm.VIFs:
        yield from need(tx, Network, tx.get(VIF, ref).network, How.KEEP)


def _running(tx: Reader, vm: VM) -> Needs:
    """What a VM's domain needs: the VM's devices, and all that is behind them."""
    yield from _devices(tx, vm, How.KEEP)
    yield from _disks(tx, vm)
    yield from _networks(tx, vm)


def _resuming(tx: Reader, vm: VM) -> Needs:
    yield from _running(tx, vm)
    yield from need_disk(tx, vm.suspend_VDI, How.CHANGE)


def _copying(how: How) -> Callable[[Reader, VM], Needs]:
    def needs(tx: Reader, vm: VM) -> Needs:
        yield from _devices(tx, vm, How.KEEP)
        yield from _disks(tx, vm, how)

    return needs


def _destroying(tx: Reader, vm: VM) -> Needs:
    yield from _devices(tx, vm, How.CHANGE)
    yield from need_disk(tx, vm.suspend_VDI, How.CHANGE)


def _reverting(tx: Reader, snapshot: VM) -> Needs:
    """The snapshot stays as it is; all of the VM that it was taken of may change."""
    yield from _copying(How.READ)(tx, snapshot)
    yield from need_disk(tx, snapshot.suspend_VDI, How.READ)
    vm = tx.find(VM, snapshot.snapshot_of)
    if vm is not None:
        yield from need(tx, VM, snapshot.snapshot_of, How.CHANGE)
        yield from _destroying(tx, vm)
        yield from _disks(tx, vm, How.CHANGE)


def _of_vbd(tx: Reader, vbd: VBD) -> Needs:
    yield needed(VM, vbd.VM, How.KEEP)
    yield from need_disk(tx, vbd.VDI, _attached(tx, vbd))


def _of_vif(tx: Reader, vif: VIF) -> Needs:
    yield needed(VM, vif.VM, How.KEEP)
    yield from need(tx, Network, vif.network, How.KEEP)


def _with_vbds(tx: Reader, vdi: VDI) -> Needs:
    """The VBDs of a disk are removed with it."""
    for vbd in vdi.VBDs:
        yield from need(tx, VBD, vbd, How.CHANGE)


def _moving(tx: Reader, vdi: VDI) -> Needs:
    for vbd in vdi.VBDs:
        yield needed(VM, tx.get(VBD, vbd).VM, How.CHANGE)


def _removing_sr(tx: Reader, sr: SR) -> Needs:
    for pbd in sr.PBDs:
        yield from need(tx, PBD, pbd, How.CHANGE)
    for ref in sr.VDIs:
        yield needed(VDI, ref, How.CHANGE)
        yield from _with_vbds(tx, tx.get(VDI, ref))


def _of_pbd(tx: Reader, pbd: PBD) -> Needs:
    yield needed(SR, pbd.SR, How.KEEP)


def _nothing(tx: Reader, record: Any) -> Needs:
    yield from ()


HOLDS: Mapping[str, Mapping[str, Callable[[Reader, Any], Needs]]] = {
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
"""What else an operation needs, by class and name; operations not here need only their object."""

SHARING = {
    "VM": frozenset({"snapshot", "checkpoint", "clone", "copy", "export", "get_boot_record"}),
    "VDI": frozenset({"snapshot", "clone", "copy", "update"}),
    "SR": frozenset({"scan", "vdi_create", "pbd_create"}),
}
"""Operations that leave their own object as it is; all others change it."""

BYTES = {"VDI": frozenset({"copy"})}
"""Those operations of `SHARING` that read a disk's bytes."""

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
    ("VDI", "revert_from"): {"SR": "vdi_revert"},
    ("PBD", "plug"): {"SR": "plug"},
    ("PBD", "unplug"): {"SR": "unplug"},
    ("PBD", "destroy"): {"SR": "pbd_destroy"},
}
"""By operation: the operations that begin with it on objects that it needs, by their class."""

OF_DEVICES = frozenset({"plug", "unplug", "unplug_force", "insert", "eject", "move", "configure"})
FORCED = frozenset({"hard_shutdown", "hard_reboot"})
"""Operations that do not wait for those on the VM's devices: the VM's host puts them in order."""

MOVING = frozenset({"start", "start_on", "resume", "resume_on", "suspend", "checkpoint"}) | {
    *("pool_migrate", "migrate_send", "reverting", "destroy")
}
"""Operations after which a VM may be elsewhere, or gone: forced operations wait for their end."""

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
"""Operations that a forced operation asks to stop, and whose end it waits for."""


def own(cls: str, operation: str) -> How:
    """How an operation needs the object that it is begun on."""
    if operation in BYTES.get(cls, ()):
        return How.READ
    return How.KEEP if operation in SHARING.get(cls, ()) else How.CHANGE


def others(tx: Reader, cls: ClassName, ref: Ref[Any], operation: str) -> Needs:
    """What an operation needs besides its own object; raises HANDLE_INVALID if that is gone."""
    record = tx.get(api.kinds[cls], ref)
    if cls == name_of(VDI):
        yield from need_sr(tx, record.SR, How.KEEP)
    yield from HOLDS.get(cls, {}).get(operation, _nothing)(tx, record)


def in_order(holds: Iterable[Hold]) -> list[Hold]:
    """Holds in the order in which refusals count: an SR's before those of its disks and PBDs."""
    return sorted(holds, key=lambda hold: hold.cls != "SR")


def is_shown(cls: str, operation: str) -> bool:
    """Whether clients see an operation on an object: the XenAPI's class has a word for it."""
    field = api.classes[cls].fields.get("current_operations")
    return (
        field is not None
        and isinstance(field.type, MapType)
        and isinstance(field.type.value, EnumType)
        and operation in field.type.value.values
    )


def go_together(wanted: Hold, held: Hold) -> bool:
    """Whether a wanted hold may begin beside one that another task holds.

    If both operations are on the object itself, its class's table decides. But forced operations,
    which that table lets begin beside any other, wait here for operations that move the VM, and for
    those that they have asked to stop.
    """
    if (held.cls, held.ref) != (wanted.cls, wanted.ref):
        return True
    if wanted.own and held.own:
        awaited = MOVING | STOPPED_BY.get(wanted.operation, frozenset())
        return wanted.operation not in FORCED or held.operation not in awaited
    if wanted.operation in FORCED and held.operation in OF_DEVICES:
        return True
    return compatible(How(wanted.how), How(held.how))
