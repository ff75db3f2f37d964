"""A xenopsd without a broker, on a simulated Xen that outlives it."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from broker.envelope import Message
from daemon.door import Doorway
from daemon.queues import Item, Queues
from daemon.runner import Runner
from xenops.types import Disk, Metadata, Vbd, VbdMode, VbdTy, Vif
from xenopsd.backend.devices import Devices
from xenopsd.backend.domains import Domains
from xenopsd.checks import Checks
from xenopsd.frontend import Frontend
from xenopsd.host import Host
from xenopsd.journal import Journal
from xenopsd.migration.receiver import Receiver
from xenopsd.migration.sender import Sender
from xenopsd.ports.bootloader import NoBootloader
from xenopsd.ports.device_model import NoDeviceModels
from xenopsd.ports.hotplug import NoHotplug
from xenopsd.ports.memory import Unshared
from xenopsd.ports.storage import DummyStorage
from xenopsd.updates import Updates
from xenports.pyxs.store import Store
from xenports.simulated.hypervisor import SimulatedHypervisor

from tests.contract.backend import Backend

IMAGE = "sr/image"


def host_in(folder: Path) -> Host:
    hypervisor = SimulatedHypervisor(str(folder / "xen.sock"))
    store = Store(str(folder / "xenstored" / "socket"))
    journal = Journal(folder / "state" / "journal.db")
    storage = DummyStorage(folder / "locks", "this host")
    return Host(
        Domains(hypervisor, store, journal, Unshared()),
        Devices(store, storage, NoHotplug()),
        NoDeviceModels(),
        NoBootloader(),
        journal,
        str(folder / "hooks"),
        folder / "images",
    )


def add_vm(host: Host, backend: Backend) -> str:
    """A VM with a disk and an interface, which is off."""
    vm = backend.vm()
    disk = Vbd(
        id=(vm.id, "xvda"),
        mode=VbdMode.ReadWrite,
        backend=Disk("VDI", f"sr/{uuid.uuid4()}"),
        ty=VbdTy.Disk,
    )
    host.journal.set_metadata(Metadata(vm=vm, vbds=[disk], vifs=[Vif(id=(vm.id, "0"))]))
    return vm.id


def doorway_in(folder: Path) -> Doorway:
    """How bytes come to it, if a door is opened in ``folder / "door"``."""
    return Doorway(folder / "door" / "daemons", "xenopsd")


class Listener:
    """Stands in for the broker; ``hear`` gets the bodies of what is published."""

    def __init__(self, hear: Callable[[Any], object] = lambda _: None) -> None:
        self._hear = hear

    def publish(self, exchange: str, key: str, message: Message) -> None:
        self._hear(message.body)


def frontend_of(
    host: Host,
    folder: Path,
    queues: Queues,
    hear: Callable[[Any], object] = lambda _: None,
    runner: Runner[Host] | None = None,
) -> Frontend:
    listener: Any = Listener(hear)
    runner = runner or Runner(host, ThreadPoolExecutor(4), "test")
    updates = Updates(listener, host, dict)
    return Frontend(
        host=host,
        queues=queues,
        runner=runner,
        updates=updates,
        checks=Checks(host, runner, updates),
        receiver=Receiver(host, runner, doorway_in(folder), updates.vm),
        sender=Sender(host, runner, threading.Event()),
        service="test",
    )


def restart(host: Host, folder: Path) -> None:
    """What xenopsd does when it starts again; returns once everything has been looked at."""
    queues = Queues(2)
    frontend_of(host, folder, queues).restart.recover()
    for vm in host.journal.vms():
        looked_at = threading.Event()
        queues.push(vm, Item(looked_at.set))
        assert looked_at.wait(60.0), "the VM's queue does not end"
    queues.close()
