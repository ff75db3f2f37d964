"""What guests and dom0's drivers do on xenstore: obey requests, and connect devices."""

import logging
import re
import struct
import threading
import time
from pathlib import Path

from xenports.hypervisor import CRASH, POWEROFF, REBOOT, SUSPEND
from xenports.simulated import nbd
from xenports.simulated.addresses import STATIC, addresses
from xenports.simulated.disks import Disks, Ends, Plug
from xenports.simulated.machine import STEP_S, Machine, Refused
from xenports.xenstore import Xenstore, XenstoreError

log = logging.getLogger(__name__)

CODES = {"poweroff": POWEROFF, "halt": POWEROFF, "reboot": REBOOT, "suspend": SUSPEND}
ACTIONS = {**CODES, "crash": CRASH}

REQUEST = re.compile(r"/local/domain/(\d+)/control/shutdown", re.ASCII)
TARGET = re.compile(r"/local/domain/(\d+)/memory/target", re.ASCII)
BACKEND = re.compile(r"/local/domain/0/backend/(vbd|vif)/(\d+)/(\d+)/state", re.ASCII)
FRONTEND = re.compile(r"/local/domain/(\d+)/device/(vbd|vif)/(\d+)/state", re.ASCII)
PAUSE = re.compile(r"/local/domain/0/backend/vbd/\d+/\d+/pause", re.ASCII)
SETTING = re.compile(rf"/local/domain/(\d+)/xenserver/device/vif/(\d+)/{STATIC}/.*", re.ASCII)
INITIALISING, WAITING, CONNECTED, CLOSING, CLOSED = "1", "2", "4", "5", "6"

FEATURES = ("poweroff", "reboot", "suspend", "vcpu-hotplug", "static-ip-setting")
SYSTEM = {
    "attr/PVAddons/Installed": "1",
    **{"attr/PVAddons/MajorVersion": "9", "attr/PVAddons/MinorVersion": "3"},
    **{"attr/PVAddons/MicroVersion": "0", "attr/PVAddons/BuildVersion": "1"},
    **{"data/os_name": "Simulated Linux 1.0", "data/os_uname": "6.1.0-simulated"},
    **{"data/os_distro": "simulated", "data/os_majorver": "1", "data/os_minorver": "0"},
}
"""What each guest's agent says of it."""


