"""Whatever fails at either end of a migration, the VM runs on one host, with all that it has."""

import contextlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from xenops.errors import XenopsError
from xenops.migration import metadata_text, url_of
from xenops.types import Metadata
from xenopsd.migration import receiver

from tests.contract.backend import simulated
from tests.doors import open_door
from tests.faults.atomic_host import doorway_in
from tests.faults.failing import AFTER, AWAY, BEFORE, Fault, Faults
from tests.faults.test_undone import LOST_MAX, OPERATIONS, Pool

ATOMICS = {Fault(0, BEFORE): 1, Fault(0, AFTER, RuntimeError): 1}
CALLS = {Fault(0, BEFORE): 1, Fault(1, AFTER): 4, Fault(0, AWAY): 4}


@dataclass
class Pair:
    """Two hosts, and the number of the next migration from the one to the other."""

    source: Pool
    destination: Pool
    numbers: Iterator[int]

    def migrate(self, metadata: Metadata) -> bool:
        """Have a VM go from the source to the destination, as a forwarder does; whether it has."""
        vm, id_ = metadata.vm.id, f"migration-{next(self.numbers)}"
        try:
            memory = self.source.ask("MIGRATION.offer", id=id_, vm=vm)
            told = metadata_text(metadata)
            endpoint = self.destination.ask(
                "MIGRATION.prepare", id=id_, metadata=told, memory=memory
            )
            task = self.source.work(
                "VM.migrate",
                vm,
                id=vm,
                vdi_map=[],
                vif_map=[],
                pci_map=[],
                xenops_url=url_of(endpoint, id_),
                compress=False,
                verify_dest=True,
                localhost_migration=False,
            )
        except XenopsError:
            arrived = False
        else:
            arrived = task.state.tag == "Completed"
        if not arrived:
            for side in (self.destination, self.source):
                with contextlib.suppress(XenopsError):
                    side.ask("MIGRATION.abort", id=id_)
        return arrived


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pool")
    with (
        simulated(folder / "one") as one,
        simulated(folder / "two") as two,
        open_door(folder / "one" / "door"),
        open_door(folder / "two" / "door"),
        pytest.MonkeyPatch.context() as patch,
    ):
        # Here the test itself has what failed tried again.
        patch.setattr(receiver, "COMPLETION_MAX_S", 0.0)
        pools = [Pool(one, folder / "one", "one"), Pool(two, folder / "two", "two")]
        for pool, name in zip(pools, ("one", "two"), strict=True):
            doorway_in(folder / name).listen(pool.frontend.restart._receiver.converse)
        yield Pair(*pools, itertools.count())
        for pool in pools:
            pool.queues.close()


def check(pair: Pair, metadata: Metadata, *, arrived: bool) -> None:
    """The VM is where it was told to be, and nothing of it is anywhere else."""
    vm = metadata.vm.id
    here, away = pair.source, pair.destination
    if arrived:
        here, away = away, here
    seen = here.seen(vm)
    assert [domain[:2] for domain in seen["domains"]] == [(False, None)], "it does not run"
    assert seen["request"] is None
    assert not seen["model stands still"]
    assert seen["model"] is not None
    assert not seen["reservations"]
    (domain,) = [one for one in here.backend.hypervisor.domains() if one.uuid == vm]
    assert domain.max_kib == domain.memory_kib
    assert here.backend.store.read(f"/local/domain/{domain.domid}/memory/hold") is None
    assert all(state["active"] and state["plugged"] for _, state in (*seen["vbds"], *seen["vifs"]))
    locks = here.failing.folder.parent / "locks"
    holders = [json.loads(path.read_text()) for path in locks.iterdir()]
    assert holders == [{"host": here.failing.name, "vm": vm}] * 2
    assert not [one for one in away.backend.hypervisor.domains() if one.uuid == vm]
    assert away.backend.hypervisor.free_kib() == away.free_kib
    assert not [path for path in away.backend.nodes() if vm in path]
    assert not away.host.journal.exists(vm)
    assert not away.failing.memory.left()
    assert not away.failing.models.running
    assert away.ask("STATE.vm", id=vm)["state"] is None


def fail_all(pair: Pair, metadata: Metadata, faults: Faults, loss: Fault, step: int) -> int:
    """Have each of what may fail do so, one a migration; how many there were."""
    vm = metadata.vm.id
    pair.source.bring(metadata, OPERATIONS["pause"])
    for count, number in enumerate(range(loss.number, LOST_MAX, step)):
        faults.arm(replace(loss, number=number))
        arrived = pair.migrate(metadata)
        reached = faults.reached
        faults.arm(None)
        for side in (pair.source, pair.destination):
            side.settle(vm)
        try:
            check(pair, metadata, arrived=arrived)
        except AssertionError as error:
            raise AssertionError(f"{loss}, number {number}, arrived: {arrived}") from error
        if arrived:
            pair.destination.done("VM.shutdown", vm, id=vm, delay=None)
            pair.destination.ask("VM.remove", id=vm)
            pair.source.bring(metadata, OPERATIONS["pause"])
        if not reached:
            assert arrived, "what failed once can be done again"
            return count
    raise AssertionError("there is no end")


@pytest.mark.parametrize("side", ["source", "destination"])
@pytest.mark.parametrize("what", ["atomics", "calls"])
def test_a_migration_that_fails_leaves_one_vm(pair: Pair, side: str, what: str) -> None:
    pool: Pool = getattr(pair, side)
    faults: Faults = getattr(pool.failing, what)
    losses = ATOMICS if what == "atomics" else CALLS
    with pair.source.vm("HVM") as metadata:
        count = sum(fail_all(pair, metadata, faults, loss, step) for loss, step in losses.items())
    print(f"a migration whose {side}'s {what} fail: {count} failures of {len(losses)} kinds")


def test_a_vm_that_left_and_came_back_stays_when_xenopsd_starts_again(pair: Pair) -> None:
    with pair.source.vm("HVM") as metadata:
        pair.source.bring(metadata, OPERATIONS["pause"])
        assert pair.migrate(metadata)
        assert Pair(pair.destination, pair.source, pair.numbers).migrate(metadata)
        pair.source.frontend.restart.recover()
        pair.source.settle(metadata.vm.id)
        check(pair, metadata, arrived=False)
