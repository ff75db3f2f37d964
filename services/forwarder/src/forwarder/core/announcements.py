"""What operators read afterwards: one ``message`` for each thing that was done to a VM.

Names and priority are those that the field's clients know (XenAPI, class ``message``).
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datamodel.refs import new_uuid
from pooldb import Transaction

from forwarder.values.dates import date

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
    _write(tx, announcement.name, announcement.priority, "VM", vm, announcement.text)


def write_of_host(tx: Transaction, name: str, host: str, text: str, priority: int) -> None:
    """Tell operators of something about a host; ``text`` goes on after its name."""
    _write(tx, name, priority, "Host", tx.get("host", host), text)


def _write(
    tx: Transaction, name: str, priority: int, cls: str, record: Mapping[str, Any], text: str
) -> None:
    tx.create(
        "message",
        {
            "uuid": new_uuid(),
            "name": name,
            "priority": priority,
            "cls": cls,
            "obj_uuid": record["uuid"],
            "timestamp": date(time.time()),
            "body": f"{cls} '{record['name_label']}' (uuid: {record['uuid']}) {text}",
        },
    )


def withholds(vm: str, total: str) -> Announcement:
    """A VM that could have given memory to another and did not."""
    text = f"did not give up memory that another VM needs: {total}"
    return Announcement("VM_MEMORY_NOT_RELEASED", vm, text)
