"""Who is refused by a state that is about to change waits for the change, and is judged then."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from datamodel import XenAPIError
from forwarder.core import context
from forwarder.daemons.hosts import Work
from forwarder.locks import locking
from forwarder.locks.locking import Busy
from forwarder.records import installed
from rules.lifecycle import vm as table
from rules.lifecycle.ends import ENDS_IN
from xenops.types import PowerState

from tests.unit.forwarder.test_adrift import Pool

NAMES = {"reverting": None, "power_state_reset": None}
"""Operations that are begun in another way than by their name."""
LIFTING = [
    (first, then, end)
    for first, states in ENDS_IN.items()
    if first not in NAMES
    for end in states
    for then, needed in table.POWER_STATES.items()
    if end in needed and then in table.LISTED
]


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    found = Pool(tmp_path)
    found.change(domain_type="pv")
    return found


def begin(pool: Pool, task: str, cls: Any, ref: str, operation: str) -> None:
    with pool.db.transaction() as tx:
        locking.begin(tx, task, cls, ref, operation, strict=False)


def end(pool: Pool, task: str) -> None:
    with pool.db.transaction() as tx:
        locking.end_all(tx, task)


@pytest.mark.parametrize(("first", "then", "state"), LIFTING)
def test_what_an_operation_in_progress_may_make_possible_waits_for_its_end(
    pool: Pool, first: str, then: str, state: str
) -> None:
    pool.change(power_state=table.POWER_STATES.get(first, ("Halted",))[0])
    begin(pool, "first", "VM", pool.vm, first)
    if pool["power_state"] in table.POWER_STATES[then] and (
        then in table.WINS_OVER or any({first, then} <= group for group in table.TOGETHER)
    ):
        return  # it begins beside the first
    with pytest.raises(Busy) as busy:
        begin(pool, "then", "VM", pool.vm, then)
    assert "first" in busy.value.watched
    end(pool, "first")
    pool.change(power_state=state)
    try:
        begin(pool, "then", "VM", pool.vm, then)
    except XenAPIError as error:
        assert error.code not in ("VM_BAD_POWER_STATE", "OTHER_OPERATION_IN_PROGRESS")


@pytest.mark.parametrize("first", ["copy", "clone", "start", "pause"])
def test_what_it_does_not_make_possible_is_refused_at_once(pool: Pool, first: str) -> None:
    pool.change(power_state=table.POWER_STATES[first][0])
    begin(pool, "first", "VM", pool.vm, first)
    with pytest.raises(XenAPIError) as refused:
        begin(pool, "then", "VM", pool.vm, "resume")
    assert not isinstance(refused.value, Busy)
    assert refused.value.code == "VM_BAD_POWER_STATE"


def test_a_disk_is_plugged_into_a_vm_that_is_being_unpaused(pool: Pool) -> None:
    pool.change(power_state="Paused")
    begin(pool, "first", "VM", pool.vm, "unpause")
    with pytest.raises(Busy) as busy:
        begin(pool, "then", "VBD", pool.disk, "plug")
    assert "first" in busy.value.watched
    end(pool, "first")
    pool.change(power_state="Running")
    begin(pool, "then", "VBD", pool.disk, "plug")


@pytest.fixture
def sr(pool: Pool) -> Iterator[str]:
    with pool.db.transaction() as tx:
        installed.settle_drivers(tx)
        found = tx.create("SR", {"type": "dummy"})
        tx.create("PBD", {"SR": found, "host": pool.here, "currently_attached": True})
    yield found


@pytest.mark.parametrize("operation", ["forget", "destroy"])
def test_an_sr_is_given_up_once_its_pbd_is_unplugged(pool: Pool, sr: str, operation: str) -> None:
    pbd = pool.db.view.get("SR", sr)["PBDs"][0]
    begin(pool, "first", "PBD", pbd, "unplug")
    with pytest.raises(Busy) as busy:
        begin(pool, "then", "SR", sr, operation)
    assert "first" in busy.value.watched


def test_a_disk_goes_once_it_is_unplugged(pool: Pool, sr: str) -> None:
    pool.change(power_state="Running")
    with pool.db.transaction() as tx:
        vdi = tx.create("VDI", {"SR": sr, "managed": True, "type": "user"})
        tx.update("VBD", pool.disk, {"VDI": vdi, "currently_attached": True, "empty": False})
        tx.update("VBD", pool.disk, {"unpluggable": True})
    with pytest.raises(XenAPIError, match="VDI_IN_USE") as refused:
        begin(pool, "then", "VDI", vdi, "destroy")
    assert not isinstance(refused.value, Busy)
    begin(pool, "first", "VBD", pool.disk, "unplug")
    with pytest.raises(Busy):
        begin(pool, "then", "VDI", vdi, "destroy")


def test_a_wait_in_vain_ends_with_the_refusal(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "LOCK_WAIT_S", -1.0)
    pool.hosts.states[pool.here] = PowerState.Running
    assert pool.start_on(pool.here) is None
    begin(pool, "first", "VM", pool.vm, "pause")
    refused = pool.call("VM.unpause", pool.vm)
    assert refused == ["VM_BAD_POWER_STATE", pool.vm, "paused", "running"]


@pytest.mark.parametrize("then", ["unpause", "hard_shutdown"])
def test_a_call_behind_another_is_judged_in_its_turn(pool: Pool, then: str) -> None:
    """It comes while its VM's host is at work for the call before it."""
    pool.hosts.states[pool.here] = PowerState.Running
    first = "pause" if then == "unpause" else "start"
    if first == "pause":
        assert pool.start_on(pool.here) is None
    ended: list[Any] = []

    def work(host: str, work: Work) -> None:
        pool.hosts.does = finish
        call = pool.offer(f"VM.{then}", pool.vm)
        behind.append(threading.Thread(target=lambda: ended.append(pool.take(call))))
        behind[0].start()
        pool.hosts.states[host] = PowerState.Paused if first == "pause" else PowerState.Running

    def finish(host: str, work: Work) -> None:
        pool.hosts.states[host] = PowerState.Running if then == "unpause" else PowerState.Halted

    behind: list[threading.Thread] = []
    pool.hosts.does = work
    params = [] if first == "pause" else [False, False]
    assert pool.call(f"VM.{first}", pool.vm, *params) is None
    behind[0].join()
    assert ended[0]["error"] is None
    assert pool["power_state"] == ("Running" if then == "unpause" else "Halted")
