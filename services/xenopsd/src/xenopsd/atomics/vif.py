"""Atomics of a network interface."""

from dataclasses import dataclass

from daemon.tasks import RunningTask
from xenops.types import Network, Vif, VifIpv4Configuration, VifIpv6Configuration, VifLockingMode

from xenopsd.atomics.atomic import Atomic
from xenopsd.host import Host


@dataclass(frozen=True)
class VifSetActive(Atomic):
    vif: Vif
    active: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        host.devices.set_active(self.vif.id[0], "vif", self.vif.id[1], self.active)


@dataclass(frozen=True)
class VifPlug(Atomic):
    vif: Vif

    def perform(self, host: Host, task: RunningTask) -> None:
        host.devices.plug_vif(task, host.domains.get(self.vif.id[0]), self.vif)


@dataclass(frozen=True)
class VifUnplug(Atomic):
    vif: Vif
    force: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        domain = host.domains.find(self.vif.id[0])
        host.devices.unplug_vif(task, domain, self.vif, self.force)


@dataclass(frozen=True)
class VifMove(Atomic):
    vif: Vif
    network: Network

    def perform(self, host: Host, task: RunningTask) -> None:
        domain = host.domains.find(self.vif.id[0])
        if domain is not None:
            host.devices.move_vif(domain, self.vif, self.network)
        host.change_vif(self.vif, backend=self.network)


@dataclass(frozen=True)
class VifSetCarrier(Atomic):
    vif: Vif
    carrier: bool

    def perform(self, host: Host, task: RunningTask) -> None:
        _apply(host, host.change_vif(self.vif, carrier=self.carrier))


@dataclass(frozen=True)
class VifSetLockingMode(Atomic):
    vif: Vif
    mode: VifLockingMode

    def perform(self, host: Host, task: RunningTask) -> None:
        _apply(host, host.change_vif(self.vif, locking_mode=self.mode))


@dataclass(frozen=True)
class VifSetIpv4Configuration(Atomic):
    vif: Vif
    configuration: VifIpv4Configuration

    def perform(self, host: Host, task: RunningTask) -> None:
        _apply(host, host.change_vif(self.vif, ipv4_configuration=self.configuration))


@dataclass(frozen=True)
class VifSetIpv6Configuration(Atomic):
    vif: Vif
    configuration: VifIpv6Configuration

    def perform(self, host: Host, task: RunningTask) -> None:
        _apply(host, host.change_vif(self.vif, ipv6_configuration=self.configuration))


@dataclass(frozen=True)
class VifSetTrunks(Atomic):
    vif: Vif
    trunks: list[int]

    def perform(self, host: Host, task: RunningTask) -> None:
        _apply(host, host.change_vif(self.vif, trunks=self.trunks))


def _apply(host: Host, vif: Vif) -> None:
    """Apply the present configuration of a plugged interface."""
    domain = host.domains.find(vif.id[0])
    if domain is not None:
        host.devices.configure_vif(domain, vif)
