"""VM.provision: a VM of a clone of a template, with the disks that the template asks for."""

import xml.etree.ElementTree as ElementTree

import defusedxml.ElementTree
from datamodel import XenAPIError
from pooldb import Transaction

from forwarder import devices
from forwarder.context import Context
from forwarder.messages.vdi import create_vdi
from forwarder.messages.vm_copy import OWNER
from forwarder.messages.vm_settings import become
from forwarder.registry import implements

INSTALLED_KEYS = ("disks", "postinstall")
"""What a template says of its installation: it would be done again otherwise."""


@implements("VM.provision")
def provision(ctx: Context, vm: str) -> None:
    """Make the disks that the template asks for; the VM is no template afterwards."""
    ctx.lock("VM", vm, "provision")
    wanted = _disks(ctx.view.get("VM", vm)["other_config"].get("disks", ""))
    with ctx.transaction() as tx:
        for disk in wanted:
            _provision_disk(tx, vm, disk)
        said = tx.get("VM", vm)["other_config"]
        left = {key: value for key, value in said.items() if key not in INSTALLED_KEYS}
        tx.update("VM", vm, {"other_config": left, "is_default_template": False})
        become(tx, vm, template=False)


def _disks(text: str) -> list[ElementTree.Element]:
    if not text:
        return []
    try:
        return list(defusedxml.ElementTree.fromstring(text).iter("disk"))
    except ElementTree.ParseError as error:
        raise XenAPIError("INVALID_VALUE", "other_config:disks", text) from error


def _provision_disk(tx: Transaction, vm: str, disk: ElementTree.Element) -> None:
    """A disk of the VM's own, named by its place."""
    device, kind = disk.get("device", "0"), disk.get("type", "system")
    vdi = create_vdi(
        tx,
        {
            "name_label": device,
            "name_description": "Created by template provisioner",
            "SR": _sr(tx, disk.get("sr", "")),
            "virtual_size": int(disk.get("size", "0")),
            "type": kind,
        },
    )
    devices.add(
        tx,
        "VBD",
        {
            "VM": vm,
            "VDI": vdi,
            "userdevice": device,
            "bootable": disk.get("bootable") == "true",
            "mode": "RW",
            "type": "Disk",
            "unpluggable": kind != "system",
            "other_config": {OWNER: ""},
        },
    )


def _sr(tx: Transaction, uuid: str) -> str:
    try:
        return tx.by_uuid("SR", uuid)
    except XenAPIError as error:
        raise XenAPIError("UUID_INVALID", "sr", uuid) from error
