"""VM.provision: makes a VM from a template, with the disks that the template asks for."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import defusedxml.ElementTree
from datamodel import XenAPIError
from datamodel.classes import SR, VM, SRRef, VMRef
from datamodel.values import INT_MAX, invalid_value
from defusedxml.common import DefusedXmlException
from pooldb import Reader
from rules.lifecycle.sr import require_plugged
from rules.values import places

from forwarder.core.context import Context
from forwarder.core.registry import implements
from forwarder.messages.vm.copy import OWNER
from forwarder.messages.vm.settings import become
from forwarder.records import devices
from forwarder.storage.making import Made, Making, making, recorded

SIZE = re.compile("[0-9]{1,19}")
PROVISIONED = ("system", "user", "ephemeral", "suspend", "crashdump")
"""The types that a template's disks may have."""
INSTALLED_KEYS = ("disks", "postinstall")
"""A template's keys for its installation; they are removed, so that it is not done again."""


@implements("VM.provision")
def provision(ctx: Context, vm: VMRef) -> None:
    """Make the disks that the template asks for; the VM is no template afterwards."""
    ctx.lock(VM, vm, "provision")
    wanted = _disks(ctx.view.get(VM, vm).other_config.get("disks", ""))
    with making(ctx) as making_:
        disks = list(_made(ctx, making_, vm, wanted))
        with ctx.transaction() as tx:
            for disk in disks:
                devices.add_vbd(tx, {**disk.vbd, "VM": vm, "VDI": recorded(tx, disk.made)})
            other_config = tx.get(VM, vm).other_config
            left = {key: value for key, value in other_config.items() if key not in INSTALLED_KEYS}
            changed_vm = tx.edit(VM, vm)
            changed_vm.other_config = left
            changed_vm.is_default_template = False
            become(tx, vm, template=False)


def _disks(text: str) -> list[ElementTree.Element]:
    """The disks that the text asks for; raises INVALID_VALUE if it is malformed."""
    if not text:
        return []
    try:
        root = defusedxml.ElementTree.fromstring(text, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise invalid_value("other_config:disks", text) from error
    if root.tag != "provision" or any(disk.tag != "disk" for disk in root):
        raise invalid_value("other_config:disks", text)
    return list(root)


@dataclass(frozen=True)
class Provisioned:
    """A disk that was made, and the fields of its VBD."""

    made: Made
    vbd: Mapping[str, Any]


def _made(
    ctx: Context, making_: Making, vm: VMRef, wanted: Iterable[ElementTree.Element]
) -> Iterator[Provisioned]:
    """Make disks of the VM's own, each named after its place.

    Raises INVALID_VALUE, UUID_INVALID, or what VDI.create and VBD.create do.
    """
    chosen: list[str] = []
    for disk in wanted:
        size, kind = disk.get("size", ""), disk.get("type", "system")
        if not SIZE.fullmatch(size) or int(size) > INT_MAX:
            raise invalid_value("other_config:disks:size", size)
        if kind not in PROVISIONED:
            raise invalid_value("other_config:disks:type", kind)
        record = ctx.view.get(VM, vm)
        place = places.choose(ctx.view, record, disk.get("device", ""), "Disk", chosen=chosen)
        chosen.append(place)
        sr = _sr(ctx.view, disk.get("sr", ""))
        require_plugged(ctx.view, sr)
        values = {
            "name_label": place,
            "name_description": "Created by template provisioner",
            "SR": sr,
            "virtual_size": int(size),
            "type": kind,
        }
        vbd = {
            "userdevice": place,
            "bootable": disk.get("bootable") == "true",
            "mode": "RW",
            "type": "Disk",
            "unpluggable": kind != "system",
            "other_config": {OWNER: ""},
        }
        yield Provisioned(making_.create(values, place), vbd)


def _sr(view: Reader, uuid: str) -> SRRef:
    try:
        return view.by_uuid(SR, uuid)
    except XenAPIError as error:
        raise XenAPIError("UUID_INVALID", "sr", uuid) from error
