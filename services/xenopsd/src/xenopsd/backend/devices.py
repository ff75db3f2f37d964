"""VBDs and VIFs: their nodes in xenstore, the handshake of both ends, plug and unplug."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from xenops.codec import decode, encode
from xenops.errors import XenopsError, internal_error
from xenops.types import (
    Disk,
    Network,
    Vbd,
    VbdMode,
    VbdState,
    VbdTy,
    Vif,
    VifLockedAddresses,
    VifState,
)
from xenports.hypervisor import DomainInfo
from xenports.xenstore import Xenstore

from xenopsd.backend import names
from xenopsd.backend.names import CLOSED, CLOSING, CONNECTED, WAITING
from xenopsd.backend.task import Task
from xenopsd.ports.device_model import Drive
from xenopsd.ports.hotplug import Hotplug
from xenopsd.ports.storage import Storage

CONNECT_TIMEOUT_S = 300.0
DETACH_TIMEOUT_S = 30.0
WAIT_SLICE_S = 0.5
# Marks a device that has no back end.
EMULATED = "emulated"


class Devices:
    """The devices of domains. A method does nothing if the device is already as it asks."""

    def __init__(self, xenstore: Xenstore, storage: Storage, hotplug: Hotplug) -> None:
        self._xenstore = xenstore
        self._storage = storage
        self._hotplug = hotplug

    def set_active(self, vm: str, kind: str, device: str, active: bool) -> None:
        path = names.active(vm, kind, device)
        if active:
            self._xenstore.write(path, "1")
        else:
            self._xenstore.remove(path)

    def is_active(self, vm: str, kind: str, device: str) -> bool:
        return self._xenstore.read(names.active(vm, kind, device)) is not None

    # --- VBD --------------------------------------------------------------------------------

    def plug_vbd(self, task: Task, domain: DomainInfo, vbd: Vbd) -> None:
        """Attach the disk and connect the device; raises XenopsError.

        Only emulated drives can be empty: other guests have no device without a medium.
        """
        number = names.disk_number(vbd.id[1])
        empty = vbd.backend is None and domain.kind != "hvm"
        if empty or self._is_plugged(domain.domid, "vbd", number):
            return
        params = self.activate_disk(domain.uuid, vbd)
        if _is_emulated(domain, vbd):
            self._xenstore.write(_mark(domain.domid, "vbd", number), EMULATED)
            self._xenstore.write_all(_disk_nodes(domain.uuid, number, vbd.backend))
            return
        mode = "w" if vbd.mode is VbdMode.ReadWrite else "r"
        # Linux ignores a PVH guest's CD, as it expects a device model to show it.
        kind = "cdrom" if vbd.ty is VbdTy.CDROM and domain.kind != "pvh" else "disk"
        self._add(
            domain,
            "vbd",
            number,
            {"virtual-device": str(number), "device-type": kind},
            {"params": params, "mode": mode, "dev": vbd.id[1], "type": "phy"}
            | self._hotplug.disk_nodes(params),
            _disk_nodes(domain.uuid, number, vbd.backend),
        )
        self._await_plugged(task, domain, "vbd", number)

    def activate_disk(self, vm: str, vbd: Vbd) -> str:
        """The path that the block back end opens; empty for a drive without a medium."""
        if vbd.backend is None:
            return ""
        writable = vbd.mode is VbdMode.ReadWrite
        return self._storage.activate(vbd.backend, vm, writable=writable)

    def let_go(self, host: str, vm: str | None) -> None:
        """Give back the disks that a dead host holds, or those that it holds for one VM."""
        self._storage.let_go(host, vm)

    def let_go_own(self, vm: str) -> None:
        """Give back the disks that this host holds for a VM whose domain is gone."""
        self._storage.let_go_own(vm)

    def attach_disk(self, vm: str, vbd: Vbd) -> None:
        """Have a disk ready for a VM that comes here."""
        if vbd.backend is not None:
            writable = vbd.mode is VbdMode.ReadWrite
            self._storage.attach(vbd.backend, vm, writable=writable)

    def detach_disk(self, vm: str, disk: Disk) -> None:
        self._storage.detach(disk, vm)

    def hand_over(self, task: Task, domain: DomainInfo, vbd: Vbd) -> None:
        """Close a disk under a guest that stands still, for another host to open it."""
        if vbd.backend is None:
            return
        back = names.backend(domain.domid, "vbd", names.disk_number(vbd.id[1]))
        if (self._xenstore.read(f"{back}/params") or "").startswith("nbd:"):
            self._hold(task, back)
        self._storage.deactivate(vbd.backend, domain.uuid)

    def _hold(self, task: Task, back: str) -> None:
        """Have a disk's back end flush and leave its server; one that has lost it has left."""
        asked, said = f"{back}/pause", [f"{back}/{name}" for name in ("pause-done", "error")]
        deadline = time.monotonic() + DETACH_TIMEOUT_S
        with self._xenstore.watch(back) as events:
            self._xenstore.write(asked, "1")
            while True:
                done, lost = self._xenstore.read_all(said)
                if done == "1" or lost is not None:
                    return
                task.check_cancelled()
                if time.monotonic() > deadline:
                    raise internal_error(f"{back} does not let go of its disk")
                events.next(WAIT_SLICE_S)

    def take_back(self, domain: DomainInfo, vbd: Vbd) -> None:
        """Open a disk again that may have been handed over, for a guest that goes on here."""
        number = names.disk_number(vbd.id[1])
        if self.medium(domain.uuid, number) is not None:
            self.activate_disk(domain.uuid, vbd)
            self._xenstore.remove(f"{names.backend(domain.domid, 'vbd', number)}/pause")

    @contextmanager
    def reading(self, vm: str, disk: Disk) -> Iterator[str]:
        """The disk as a block device for this host itself, before the VM gets it."""
        reader = f"{vm}-boot"
        try:
            yield self._storage.activate(disk, reader, writable=False)
        finally:
            self._storage.detach(disk, reader)

    def epoch_begin(self, disk: Disk, *, persistent: bool) -> None:
        self._storage.epoch_begin(disk, persistent=persistent)

    def epoch_end(self, disk: Disk) -> None:
        self._storage.epoch_end(disk)

    def unplug_vbd(self, task: Task, domain: DomainInfo | None, vbd: Vbd, force: bool) -> None:
        number = names.find_disk_number(vbd.id[1])
        if domain is not None and number is not None:
            self._remove(task, domain, "vbd", number, force)
        if vbd.backend is not None:
            self.detach_disk(vbd.id[0], vbd.backend)

    def insert(self, task: Task, domain: DomainInfo, vbd: Vbd, disk: Disk) -> None:
        """Put a medium into a drive; raises XenopsError Media_present."""
        number = names.disk_number(vbd.id[1])
        if self.medium(domain.uuid, number) is not None:
            raise XenopsError("Media_present")
        if domain.kind != "hvm":
            self.plug_vbd(task, domain, replace(vbd, backend=disk))
            return
        self._storage.activate(disk, domain.uuid, writable=False)
        self._xenstore.write_all(_disk_nodes(domain.uuid, number, disk))

    def eject(self, task: Task, domain: DomainInfo, vbd: Vbd) -> None:
        """Eject the medium; raises XenopsError Media_not_ejectable if the VBD is not a drive."""
        if vbd.ty is VbdTy.Disk:
            raise XenopsError("Media_not_ejectable")
        number = names.disk_number(vbd.id[1])
        medium = self.medium(domain.uuid, number)
        self.take_out(task, domain, replace(vbd, backend=medium), force=False)

    def take_out(self, task: Task, domain: DomainInfo, vbd: Vbd, *, force: bool) -> None:
        """Let go of the medium of ``vbd``, if there is one."""
        if domain.kind != "hvm":
            self.unplug_vbd(task, domain, vbd, force)
            return
        number = names.disk_number(vbd.id[1])
        self._xenstore.remove(_disk_path(domain.uuid, number))
        if vbd.backend is not None:
            self.detach_disk(domain.uuid, vbd.backend)

    def drive(self, vbd: Vbd) -> Drive:
        """A disk as the guest's device model shows it."""
        path = self.activate_disk(vbd.id[0], vbd)
        writable, removable = vbd.mode is VbdMode.ReadWrite, vbd.ty is VbdTy.CDROM
        return Drive(names.ide_position(vbd.id[1]), path or None, removable, writable)

    def medium(self, vm: str, number: int) -> Disk | None:
        return _disk(self._xenstore.read(_disk_path(vm, number)))

    def vbd_state(self, domain: DomainInfo | None, vbd: Vbd) -> VbdState:
        return self.vbd_states(domain, [vbd])[0]

    def vbd_states(self, domain: DomainInfo | None, vbds: Sequence[Vbd]) -> list[VbdState]:
        """The states of disks of one VM that has this domain."""
        numbers = [names.find_disk_number(vbd.id[1]) for vbd in vbds]
        flags = self._flags(domain, "vbd", [vbd.id for vbd in vbds], numbers)
        media = self._xenstore.read_all(
            [_disk_path(vbd.id[0], number or 0) for vbd, number in zip(vbds, numbers, strict=True)]
        )
        return [
            VbdState(active=active, plugged=plugged, backend_present=_disk(said))
            if plugged
            else VbdState(active=active, plugged=False)
            for (active, plugged), said in zip(flags, media, strict=True)
        ]

    def _flags(
        self,
        domain: DomainInfo | None,
        kind: str,
        ids: Sequence[tuple[str, str]],
        numbers: Sequence[int | None],
    ) -> Iterator[tuple[bool, bool]]:
        """Of each device whether it is active, and whether it is plugged.

        A device without a number cannot be plugged.
        """
        domid = -1 if domain is None else domain.domid
        active = [names.active(vm, kind, name) for vm, name in ids]
        marks = [_mark(domid, kind, -1 if number is None else number) for number in numbers]
        values = [value is not None for value in self._xenstore.read_all([*active, *marks])]
        return zip(values[: len(ids)], values[len(ids) :], strict=True)

    # --- VIF --------------------------------------------------------------------------------

    def plug_vif(self, task: Task, domain: DomainInfo, vif: Vif) -> None:
        if self._is_plugged(domain.domid, "vif", vif.position):
            return
        self._add(
            domain,
            "vif",
            vif.position,
            {"mac": vif.mac, "handle": str(vif.position), "mtu": str(vif.mtu)},
            {"mac": vif.mac, "handle": str(vif.position), "script": "/etc/xen/scripts/vif"},
            vif_nodes(domain, vif),
        )
        self._connect_vif(domain, vif, vif.backend)
        self._hotplug.set_link(domain.domid, vif.position, up=is_connected(vif))
        self._await_plugged(task, domain, "vif", vif.position)

    def unplug_vif(self, task: Task, domain: DomainInfo | None, vif: Vif, force: bool) -> None:
        if domain is not None:
            self._remove(task, domain, "vif", vif.position, force)

    def move_vif(self, domain: DomainInfo, vif: Vif, network: Network) -> None:
        """Put a plugged interface on this network's bridge."""
        if self._is_plugged(domain.domid, "vif", vif.position):
            self._connect_vif(domain, vif, network)

    def _connect_vif(self, domain: DomainInfo, vif: Vif, network: Network) -> None:
        self._hotplug.connect(domain.domid, vif.position, bridge(network))
        back = names.backend(domain.domid, "vif", vif.position)
        path = f"{names.private(domain.uuid, 'vif', vif.position)}/bridge"
        self._xenstore.write_all({path: bridge(network), f"{back}/hotplug-status": "connected"})

    def configure_vif(self, domain: DomainInfo, vif: Vif) -> None:
        """Set what may change while an interface is plugged: carrier, filter, guest addresses."""
        if not self._is_plugged(domain.domid, "vif", vif.position):
            return
        self._xenstore.write_all(vif_nodes(domain, vif))
        self._hotplug.set_link(domain.domid, vif.position, up=is_connected(vif))

    def vif_state(self, domain: DomainInfo | None, vif: Vif) -> VifState:
        return self.vif_states(domain, [vif])[0]

    def vif_states(self, domain: DomainInfo | None, vifs: Sequence[Vif]) -> list[VifState]:
        """The states of interfaces of one VM that has this domain."""
        positions = [vif.position for vif in vifs]
        flags = self._flags(domain, "vif", [vif.id for vif in vifs], positions)
        return [
            VifState(
                active=active,
                plugged=plugged,
                kthread_pid=0,
                media_present=plugged,
                device=f"vif{domain.domid}.{vif.position}" if domain and plugged else None,
                pvs_rules_active=False,
            )
            for vif, (active, plugged) in zip(vifs, flags, strict=True)
        ]

    # --- both -------------------------------------------------------------------------------

    def is_in_use(self, domain: DomainInfo, kind: str, device: int) -> bool:
        """Whether the guest has a device; it has none once both ends have let go of it."""
        mark, state = self._end_of(domain, kind, device, "state")
        return mark == EMULATED or (mark is not None and state not in (CLOSED, None))

    def is_asked_for(self, domain: DomainInfo, kind: str, device: int) -> bool:
        """Whether the guest has been asked to let go of a device."""
        mark, online = self._end_of(domain, kind, device, "online")
        return mark not in (None, EMULATED) and online == "0"

    def _end_of(self, domain: DomainInfo, kind: str, device: int, name: str) -> "list[str | None]":
        """A device's mark, and the value of a node of its back end."""
        back = names.backend(domain.domid, kind, device)
        return self._xenstore.read_all([_mark(domain.domid, kind, device), f"{back}/{name}"])

    def _is_plugged(self, domid: int, kind: str, device: int) -> bool:
        return self._xenstore.read(_mark(domid, kind, device)) is not None

    def _add(
        self,
        domain: DomainInfo,
        kind: str,
        device: int,
        front_keys: dict[str, str],
        back_keys: dict[str, str],
        more: Mapping[str, str],
    ) -> None:
        domid = domain.domid
        front = names.frontend(domid, kind, device)
        back = names.backend(domid, kind, device)
        self._xenstore.remove(front, back)
        self._xenstore.make(front, owner=domid, reader=0)
        self._xenstore.make(back, reader=domid)
        nodes = {
            f"{front}/backend": back,
            f"{front}/backend-id": "0",
            f"{front}/state": "1",
            f"{back}/frontend": front,
            f"{back}/frontend-id": str(domid),
            f"{back}/online": "1",
            _mark(domid, kind, device): back,
            **{f"{front}/{key}": value for key, value in front_keys.items()},
            **{f"{back}/{key}": value for key, value in back_keys.items()},
            **more,
            # The back end starts when it sees its state, so the state is written last.
            f"{back}/state": "1",
        }
        self._xenstore.write_all(nodes)

    def _remove(self, task: Task, domain: DomainInfo, kind: str, device: int, force: bool) -> None:
        domid = domain.domid
        mark = self._xenstore.read(_mark(domid, kind, device))
        if mark not in (None, EMULATED):
            self._close(task, domid, kind, device, force)
        # A device that was never plugged completely is removed too.
        front, back = names.frontend(domid, kind, device), names.backend(domid, kind, device)
        private = names.private(domain.uuid, kind, device)
        self._xenstore.remove(front, back, private, _mark(domid, kind, device))

    def _close(self, task: Task, domid: int, kind: str, device: int, force: bool) -> None:
        """Have both ends let go of each other; raises XenopsError."""
        front = names.frontend(domid, kind, device)
        back = names.backend(domid, kind, device)
        # With force the guest is not asked: the back end sees the guest's end closed, and closes.
        request = (f"{front}/state", CLOSED) if force else (f"{back}/state", CLOSING)
        self._xenstore.write_all(dict([(f"{back}/online", "0"), request]))

        def insist() -> None:
            """Ask again: a guest or a back end that was just connecting may have missed it."""
            if force and self._xenstore.read(request[0]) not in (CLOSED, None):
                self._xenstore.write(*request)

        # A device without nodes has been closed by whoever removed them.
        wanted = (CLOSED, None)
        if not self._await_state(task, domid, kind, device, wanted, DETACH_TIMEOUT_S, insist):
            reason = (kind.upper(), str(device), "the guest has not let go of it")
            raise XenopsError("Device_detach_rejected", reason)
        self._hotplug.await_gone(kind, domid, device)

    def _await_plugged(self, task: Task, domain: DomainInfo, kind: str, device: int) -> None:
        # While the guest does not run yet, a back end that waits for it is ready.
        ready = (WAITING, CONNECTED) if domain.paused else (CONNECTED,)
        back = names.backend(domain.domid, kind, device)
        said = [f"{back}/{name}" for name in ("hotplug-status", "hotplug-error", "error")]

        def require_hope() -> None:
            """Raises XenopsError if the back end has given up."""
            status, *reasons = self._xenstore.read_all(said)
            if status == "error":
                why = next((reason for reason in reasons if reason), "it does not say why")
                text = f"the back end of {kind} {device} of VM {domain.uuid} has failed: {why}"
                if kind != "vbd":
                    raise internal_error(text)
                value = ("SR_BACKEND_FAILURE_46", ["", text, ""])
                raise XenopsError("Storage_backend_error", value)

        if not self._await_state(
            task, domain.domid, kind, device, ready, CONNECT_TIMEOUT_S, require_hope
        ):
            raise internal_error(f"{kind} {device} of domain {domain.domid} has not connected")

    def _await_state(
        self,
        task: Task,
        domid: int,
        kind: str,
        device: int,
        wanted: tuple[str | None, ...],
        timeout_s: float,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> bool:
        """Wait until the back end is in one of these states; False when the time is over."""
        back = names.backend(domid, kind, device)
        deadline = time.monotonic() + timeout_s
        with self._xenstore.watch(back) as events:
            while self._xenstore.read(f"{back}/state") not in wanted:
                task.check_cancelled()
                if time.monotonic() > deadline:
                    return False
                meanwhile()
                events.next(WAIT_SLICE_S)
        return True


def _mark(domid: int, kind: str, device: int) -> str:
    """The node that marks a device as plugged; its guest cannot write it."""
    return f"{names.trusted(domid)}/device/{kind}/{device}"


def _disk_nodes(vm: str, number: int, disk: Disk | None) -> dict[str, str]:
    """The node that says which disk a VBD has."""
    if disk is None:
        return {}
    tag, value = encode(Disk, disk)
    return {_disk_path(vm, number): f"{tag} {value}"}


def _disk_path(vm: str, number: int) -> str:
    return f"{names.private(vm, 'vbd', number)}/vdi-id"


def _disk(said: str | None) -> Disk | None:
    """The disk that a VBD's node names."""
    if not said:
        return None
    tag, value = said.split(" ", 1)
    disk: Disk = decode(Disk, [tag, value])
    return disk


def _is_emulated(domain: DomainInfo, vbd: Vbd) -> bool:
    """Whether only the device model shows the disk: a guest ignores a drive shown twice."""
    return domain.kind == "hvm" and vbd.ty is VbdTy.CDROM


def is_connected(vif: Vif) -> bool:
    """Whether an interface may pass packets."""
    return vif.carrier and vif.locking_mode.tag != "Disabled"


def vif_nodes(domain: DomainInfo, vif: Vif) -> dict[str, str]:
    """The nodes that say how an interface is to behave."""
    mode, allowed = vif.locking_mode, VifLockedAddresses(ipv4=[], ipv6=[])
    if mode.tag == "Locked":
        allowed = mode.value
    front = names.frontend(domain.domid, "vif", vif.position)
    private = names.private(domain.uuid, "vif", vif.position)
    guest = f"{names.domain(domain.domid)}/xenserver/device/vif/{vif.position}/static-ip-setting"
    nodes = {
        f"{front}/disconnect": str(int(not is_connected(vif))),
        f"{private}/locking-mode": mode.tag.lower(),
        f"{private}/ipv4-allowed": ",".join(allowed.ipv4),
        f"{private}/ipv6-allowed": ",".join(allowed.ipv6),
        f"{private}/trunks": ",".join(str(tag) for tag in vif.trunks),
        f"{guest}/mac": vif.mac,
    }
    for suffix, said in (("", vif.ipv4_configuration), ("6", vif.ipv6_configuration)):
        addresses, gateway = said.value if said.tag.startswith("Static") else ([], None)
        nodes |= {
            f"{guest}/enabled{suffix}": str(int(bool(addresses))),
            f"{guest}/address{suffix}": addresses[0] if addresses else "",
            f"{guest}/gateway{suffix}": gateway or "",
        }
    return nodes


def bridge(network: Network) -> str:
    """The bridge of a VIF; for a remote network, the last part of its name."""
    return str(network.value if network.tag == "Local" else network.value[-1])
