"""What operators read afterwards: one ``message`` for each thing that was done to a VM.

Names and priority are those that the field's clients know (XenAPI, class ``message``).
"""

import time
from dataclasses import dataclass

from datamodel.refs import new_uuid
from pooldb import Transaction

from forwarder.reconcile import date

DATA_AT_RISK, GOOD_TO_KNOW = 1, 5


@dataclass(frozen=True)
class Announcement:
    """``text`` goes on after the VM's name: "started on host1"."""

    name: str
    vm: str
    text: str
    priority: int = GOOD_TO_KNOW


def is_told(tx: Transaction, name: str, vm: str) -> bool:
    """Whether a message of this name about a VM is there already."""
    uuid = tx.get("VM", vm)["uuid"]
    return any((m["name"], m["obj_uuid"]) == (name, uuid) for m in tx.all("message").values())


def write(tx: Transaction, announcement: Announcement) -> None:
    """Keep an announcement, unless its VM is gone."""
    vm = tx.find("VM", announcement.vm)
    if vm is None:
        return
    tx.create(
        "message",
        {
            "uuid": new_uuid(),
            "name": announcement.name,
            "priority": announcement.priority,
            "cls": "VM",
            "obj_uuid": vm["uuid"],
            "timestamp": date(time.time()),
            "body": f"VM '{vm['name_label']}' (uuid: {vm['uuid']}) {announcement.text}",
        },
    )


def withholds(vm: str, total: str) -> Announcement:
    """A VM that could have given memory to another and did not."""
    text = f"did not give up memory that another VM needs: {total}"
    return Announcement("VM_MEMORY_NOT_RELEASED", vm, text)
