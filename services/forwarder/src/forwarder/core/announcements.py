"""What operators read afterwards: a ``message`` for each thing that was done to a VM.

Clients know the names and priorities (XenAPI, class ``message``).
"""

import time
from dataclasses import dataclass

from datamodel.classes import SR, VM, Host, HostRef, Message, SRRef, VMRef
from datamodel.enums import Cls
from pooldb import Transaction
from rules.values.dates import date

DATA_AT_RISK, DEGRADED, GOOD_TO_KNOW = 1, 3, 5


@dataclass(frozen=True)
class Announcement:
    """``text`` comes after the VM's name: "started on host1"."""

    name: str
    vm: VMRef
    text: str
    priority: int = GOOD_TO_KNOW


def is_told(tx: Transaction, name: str, vm: VMRef) -> bool:
    """Whether there is already a message of this name about a VM."""
    uuid = tx.get(VM, vm).uuid
    return any((m.name, m.obj_uuid) == (name, uuid) for m in tx.all(Message).values())


def write(tx: Transaction, announcement: Announcement) -> None:
    """Keep an announcement, unless its VM is gone."""
    vm = tx.find(VM, announcement.vm)
    if vm is None:
        return
    _write(tx, announcement.name, announcement.priority, Cls.VM, vm, announcement.text)


def write_of_host(tx: Transaction, name: str, host: HostRef, text: str, priority: int) -> None:
    """Tell operators something about a host; ``text`` comes after its name."""
    _write(tx, name, priority, Cls.Host, tx.get(Host, host), text)


def write_of_sr(tx: Transaction, name: str, sr: SRRef, text: str, priority: int) -> None:
    """Tell operators something about an SR; ``text`` comes after its name."""
    _write(tx, name, priority, Cls.SR, tx.get(SR, sr), text)


def _write(
    tx: Transaction, name: str, priority: int, cls: Cls, about: VM | Host | SR, text: str
) -> None:
    message = tx.new(Message)
    message.name = name
    message.priority = priority
    message.cls = cls
    message.obj_uuid = about.uuid
    message.timestamp = date(time.time())
    message.body = f"{cls} '{about.name_label}' (uuid: {about.uuid}) {text}"


def withholds(vm: VMRef, total: str) -> Announcement:
    """A VM could have given memory to another VM, and did not; ``total`` says how much."""
    text = f"did not give up memory that another VM needs: {total}"
    return Announcement("VM_MEMORY_NOT_RELEASED", vm, text)
