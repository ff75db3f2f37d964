"""The places of a VM's devices: which places there are, and what guests call the devices there.

Clients name the place of a disk or CD drive by a number, or by a name that Linux has or had for it:
``1``, ``xvdb``, ``hdb`` and ``sdb`` are one place, and the guest calls its device ``xvdb``. Floppy
drives are ``fda`` and ``fdb``. Interfaces have numbers.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache

from datamodel import XenAPIError
from datamodel.classes import VBD, VIF, VM
from pooldb import Reader

DISKS, INTERFACES = 255, 16
"""How many disks and interfaces a guest can have; a control domain may have one disk more."""

FLOPPY, FLOPPIES = "Floppy", ("fda", "fdb")
AUTODETECT = "autodetect"
NUMBER = re.compile("0|[1-9][0-9]{0,2}")
NAME = re.compile("(?:xvd|hd|sd)([a-z]{1,2})")
LETTERS = 26


def number(said: str) -> int | None:
    """A plain decimal number of at most three digits; None for anything else."""
    return int(said) if NUMBER.fullmatch(said) else None


def disk_number(said: str) -> int | None:
    """The number of a disk's place by any of its names; None if there is no such place."""
    match = NAME.fullmatch(said)
    if match is None:
        return number(said)
    position = 0
    for letter in match[1]:
        position = position * LETTERS + ord(letter) - ord("a") + 1
    return position - 1


def disk_name(position: int) -> str:
    """The guest's name for a disk: ``xvda`` for the first, ``xvdaa`` for the 27th."""
    letters, left = "", position + 1
    while left:
        left, letter = divmod(left - 1, LETTERS)
        letters = chr(ord("a") + letter) + letters
    return f"xvd{letters}"


def device(said: str) -> str | None:
    """The guest's name for the device at a place, by any name of the place; None for no place."""
    if said in FLOPPIES:
        return said
    position = disk_number(said)
    return None if position is None else disk_name(position)


def device_of(vbd: VBD) -> str | None:
    """The guest's name for a VBD's device; a plugged one keeps the name that it was plugged as."""
    if vbd.currently_attached and vbd.device:
        return str(vbd.device)
    return device(vbd.userdevice)


def taken(tx: Reader, vm: VM, *, besides: str | None = None) -> set[str]:
    """The devices of a VM's VBDs: those at their places, and those still plugged elsewhere."""
    records = [tx.get(VBD, ref) for ref in vm.VBDs if ref != besides]
    names = {device(record.userdevice) for record in records}
    names |= {device_of(record) for record in records}
    return {name for name in names if name is not None}


def disks_of(vm: VM) -> range:
    """The numbers that a VM's disks may have."""
    return range(DISKS + bool(vm.is_control_domain))


def free_disks(tx: Reader, vm: VM, *, besides: str | None = None) -> list[str]:
    """The numbers of disks at which a VM has no device."""
    free = dict(_numbers(len(disks_of(vm))))
    for name in taken(tx, vm, besides=besides):
        free.pop(name, None)
    return list(free.values())


@cache
def _numbers(count: int) -> Mapping[str, str]:
    """The numbers of disks by the guest's names for them."""
    return {disk_name(position): str(position) for position in range(count)}


def free_interfaces(tx: Reader, vm: VM) -> list[str]:
    """The numbers of interfaces that a VM does not have."""
    used = {tx.get(VIF, vif).device for vif in vm.VIFs}
    return [said for said in map(str, range(INTERFACES)) if said not in used]


def choose(
    tx: Reader,
    vm: VM,
    said: str,
    type_: str,
    *,
    besides: str | None = None,
    chosen: Collection[str] = (),
) -> str:
    """The place of a VBD: the one named, or the first free one; raises as ``check`` does.

    ``chosen`` are places for VBDs that are not recorded yet. INVALID_DEVICE if none is free.
    """
    if said != AUTODETECT:
        check(tx, vm, said, type_, besides=besides)
        if device(said) in map(device, chosen):
            raise XenAPIError("DEVICE_ALREADY_EXISTS", said)
        return said
    _check_floppy(vm, type_)
    used = taken(tx, vm, besides=besides)
    floppies = [name for name in FLOPPIES if name not in used]
    places = floppies if type_ == FLOPPY else free_disks(tx, vm, besides=besides)
    free = [place for place in places if place not in chosen]
    if not free:
        raise XenAPIError("INVALID_DEVICE", said)
    return free[0]


def check(tx: Reader, vm: VM, said: str, type_: str, *, besides: str | None = None) -> None:
    """Raise unless a device of this type can be at a place of a VM.

    INVALID_DEVICE if it is no place for such a device, DEVICE_ALREADY_EXISTS if a VBD other than
    ``besides`` is there, NOT_IMPLEMENTED for floppies of guests without emulated hardware.
    """
    _check_floppy(vm, type_)
    fits = said in FLOPPIES if type_ == FLOPPY else disk_number(said) in disks_of(vm)
    if not fits:
        raise XenAPIError("INVALID_DEVICE", said)
    if device(said) in taken(tx, vm, besides=besides):
        raise XenAPIError("DEVICE_ALREADY_EXISTS", said)


def _check_floppy(vm: VM, type_: str) -> None:
    if type_ == FLOPPY and vm.domain_type not in ("hvm", "unspecified"):
        raise XenAPIError("NOT_IMPLEMENTED", "VBD of type 'floppy' is not supported on PV domain")


def require_plain(tx: Reader, vm: VM) -> None:
    """Raise for VBDs that no guest can have together: some are older than the rules for places.

    INVALID_DEVICE for a VBD without a valid place, DEVICE_ALREADY_EXISTS for the second at a place.
    """
    seen: set[str] = set()
    for ref in vm.VBDs:
        record = tx.get(VBD, ref)
        name = device_of(record)
        if name is None:
            raise XenAPIError("INVALID_DEVICE", record.userdevice)
        if name in seen:
            raise XenAPIError("DEVICE_ALREADY_EXISTS", record.userdevice)
        seen.add(name)


def interface(said: str) -> int:
    """The number of an interface; raises INVALID_DEVICE if no interface can have it."""
    position = number(said)
    if position not in range(INTERFACES):
        raise XenAPIError("INVALID_DEVICE", said)
    assert position is not None
    return position
