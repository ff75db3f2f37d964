"""``python -m xenopsd --config FILE``: runs the VMs of one host."""

import logging
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from daemon.door import Doorway
from daemon.process import Stop, attend, main
from daemon.queues import Queues
from daemon.runner import Runner
from xenops.envelope import XENOPSD
from xenports.hypervisor import Hypervisor, HypervisorError
from xenports.pyxs.store import Store
from xenports.simulated.hypervisor import SimulatedHypervisor

from broker import connect
from xenopsd.backend.devices import Devices
from xenopsd.backend.domains import Domains
from xenopsd.checks import Checks
from xenopsd.frontend import Frontend
from xenopsd.guests import Guests
from xenopsd.host import Host
from xenopsd.journal import Journal
from xenopsd.migration.receiver import Receiver
from xenopsd.migration.sender import Sender
from xenopsd.ports.bootloader import Bootloader, NoBootloader, PyGrub
from xenopsd.ports.device_model import DeviceModels, NoDeviceModels
from xenopsd.ports.files import FileStorage
from xenopsd.ports.hotplug import Hotplug, LinuxHotplug, NoHotplug
from xenopsd.ports.machine import Describes, LinuxMachine, SimulatedMachine
from xenopsd.ports.qemu import Qemu
from xenopsd.ports.squeezed_memory import SqueezedMemory
from xenopsd.ports.storage import DummyStorage, EachStorage, Storage
from xenopsd.ports.storage_daemon import StorageDaemon, over
from xenopsd.settings import Settings
from xenopsd.updates import Updates

log = logging.getLogger(__name__)

THREADS = 16
XEN_TIMEOUT_S = 30.0
HEARTBEAT_S = 5.0
# Lasts as long as domains do, until the machine is switched off.
QEMU_DIR = Path("/run/xenopsd")


def await_xen(hypervisor: Hypervisor) -> None:
    """Wait until Xen answers; raises HypervisorError if it does not."""
    deadline = time.monotonic() + XEN_TIMEOUT_S
    while True:
        try:
            hypervisor.total_kib()
            return
        except HypervisorError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


Ports = tuple[Hypervisor, Storage, Hotplug, DeviceModels, Bootloader, Describes]


def ports(config: Settings, store: Store) -> Ports:
    """The ports of this host: those of the simulated Xen, or of the real one."""
    shared = config.shared_storage_dir
    rights = DummyStorage(shared / "locks", config.host_uuid)
    if config.xen_socket is not None:
        return (
            SimulatedHypervisor(config.xen_socket),
            rights,
            NoHotplug(),
            NoDeviceModels(),
            NoBootloader(),
            SimulatedMachine(config.cpus, config.hostname),
        )
    # The bindings exist only where they were built against this Xen.
    from xenports.libxen.helpers import Helpers
    from xenports.libxen.hypervisor import LibxenHypervisor

    storage = FileStorage(shared / "disks", rights, config.state_dir / "loops")
    models, bootloader = Qemu(store, QEMU_DIR), PyGrub(config.state_dir / "boot")
    xen = LibxenHypervisor(store, Helpers())
    return xen, storage, LinuxHotplug(), models, bootloader, LinuxMachine(xen.physical)


def boot_time() -> float:
    """When this machine was switched on, in seconds since 1970."""
    uptime_s = float(Path("/proc/uptime").read_text().split(" ")[0])
    return time.time() - uptime_s


def run(config: Settings, stop: Stop) -> None:
    store = Store(config.xenstore_socket)
    hypervisor, storage, hotplug, device_models, bootloader, machine = ports(config, store)
    await_xen(hypervisor)
    journal = Journal(config.state_dir / "journal.db")
    connection = connect(config.broker_settings())
    memory = SqueezedMemory(connection)
    disks = StorageDaemon(over(connection), config.host_uuid)
    host = Host(
        Domains(hypervisor, store, journal, memory),
        Devices(store, EachStorage(storage, disks, config.state_dir / "hosted"), hotplug),
        device_models,
        bootloader,
        journal,
        config.hooks_dir,
        config.shared_storage_dir / "suspended",
    )
    executor = ThreadPoolExecutor(THREADS, thread_name_prefix="parallel")
    runner = Runner(host, executor, config.service)

    begun = {"agent_start_time": time.time(), "boot_time": boot_time()}

    def facts() -> dict[str, object]:
        domains = hypervisor.domains()
        described = machine.describe()
        return {
            **begun,
            "host": config.host_uuid,
            "hostname": config.hostname,
            "cpus": described.stat.cpu_info.cpu_count,
            "memory_total_kib": hypervisor.total_kib(),
            "memory_free_kib": hypervisor.free_kib(),
            "control_domain_kib": next(
                (domain.memory_kib for domain in domains if domain.domid == 0), None
            ),
            "domains": [[d.uuid, d.memory_kib] for d in domains if d.domid != 0],
            "made_by": {
                domain.uuid: [pool, journal.epoch(domain.uuid)]
                for domain, pool in zip(domains, host.domains.makers(domains), strict=True)
                if pool is not None
            },
            "arriving": journal.arriving(),
            "paused": [domain.uuid for domain in domains if domain.paused],
            "squeezed": memory.is_there(),
            "memory_reserve_kib": memory.reserve_kib,
            "machine": msgspec.to_builtins(described),
        }

    updates = Updates(connection, host, facts)
    checks = Checks(host, runner, updates)
    doorway = Doorway(config.door_dir, "xenopsd")
    receiver = Receiver(host, runner, doorway, updates.vm)
    frontend = Frontend(
        host=host,
        queues=Queues(config.workers),
        runner=runner,
        updates=updates,
        checks=checks,
        receiver=receiver,
        sender=Sender(host, runner, stop),
        service=config.service,
    )
    doorway.listen(receiver.converse)
    frontend.restart.recover()
    frontend.server.serve(connection, XENOPSD.queue, THREADS)
    guests = Guests(store, hypervisor, frontend.inventory.tell_known)
    for follow, name in ((frontend.watcher.follow, "domains"), (guests.follow, "guests")):
        threading.Thread(target=follow, args=(stop,), name=name, daemon=True).start()

    def beat() -> None:
        try:
            journal.note_alive()
        except sqlite3.OperationalError as error:
            log.error("that this host is at work cannot be noted: %s", error)
        updates.host()

    attend(stop, connection, config.alive_file, every_s=HEARTBEAT_S, beat=beat)


if __name__ == "__main__":
    main("xenopsd", __doc__, Settings, run)