class Guests:
    """Plays all guests of a machine and the back ends of its dom0."""

    def __init__(self, machine: Machine, store: Xenstore, folder: Path) -> None:
        self._machine = machine
        self._store = store
        self._folder = folder
        self.disks = Disks(machine)

    def start(self) -> None:
        self.listen()
        threading.Thread(target=self._live, name="guests", daemon=True).start()

    def listen(self) -> None:
        """Have the guests obey what is written."""
        self._store.on_change("/local/domain", self._changed)

    def born(self, domid: int) -> None:
        """xenstored may now hold nodes of this domain."""
        (self._folder / "dom" / str(domid)).touch()

    def buried(self, domid: int) -> None:
        """Tell xenstored that a domain is gone, as Xen's VIRQ does."""
        self.disks.bury(domid)
        (self._folder / "dom" / str(domid)).unlink(missing_ok=True)
        with open(self._folder / "evtchn", "wb", buffering=0) as pipe:
            pipe.write(struct.pack("=I", 1))

    def boot(self, domid: int) -> None:
        """What a guest with drivers and an agent does as it begins to run."""
        base = f"/local/domain/{domid}"
        nodes: dict[str, str] = {}
        for kind in ("vbd", "vif"):
            for device in self._store.list(f"{base}/device/{kind}"):
                back = f"/local/domain/0/backend/{kind}/{domid}/{device}"
                if self._store.read(f"{back}/state") == WAITING:
                    nodes |= self._connected(back, f"{base}/device/{kind}/{device}")
        if self._store.read(f"{base}/control/feature-poweroff") is None:
            nodes |= self._introduced(domid, base)
        if nodes:
            self._store.write_all(nodes)

    def _introduced(self, domid: int, base: str) -> dict[str, str]:
        """What a guest says of itself when it has booted."""
        nodes = {f"{base}/control/feature-{name}": "1" for name in FEATURES}
        if self._machine.find(domid).guest.balloon is not None:
            nodes[f"{base}/control/feature-balloon"] = "1"
            self._inflate(domid, f"{base}/memory/target")
        nodes |= {f"{base}/{path}": value for path, value in SYSTEM.items()}
        nodes[f"{base}/data/updated"] = str(time.time())
        return nodes

    def act(self, domid: int, action: str) -> None:
        """Let a guest do something by itself: halt, reboot, crash, suspend."""
        self._machine.shutdown(domid, ACTIONS[action])

    def _live(self) -> None:
        while True:
            time.sleep(STEP_S)
            self._machine.live()

    def _changed(self, path: str) -> None:
        try:
            if request := REQUEST.fullmatch(path):
                self._requested(int(request[1]), path)
            elif target := TARGET.fullmatch(path):
                self._inflate(int(target[1]), path)
            elif backend := BACKEND.fullmatch(path):
                self._device(path.removesuffix("/state"), backend[1], int(backend[2]), backend[3])
            elif frontend := FRONTEND.fullmatch(path):
                domid, kind, device = frontend.groups()
                self._front_end(path, f"/local/domain/0/backend/{kind}/{domid}/{device}")
            elif PAUSE.fullmatch(path):
                self.disks.hold(path.removesuffix("/pause"), self._store.read(path) is not None)
            elif setting := SETTING.fullmatch(path):
                self._set_addresses(f"/local/domain/{setting[1]}", setting[2])
        except (XenstoreError, Refused) as error:
            # A node may be removed while we look at it, which is no fault.
            log.debug("%s: %s", path, error)

    def _requested(self, domid: int, path: str) -> None:
        asked = self._store.read(path)
        if not asked or asked not in CODES:
            return
        domain = self._machine.find(domid)
        if domain.running and domain.guest.obeys:
            self._store.write(path, "")
            self._machine.shutdown(domid, CODES[asked])

    def _inflate(self, domid: int, path: str) -> None:
        asked = self._store.read(path)
        if asked and asked.isascii() and asked.isdigit():
            self._machine.inflate(domid, int(asked))

    def _device(self, backend: str, kind: str, domid: int, device: str) -> None:
        state = self._store.read(f"{backend}/state")
        frontend = f"/local/domain/{domid}/device/{kind}/{device}"
        if state == INITIALISING:
            params = self._store.read(f"{backend}/params") if kind == "vbd" else None
            if params is not None and nbd.is_address(params):
                self._open_disk(backend, domid, device, params)
            else:
                self._store.write_all(_waiting(backend))
        elif state == WAITING and self._machine.find(domid).running:
            self._store.write_all(self._connected(backend, frontend))
        elif state == CLOSING:
            if kind == "vif":
                self._store.remove(f"/local/domain/{domid}/attr/vif/{device}")
            # A disk that is open is flushed first, and then says so.
            if not self.disks.unplug(backend):
                self._store.write_all({f"{frontend}/state": CLOSED, f"{backend}/state": CLOSED})
        elif state is None:
            self.disks.remove(backend)

    def _open_disk(self, backend: str, domid: int, device: str, params: str) -> None:
        """Open a disk that has bytes. An error is told by nodes of its back end."""
        frontend = f"/local/domain/{domid}/device/vbd/{device}"
        vm = self._machine.find(domid).uuid
        name, mode, disk = self._store.read_all(
            [f"{backend}/dev", f"{backend}/mode", f"/xapi/{vm}/private/vbd/{device}/vdi-id"]
        )
        disk = (disk or params).rpartition(" ")[2]
        plug = Plug(domid, name or device, disk, params, writable=mode == "w")

        def say(nodes: dict[str, str], *states: str) -> None:
            """Write nodes while the back end is there, in one of these states if any are given."""
            try:
                state = self._store.read(f"{backend}/state")
                if state is not None and (not states or state in states):
                    self._store.write_all(nodes)
            except XenstoreError as error:
                log.debug("%s: %s", backend, error)

        error = f"{backend}/error"
        failed, paused = f"{backend}/hotplug-status", f"{backend}/pause-done"
        closed = {f"{frontend}/state": CLOSED, f"{backend}/state": CLOSED}
        ends = Ends(
            ready=lambda: say(_waiting(backend), INITIALISING),
            failed=lambda why: say({failed: "error", error: why}),
            pulled=lambda why: say({error: why}),
            held=lambda held: say({paused: "1" if held else "0"}),
            closed=lambda: say(closed),
        )
        self.disks.plug(backend, plug, ends)

    def _front_end(self, state: str, backend: str) -> None:
        """Close a back end once its front end is closed, whoever wrote that."""
        gone = self._store.read(state) == CLOSED and self._store.read(f"{backend}/online") == "0"
        # A back end without a state has been removed, and must not come back.
        is_open = gone and self._store.read(f"{backend}/state") not in (CLOSED, None)
        if is_open and not self.disks.unplug(backend):
            self._store.write(f"{backend}/state", CLOSED)

    def _connected(self, backend: str, frontend: str) -> dict[str, str]:
        """The nodes that connect front and back end, of a guest that runs."""
        nodes = {f"{frontend}/state": CONNECTED, f"{backend}/state": CONNECTED}
        base, _, device = frontend.rpartition("/device/vif/")
        return nodes | self._addresses(base, device) if base else nodes

    def _set_addresses(self, base: str, device: str) -> None:
        """Have the agent report the addresses that a connected interface is to have now."""
        if self._store.read(f"{base}/device/vif/{device}/state") == CONNECTED:
            self._store.write_all(self._addresses(base, device))

    def _addresses(self, base: str, device: str) -> dict[str, str]:
        """What a guest's agent says of the addresses of an interface."""
        folder = f"{base}/xenserver/device/vif/{device}/{STATIC}"
        setting = {path.removeprefix(f"{folder}/"): said for path, said in self._store.tree(folder)}
        own = addresses(self._store.read(f"{base}/device/vif/{device}/mac") or "", setting)
        return {f"{base}/attr/vif/{device}/{path}": address for path, address in own.items()}


def _waiting(backend: str) -> dict[str, str]:
    """The nodes of a back end that has its device and waits for the guest."""
    return {f"{backend}/hotplug-status": "connected", f"{backend}/state": WAITING}
