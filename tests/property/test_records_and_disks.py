"""Whatever fails while hosts work on disks: afterwards records and SRs agree, and no disk is lost.

Any call of a host can fail, be heard by nobody before or after it took effect, or be the last thing
that its forwarder does, so that another one takes the task over.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from forwarder.records import devices
from forwarder.records.new_vm import new_vm
from forwarder.storage.hosted import UNSURE
from forwarder.storage.making import MAKING
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.unit.forwarder.hosted_pool import SIZE, HostedPool
from tests.unit.forwarder.storehouse import Died, failure, no_fault, silent

STEPS = 30
MANY_VMS, MANY_DISKS = 6, 25
FAULT_CHANCE = 0.12
MAY_BE_GONE = frozenset({"VDI.destroy", "VDI.pool_migrate"})
"""Calls that destroy a disk even if they answer with an error, as its host fell silent."""


class Store:
    """Two shared SRs and one of a single host, and VMs that are never started."""

    def __init__(self, folder: str, random: Random) -> None:
        self.pool = HostedPool(Path(folder))
        self.random = random
        self.srs = [self.pool.sr(), self.pool.sr(), self.pool.sr(shared=False, host=1)]
        self.was_done = False
        """Whether the last call did what was asked."""
        for name in ("one", "two"):
            with self.pool.db.transaction() as tx:
                new_vm(tx, {"name_label": name})

    def fault(self, wire: str, is_done: bool) -> None:
        if wire == "SR.attach" or self.random.random() >= FAULT_CHANCE:
            return
        lost = [silent(self.pool.hosts[0]), Died(), Died()]
        # A host that refuses has changed nothing.
        raise self.random.choice(lost if is_done else [failure(44, "no space"), *lost])

    def call(self, name: str, *args: Any) -> Any:
        """What the message answers; None when it refuses."""
        self.pool.house.fault = self.fault
        before, self.was_done = self.contents(), False
        try:
            answer = self.pool.call(name, *args)
            self.was_done = True
            return answer
        except XenAPIError as error:
            assert error.code != "INTERNAL_ERROR", error
            if name not in MAY_BE_GONE:
                lost = set(before) - set(self.contents())
                assert not lost, f"{name} failed and has destroyed disks"
            return None
        finally:
            self.pool.house.fault = no_fault

    def contents(self) -> dict[str, int]:
        return {
            location: disk.bytes_
            for shelf in self.pool.house.shelves.values()
            for location, disk in shelf.disks.items()
        }

    def pick(self, cls: str, **wanted: Any) -> str | None:
        found = [
            ref
            for ref, record in self.pool.all(cls).items()
            if all(record[name] == value for name, value in wanted.items())
        ]
        return self.random.choice(found) if found else None

    # --- what happens -----------------------------------------------------------------------

    def create(self) -> None:
        vm = self.pick("VM", is_a_snapshot=False)
        if vm is None or len(self.pool.all("VDI")) >= MANY_DISKS:
            return
        values = {"SR": self.random.choice(self.srs), "virtual_size": SIZE, "type": "user"}
        vdi = self.call("VDI.create", values)
        place = str(len(self.pool.get("VM", vm)["VBDs"]))
        if vdi is not None:
            with self.pool.db.transaction() as tx:
                of = {"VM": vm, "VDI": vdi, "type": "Disk", "mode": "RW", "userdevice": place}
                devices.add_vbd(tx, of)

    def write(self) -> None:
        for record in self.pool.all("VDI").values():
            if not record["is_a_snapshot"] and record["location"] in self.contents():
                uuid = self.pool.get("SR", record["SR"])["uuid"]
                disk = self.pool.house.shelves[uuid].disks[record["location"]]
                disk.bytes_ = self.random.randrange(1, 2**30)

    def of_disk(self, wire: str, *args: Any) -> None:
        vdi = self.pick("VDI")
        if vdi is not None and len(self.pool.all("VDI")) < MANY_DISKS:
            self.call(wire, vdi, *args)

    def snapshot_disk(self) -> None:
        self.of_disk("VDI.snapshot", {})

    def clone_disk(self) -> None:
        self.of_disk("VDI.clone", {})

    def copy_disk(self) -> None:
        self.of_disk("VDI.copy", self.random.choice(self.srs), NULL_REF, NULL_REF)

    def move_disk(self) -> None:
        self.of_disk("VDI.pool_migrate", self.random.choice(self.srs), {})

    def resize_disk(self) -> None:
        vdi = self.pick("VDI")
        if vdi is not None:
            self.call("VDI.resize", vdi, self.pool.get("VDI", vdi)["virtual_size"] + SIZE)

    def rename_disk(self) -> None:
        self.of_disk("VDI.set_name_label", str(self.random.random()))

    def destroy_disk(self) -> None:
        vdi = self.pick("VDI")
        if vdi is not None:
            self.call("VDI.destroy", vdi)

    def copy_vm(self) -> None:
        vm = self.pick("VM")
        if vm is not None and len(self.pool.all("VM")) < MANY_VMS:
            wire, *more = self.random.choice(
                [("VM.snapshot", []), ("VM.clone",), ("VM.copy", NULL_REF)]
            )
            made = self.call(str(wire), vm, "made", *more)
            if made is not None:
                self.of_whole_vm(vm, made)

    def of_whole_vm(self, vm: str, made: str) -> None:
        """A VM that was made has as many disks as the other one."""
        assert len(self.pool.get("VM", made)["VBDs"]) == len(self.pool.get("VM", vm)["VBDs"])

    def revert_vm(self) -> None:
        snapshot = self.pick("VM", is_a_snapshot=True)
        if snapshot is None or self.pool.get("VM", snapshot)["snapshot_of"] == NULL_REF:
            return
        images = self.bytes_of(snapshot)
        vm = self.pool.get("VM", snapshot)["snapshot_of"]
        self.call("VM.revert", snapshot)
        if self.was_done:
            assert self.bytes_of(vm) == images == self.bytes_of(snapshot)

    def bytes_of(self, vm: str) -> list[int | None]:
        vbds = [self.pool.get("VBD", vbd) for vbd in self.pool.get("VM", vm)["VBDs"]]
        contents = self.contents()
        return [
            contents.get(self.pool.get("VDI", vbd["VDI"])["location"])
            for vbd in sorted(vbds, key=lambda each: str(each["userdevice"]))
        ]

    def destroy_vm(self) -> None:
        vm = self.pick("VM")
        if vm is not None and len(self.pool.all("VM")) > 2:
            self.call("VM.destroy", vm)

    def scan(self) -> None:
        self.call("SR.scan", self.random.choice(self.srs))

    def tend(self) -> None:
        self.pool.tend()

    # --- what must be true ------------------------------------------------------------------

    def settle(self) -> None:
        """Have forwarders do what is left to do, without faults."""
        for _ in range(3):
            self.pool.tend()
        assert self.pool.kv(MAKING) == {} == self.pool.kv(UNSURE)

    def check(self) -> None:
        recorded = [record["location"] for record in self.pool.all("VDI").values()]
        assert len(recorded) == len(set(recorded)), "a disk is recorded twice"
        assert set(recorded) == set(self.contents())
        for record in self.pool.all("VDI").values():
            sr = self.pool.get("SR", record["SR"])
            info = self.pool.house.shelves[sr["uuid"]].disks[record["location"]].info
            assert record["virtual_size"] == info.virtual_size
            assert not record["missing"]
        for ref, sr in self.pool.all("SR").items():
            disks = [r for r in self.pool.all("VDI").values() if r["SR"] == ref]
            assert sr["virtual_allocation"] == sum(r["virtual_size"] for r in disks)


WEIGHTS: dict[Callable[[Store], None], int] = {
    **{Store.create: 5, Store.write: 3, Store.copy_vm: 5, Store.revert_vm: 3, Store.tend: 3},
    **{Store.snapshot_disk: 2, Store.clone_disk: 2, Store.copy_disk: 3, Store.move_disk: 3},
    **{Store.resize_disk: 2, Store.rename_disk: 1, Store.destroy_disk: 3, Store.destroy_vm: 1},
    Store.scan: 2,
}


@settings(deadline=None, max_examples=20, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.randoms(use_true_random=False))
def test_records_and_disks_agree_after_any_fault(random: Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder, random)
        for action in random.choices([*WEIGHTS], [*WEIGHTS.values()], k=STEPS):
            action(store)
        store.settle()
        store.check()
        store.pool.db.close()
