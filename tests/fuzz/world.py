"""The pool that calls are made on: objects of many classes, VMs in every state, kept in shape."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import XenAPI
from datamodel import api

from tests import records
from tests.conftest import MIB, Pool
from tests.fuzz.values import CLASSES, DEAD, Symbol

VMS_MAX = 40
"""Beyond so many, VMs that calls have made are removed: a pool of thousands tells nothing more."""

STATES = {
    **{"halted": "Halted", "running": "Running", "paused": "Paused", "suspended": "Suspended"},
    **{"busy": "Running", "template": "Halted", "snapshot": "Halted", "second": "Running"},
}
"""The world's VMs, and the power state that each has."""

NEW_VM: dict[str, Any] = {
    **{name: api.classes["VM"].fields[name].empty for name in api.classes["VM"].ctor_fields},
    **{f"memory_{limit}": str(64 * MIB) for limit in ("static_max", "static_min")},
    **{f"memory_{limit}": str(64 * MIB) for limit in ("dynamic_max", "dynamic_min")},
    **{"VCPUs_max": "1", "VCPUs_at_startup": "1", "HVM_boot_policy": "BIOS order"},
}

NOT_LISTED = frozenset({"session", "subject"})
"""Classes without get_all, or of which there is nothing."""


class World:
    """Resolves the symbols of drawn calls. ``named`` has the objects that it keeps, by name."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._clients = threading.local()
        self.run_session = self._spare_session()
        """The session that calls are made in; it stays."""
        self.named: dict[tuple[str, str], str] = {}
        self._refs: dict[str, list[str]] = {}

    @property
    def api(self) -> Any:
        """The unmodified client; each thread has one, as it makes one call at a time."""
        client = getattr(self._clients, "client", None)
        if client is None:
            client = self._clients.client = XenAPI.Session(self._pool.layout.url, ignore_ssl=True)
            client._session = self.run_session
        return client.xenapi

    # --- symbols ----------------------------------------------------------------------------

    def resolve(self, symbol: Symbol) -> Any:
        """What a symbol stands for now."""
        match symbol:
            case {"$live": [cls, which]}:
                return self._ref(cls, which)
            case {"$uuid": [cls, which]}:
                return self._uuid(cls, self._ref(cls, which))
            case {"$session": which}:
                return self.run_session if which == "run" else self._spare_session()
            case {"$text": parts}:
                return "".join(str(self.resolve(part)) for part in parts)
            case {"$map": pairs}:
                return {str(self.resolve(key)): self.resolve(value) for key, value in pairs}
            case list():
                return [self.resolve(item) for item in symbol]
        return symbol

    def pinned(self, symbol: Symbol) -> Symbol:
        """The symbol with names in the place of numbers, where it means an object with a name."""
        match symbol:
            case {"$live": [cls, which]} if isinstance(which, int):
                return {"$live": list(self._name(cls, which))}
            case {"$uuid": [cls, which]} if isinstance(which, int):
                return {"$uuid": list(self._name(cls, which))}
            case {"$map": pairs}:
                return {"$map": [[self.pinned(key), self.pinned(value)] for key, value in pairs]}
            case list():
                return [self.pinned(item) for item in symbol]
        return symbol

    def _ref(self, cls: str, which: int | str) -> str:
        if which == "own":
            return self._made(cls)
        if isinstance(which, str):
            return self.named.get((cls, which), DEAD)
        # Three of four are objects of the world's own, which are in the state that they should be.
        with self._lock:
            names = sorted(name for known, name in self.named if known == cls)
            refs = self._refs.get(cls, [])
        # Each call on the VM in the middle of an operation waits, so there are few of them.
        kept = [name for name in names if name.startswith("busy") == (which % 97 == 0)]
        if kept and (which % 4 or not refs):
            return self.named.get((cls, kept[which // 4 % len(kept)]), DEAD)
        return refs[which // 4 % len(refs)] if refs else DEAD

    def _name(self, cls: str, which: int) -> tuple[str, int | str]:
        ref = self._ref(cls, which)
        names = (
            name for (known, name), found in self.named.items() if (known, found) == (cls, ref)
        )
        return cls, next(names, which)

    def _uuid(self, cls: str, ref: str) -> str:
        try:
            return str(getattr(self.api, cls).get_uuid(ref))
        except (XenAPI.Failure, AttributeError):
            return "00000000-dead-0000-0000-000000000000"

    def _spare_session(self) -> str:
        spare = XenAPI.Session(self._pool.layout.url, ignore_ssl=True)
        spare.xenapi.login_with_password("root", self._pool.password, "1.0", "fuzz")
        return str(spare._session)

    def _made(self, cls: str) -> str:
        """An object that nothing else depends on."""
        match cls:
            case "task":
                return str(self.api.task.create("own", ""))
            case "host":
                return self._spare_host()
            case "PIF":
                network = self.api.network.get_all()[0]
                return self._pif(network, self._spare_host())
        raise KeyError(cls)

    def _spare_host(self) -> str:
        """A host that was never heard of; the one that is there already is answered again."""
        uuid = "00000000-5a5a-0000-0000-000000000000"
        return str(self.api.host.create(uuid, "spare", "", "spare", "192.0.2.77"))

    def _pif(self, network: str, host: str) -> str:
        null = "OpaqueRef:NULL"
        return str(
            self.api.PIF.db_introduce(
                *("eth9", network, host, "02:00:00:00:00:09", "1500", "9", False, "None"),
                *("", "", "", "", null, null, False, {}, False, "None", [], "", "IPv4", True, {}),
            )
        )

    # --- shape ------------------------------------------------------------------------------

    def build(self) -> None:
        """Have the world's objects; those that are in shape already stay."""
        for (cls, kept), make in self._makers().items():
            self._keep(cls, kept, make)
        self._restore_hosts()
        for name, state in STATES.items():
            self._keep_vm(name, state)
        self._tidy()
        self._look()

    def _makers(self) -> dict[tuple[str, str], Callable[[], str]]:
        found = self.api
        sr = self._shared_sr
        host = found.host.get_all()[0]
        return {
            ("SR", "shared"): sr,
            ("SR", "local"): lambda: found.SR.create(
                host, {}, "0", "local", "", "dummy", "user", False, {}
            ),
            ("SR", "unplugged"): lambda: found.SR.introduce(
                "", "unplugged", "", "nfs", "user", True, {}
            ),
            ("VDI", "free"): lambda: found.VDI.create(records.vdi(sr(), MIB)),
            ("VDI", "cd"): lambda: found.VDI.create(records.vdi(sr(), MIB, read_only=True)),
            ("network", "own"): lambda: found.network.create(records.network("fuzz")),
            ("secret", "own"): lambda: found.secret.create({"value": "s", "other_config": {}}),
            ("blob", "own"): lambda: found.blob.create("text/plain", False),
            ("task", "client"): lambda: found.task.create("client", ""),
            ("GPU_group", "own"): lambda: found.GPU_group.create("g", "", {}),
            ("USB_group", "own"): lambda: found.USB_group.create("g", "", {}),
            ("VM_group", "own"): lambda: found.VM_group.create(
                {"name_label": "g", "name_description": "", "placement": "normal"}
            ),
            ("VM_appliance", "own"): lambda: found.VM_appliance.create(
                {"name_label": "a", "name_description": ""}
            ),
            ("Repository", "own"): lambda: found.Repository.introduce(
                *("fuzz", "", "https://u.example.org/a", "https://u.example.org/b", True, "")
            ),
        }

    def _shared_sr(self) -> str:
        """The pool's default SR, plugged on each host."""
        (pool,) = self.api.pool.get_all()
        sr = self.api.pool.get_default_SR(pool)
        if not self._is_there("SR", sr) or not self.api.SR.get_shared(sr):
            host = self.api.pool.get_master(pool)
            sr = self.api.SR.create(host, {}, "0", "shared", "", "dummy", "user", True, {})
            self.api.pool.set_default_SR(pool, sr)
        for pbd in self.api.SR.get_PBDs(sr):
            with contextlib.suppress(XenAPI.Failure):
                self.api.PBD.plug(pbd)
        return str(sr)

    def _restore_hosts(self) -> None:
        """Hosts that calls have disabled are enabled; those that were never heard of go."""
        own = {host.uuid for host in self._pool.layout.hosts}
        for host, record in self.api.host.get_all_records().items():
            with contextlib.suppress(XenAPI.Failure):
                if record["uuid"] not in own:
                    self.api.host.destroy(host)
                elif not record["enabled"]:
                    self.api.host.enable(host)

    def _keep(self, cls: str, name: str, make: Callable[[], str]) -> None:
        ref = self.named.get((cls, name))
        if ref is None or not self._is_there(cls, ref):
            self.named[cls, name] = make()

    def _is_there(self, cls: str, ref: str) -> bool:
        if "uuid" not in api.classes[cls].fields:
            return ref in getattr(self.api, cls).get_all()
        with contextlib.suppress(XenAPI.Failure):
            getattr(self.api, cls).get_uuid(ref)
            return True
        return False

    def _keep_vm(self, name: str, state: str) -> None:
        """Have a VM of this name in its state; one that cannot be brought there is replaced."""
        ref = self.named.get(("VM", name))
        with contextlib.suppress(XenAPI.Failure):
            if ref is not None and self.api.VM.get_power_state(ref) == state:
                if name == "busy" and not self.api.VM.get_current_operations(ref):
                    self._make_busy(ref)
                return
        with contextlib.suppress(XenAPI.Failure):
            self.named["VM", name] = self._new_vm(name, state)

    def _new_vm(self, name: str, state: str) -> str:
        if name == "snapshot":
            return str(self.api.VM.snapshot(self.named["VM", "running"], name, []))
        vm = str(self.api.VM.create({**NEW_VM, "name_label": name}))
        disk = self.api.VDI.create(records.vdi(self._shared_sr(), MIB))
        self.api.VBD.create(records.vbd(vm, disk))
        self.api.VBD.create(records.drive(vm, "3"))
        self.api.VIF.create(records.vif(vm, self.named["network", "own"]))
        if name == "template":
            self.api.VM.set_is_a_template(vm, True)
        if state != "Halted":
            self.api.VM.start(vm, state == "Paused", False)
        if state == "Suspended":
            self.api.VM.suspend(vm)
        if name == "busy":
            self._make_busy(vm)
        for cls, many in (("VBD", "VBDs"), ("VIF", "VIFs"), ("VDI", "VDI")):
            refs = getattr(self.api.VM, f"get_{many}")(vm) if cls != "VDI" else self._disks(vm)
            for number, ref in enumerate(refs):
                self.named[cls, f"{name} {number}"] = ref
        return vm

    def _disks(self, vm: str) -> list[str]:
        records = (self.api.VBD.get_record(vbd) for vbd in self.api.VM.get_VBDs(vm))
        return [record["VDI"] for record in records if not record["empty"]]

    def _make_busy(self, vm: str) -> None:
        """Have the VM in the middle of an operation: its guest is told to halt, and does not."""
        uuid = self.api.VM.get_uuid(vm)
        for host, domain in self._pool.domains(uuid):
            xen = self._pool.xen(self._pool.host_named(host))
            xen.call("behave", domid=domain.domid, obeys=False)
        self.api.Async.VM.clean_shutdown(vm)

    def _tidy(self) -> None:
        """Remove the VMs beyond a number that calls have made."""
        kept = set(self.named.values())
        found = self.api.VM.get_all_records()
        for ref, record in list(found.items())[: max(len(found) - VMS_MAX, 0)]:
            special = record["is_control_domain"] or record["is_default_template"]
            if ref in kept or special:
                continue
            with contextlib.suppress(XenAPI.Failure):
                if record["power_state"] != "Halted":
                    self.api.VM.hard_shutdown(ref)
                self.api.VM.destroy(ref)

    def _look(self) -> None:
        """Learn which objects there are."""
        for cls in CLASSES:
            if cls not in NOT_LISTED:
                with contextlib.suppress(XenAPI.Failure):
                    refs = getattr(self.api, cls).get_all()
                    with self._lock:
                        self._refs[cls] = refs
        with self._lock:
            self._refs["message"] = list(self.api.message.get_all_records())
            self._refs["session"] = [self.run_session]
