"""Whatever is snapshotted, reverted, cloned and destroyed in whatever order: no data is lost."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

import pooldb
from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from forwarder import messages
from forwarder.core.context import Context
from forwarder.core.registry import FUNCTIONS
from forwarder.locks import locking
from forwarder.records import devices
from forwarder.records.new_vm import new_vm
from forwarder.storage import volumes
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pooldb import Transaction, leases

assert messages.DRAWERS
PLACES = "012"
ROOM = 2**30
STEPS = 60
MANY_VMS, MANY_DISKS = 7, 30


class Trees:
    """VMs that are never started; what is on a disk stands in its physical_utilisation."""

    def __init__(self, folder: str) -> None:
        self.db = pooldb.connect(f"sqlite:///{folder}/pool.db")
        self.writes = 0
        self.images: dict[str, int] = {}
        nobody: Any = None
        with self.db.transaction() as tx:
            leases.acquire(tx, leases.TASKS, "task", "me", 600.0)
            self.sr = tx.create("SR", {"type": "dummy", "physical_size": ROOM})
            host = tx.create("host", {})
            tx.create("PBD", {"SR": self.sr, "host": host, "currently_attached": True})
            for name in ("first", "second"):
                new_vm(tx, {"name_label": name})
        self.context = Context(
            db=self.db,
            hosts=nobody,
            task="task",
            operation="task",
            owner="me",
            service="test",
            publish=lambda generation: None,
        )

    def call(self, name: str, *args: Any) -> Any:
        """What the message answers; None when it refuses."""
        try:
            return FUNCTIONS[name](self.context, *args)
        except XenAPIError as error:
            assert error.code != "INTERNAL_ERROR"
            return None
        finally:
            with self.changes() as tx:
                locking.end_all(tx, "task")

    @contextmanager
    def changes(self) -> Iterator[Transaction]:
        with self.context.transaction() as tx:
            yield tx
        self.context.commit()

    def all(self, cls: str) -> dict[str, Any]:
        return dict(self.db.view.all(cls))

    def pick(self, random: Random, cls: str, **wanted: Any) -> str | None:
        found = [
            ref
            for ref, record in self.all(cls).items()
            if all(record[name] == value for name, value in wanted.items())
        ]
        return random.choice(found) if found else None

    # --- what happens -----------------------------------------------------------------------

    def create(self, random: Random) -> None:
        if len(self.all("VM")) < MANY_VMS:
            with self.changes() as tx:
                new_vm(tx, {"name_label": "vm"})

    def add_disk(self, random: Random) -> None:
        vm = self.pick(random, "VM", is_a_snapshot=False)
        if vm is not None and self.free(vm):
            self.writes += 1
            values = {"SR": self.sr, "virtual_size": 2**20, "type": "user"}
            with suppress(XenAPIError):
                vdi = volumes.create(self.context, values)
                with self.changes() as tx:
                    tx.update("VDI", vdi, {"physical_utilisation": self.writes})
                    self.attach_to(tx, vm, vdi)

    def attach(self, random: Random) -> None:
        vm = self.pick(random, "VM", is_a_snapshot=False)
        vdi = self.pick(random, "VDI", is_a_snapshot=False)
        if vm is not None and vdi is not None and self.free(vm):
            with self.changes() as tx:
                self.attach_to(tx, vm, vdi)

    def attach_to(self, tx: Transaction, vm: str, vdi: str) -> None:
        place = self.free(vm)[0]
        values = {"VM": vm, "VDI": vdi, "type": "Disk", "mode": "RW", "userdevice": place}
        devices.add_vbd(tx, values)

    def free(self, vm: str) -> list[str]:
        return [place for place in PLACES if place not in self.disks(vm)]

    def detach(self, random: Random) -> None:
        vbd = self.pick(random, "VBD")
        if vbd is not None:
            self.call("VBD.destroy", vbd)

    def write(self, random: Random) -> None:
        """Every disk that can be written is."""
        with self.changes() as tx:
            for vdi, record in tx.all("VDI").items():
                if not record["is_a_snapshot"] and not record["read_only"]:
                    self.writes += 1
                    tx.update("VDI", vdi, {"physical_utilisation": self.writes})

    def protect(self, random: Random) -> None:
        vdi = self.pick(random, "VDI", is_a_snapshot=False)
        if vdi is not None:
            with self.changes() as tx:
                tx.update("VDI", vdi, {"read_only": random.random() < 0.5})

    def fill(self, random: Random) -> None:
        """Leave the SR room for no disk, or give it back."""
        with self.changes() as tx:
            left = int(tx.get("SR", self.sr)["virtual_allocation"]) + 1
            tx.update("SR", self.sr, {"physical_size": random.choice([left, ROOM])})

    def snapshot(self, random: Random) -> None:
        vm = self.pick(random, "VM", is_a_snapshot=False)
        if vm is not None and len(self.all("VM")) < MANY_VMS:
            left_out = [ref for ref in [self.pick(random, "VDI")] if ref and random.random() < 0.3]
            made = self.call("VM.snapshot", vm, "snapshot", left_out)
            if made is not None:
                expected = {p: d for p, d in self.disks(vm).items() if d not in left_out}
                assert self.contents(made) == self.on(expected)

    def clone(self, random: Random) -> None:
        vm = self.pick(random, "VM")
        if vm is not None and len(self.all("VM")) < MANY_VMS:
            arguments = random.choice(
                [("VM.copy", vm, "copy", NULL_REF), ("VM.clone", vm, "clone")]
            )
            before = self.all("VDI").keys()
            made = self.call(*arguments)
            if made is None:
                assert self.all("VDI").keys() == before, "a copy that failed left disks behind"
            else:
                assert self.contents(made) == self.contents(vm)
                assert before.isdisjoint(self.disks(made).values())

    def snapshot_disk(self, random: Random) -> None:
        vdi = self.pick(random, "VDI")
        if vdi is not None and len(self.all("VDI")) < MANY_DISKS:
            self.call("VDI.snapshot", vdi, {})

    def revert(self, random: Random) -> None:
        snapshot = self.pick(random, "VM", is_a_snapshot=True)
        if snapshot is None:
            return
        vm = self.all("VM")[snapshot]["snapshot_of"]
        before, users = self.all("VDI"), self.users()
        failed = self.failed("VM.revert", snapshot)
        after = self.all("VDI")
        assert before.keys() <= after.keys(), "a revert destroyed a disk"
        for ref, record in before.items():
            if failed or users[ref] != {vm} or record["read_only"]:
                kept = record["physical_utilisation"]
                assert after[ref]["physical_utilisation"] == kept, "others' data was changed"
        if not failed:
            vm = self.all("VM")[snapshot]["snapshot_of"]
            assert self.contents(vm) == self.contents(snapshot)
            for place, image in self.disks(snapshot).items():
                assert after[image]["snapshot_of"] == self.disks(vm)[place]

    def failed(self, name: str, *args: Any) -> bool:
        before = self.all("VM"), self.all("VBD")
        try:
            FUNCTIONS[name](self.context, *args)
        except XenAPIError as error:
            assert error.code in ("SR_FULL", "VM_REVERT_FAILED"), error
            assert (self.all("VM").keys(), self.all("VBD")) == (before[0].keys(), before[1])
            return True
        finally:
            with self.changes() as tx:
                locking.end_all(tx, "task")
        return False

    def destroy(self, random: Random) -> None:
        vm = self.pick(random, "VM")
        if vm is not None:
            before = self.all("VDI").keys()
            self.call("VM.destroy", vm)
            assert self.all("VDI").keys() == before

    def destroy_disk(self, random: Random) -> None:
        vdi = self.pick(random, "VDI")
        if vdi is not None:
            self.call("VDI.destroy", vdi)
            self.images.pop(vdi, None)

    # --- what is always true ----------------------------------------------------------------

    def disks(self, vm: str) -> dict[str, str]:
        vbds = [self.all("VBD")[vbd] for vbd in self.all("VM")[vm]["VBDs"]]
        return {vbd["userdevice"]: vbd["VDI"] for vbd in vbds}

    def on(self, found: dict[str, str]) -> dict[str, int]:
        return {p: self.all("VDI")[vdi]["physical_utilisation"] for p, vdi in found.items()}

    def contents(self, vm: str) -> dict[str, int]:
        return self.on(self.disks(vm))

    def users(self) -> dict[str, set[str]]:
        vbds = self.all("VBD")
        return {
            ref: {vbds[vbd]["VM"] for vbd in record["VBDs"]}
            for ref, record in self.all("VDI").items()
        }

    def links_lead_somewhere(self) -> None:
        for cls, names in (("VM", ("snapshot_of", "parent")), ("VDI", ("snapshot_of",))):
            alive = {*self.all(cls), NULL_REF}
            for record in self.all(cls).values():
                assert {record[name] for name in names} <= alive

    def nobody_is_their_own_ancestor(self) -> None:
        vms = self.all("VM")
        for vm in vms:
            seen = set()
            while vm != NULL_REF:
                assert vm not in seen
                seen.add(vm)
                vm = vms[vm]["parent"]

    def each_place_has_one_disk(self) -> None:
        vms, vdis = self.all("VM"), self.all("VDI")
        places = [(vbd["VM"], vbd["userdevice"]) for vbd in self.all("VBD").values()]
        assert len(places) == len(set(places))
        for vbd in self.all("VBD").values():
            assert vbd["VM"] in vms and vbd["VDI"] in vdis
            if not vms[vbd["VM"]]["is_a_snapshot"]:
                assert not vdis[vbd["VDI"]]["is_a_snapshot"], "a VM writes to a snapshot"

    def snapshots_never_change(self) -> None:
        for ref, record in self.all("VDI").items():
            if record["is_a_snapshot"]:
                found = record["physical_utilisation"]
                assert self.images.setdefault(ref, found) == found

    def an_sr_counts_its_disks(self) -> None:
        total = sum(record["virtual_size"] for record in self.all("VDI").values())
        assert self.all("SR")[self.sr]["virtual_allocation"] == total


WEIGHTS = {
    **{Trees.add_disk: 4, Trees.attach: 3, Trees.write: 4, Trees.snapshot: 5, Trees.revert: 6},
    **{Trees.create: 1, Trees.clone: 1, Trees.snapshot_disk: 1, Trees.protect: 2, Trees.fill: 1},
    **{Trees.detach: 1, Trees.destroy: 1, Trees.destroy_disk: 1},
}
INVARIANTS = (
    *(Trees.links_lead_somewhere, Trees.nobody_is_their_own_ancestor),
    *(Trees.each_place_has_one_disk, Trees.snapshots_never_change, Trees.an_sr_counts_its_disks),
)


@settings(deadline=None, max_examples=30, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.randoms(use_true_random=False))
def test_no_order_of_operations_loses_data_or_links(random: Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        trees = Trees(folder)
        for action in random.choices([*WEIGHTS], [*WEIGHTS.values()], k=STEPS):
            action(trees, random)
            for holds in INVARIANTS:
                holds(trees)
        trees.db.close()
