"""Fixtures that any test can have: a whole simulated pool, started once and used by all."""

import contextlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import XenAPI
from simulated_pool import layout as layouts
from simulated_pool import pool as pools
from simulated_pool.layout import Host, Layout
from simulated_pool.services import xen_socket, xenstore_socket
from simulated_pool.supervision import Supervisor
from xenports.pyxs.store import Store
from xenports.simulated.hypervisor import SimulatedHypervisor

from tests import records

# What takes long or needs much is started by the command of its name, such as `make lab`.
STARTED_BY_HAND = {
    "lab": "WARREN_LAB",
    "multipath_lab": "WARREN_MULTIPATH_LAB",
    "containers": "WARREN_CONTAINERS",
    "cluster": "WARREN_CLUSTER",
    "upgrade": "WARREN_UPGRADE",
}
collect_ignore = [name for name, word in STARTED_BY_HAND.items() if word not in os.environ]
HOSTS, FORWARDERS = 3, 2
MIB, PAGE = 1024 * 1024, 4096
NAMES = itertools.count(1)


class Pool:
    """A running pool with three hosts and two forwarders, as tests see it."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.supervisor = Supervisor(layout.folder)
        self.password = layout.secret("root")

    @contextlib.contextmanager
    def session(self) -> Iterator[Any]:
        """The unmodified client, logged in as root."""
        session = XenAPI.Session(self.layout.url, ignore_ssl=True)
        session.xenapi.login_with_password("root", self.password, "1.0", "tests")
        try:
            yield session.xenapi
        finally:
            with contextlib.suppress(XenAPI.Failure):
                session.xenapi.logout()

    def xen(self, host: Host) -> SimulatedHypervisor:
        """The simulated Xen under a host, to look at and to disturb."""
        return SimulatedHypervisor(str(xen_socket(self.layout, host)))

    def xenstore(self, host: Host) -> Store:
        """The xenstore of a host, to look at."""
        return Store(str(xenstore_socket(self.layout, host)))

    def await_boot(self, uuid: str) -> None:
        """Wait until a VM's guest has written to all its memory, so that a move takes a while."""
        [(name, domain)] = self.domains(uuid)
        xen = self.xen(self.host_named(name))
        while xen.call("used_pages", domid=domain.domid)[0] < domain.memory_kib * 1024 // PAGE:
            pass  # nothing tells when it has; each question is answered after one of Xen's steps

    def host_named(self, name: str) -> Host:
        return next(host for host in self.layout.hosts if host.name == name)

    def domains(self, uuid: str) -> list[tuple[str, Any]]:
        """Every domain that a VM has anywhere: (host, domain)."""
        return [
            (host.name, domain)
            for host in self.layout.hosts
            for domain in self.xen(host).domains()
            if domain.uuid == uuid
        ]


@contextlib.contextmanager
def running_pool(folder: Path, hosts: int = HOSTS) -> Iterator[Pool]:
    """A pool of its own, stopped at the end."""
    layout = layouts.load(folder, hosts=hosts, forwarders=FORWARDERS, port_base=None)
    try:
        pools.up(layout, lambda text: None)
        yield Pool(layout)
    finally:
        pools.down(folder)


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    with running_pool(tmp_path_factory.mktemp("pool")) as pool:
        yield pool


@pytest.fixture
def api(pool: Pool) -> Iterator[Any]:
    with pool.session() as api:
        yield api


def make_vm(api: Any, *, memory_mib: int = 64, disk: bool = True) -> str:
    """A halted VM with a disk and an interface."""
    template = api.VM.get_by_name_label("Other install media")[0]
    vm: str = api.VM.clone(template, f"test {next(NAMES)}")
    api.VM.provision(vm)
    api.VM.set_memory_limits(vm, *[str(memory_mib * MIB)] * 4)
    if disk:
        sr = api.pool.get_default_SR(api.pool.get_all()[0])
        api.VBD.create(records.vbd(vm, api.VDI.create(records.vdi(sr, MIB))))
    network = api.network.get_all()[0]
    api.VIF.create(records.vif(vm, network))
    return vm


def remove_vm(api: Any, vm: str) -> None:
    if api.VM.get_power_state(vm) != "Halted":
        api.VM.hard_shutdown(vm)
    api.VM.destroy(vm)


@pytest.fixture
def vm(api: Any) -> Iterator[str]:
    vm = make_vm(api)
    yield vm
    remove_vm(api, vm)
