"""By what right a host works for a VM: marks and epochs, domains and nodes that nobody wants."""

from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from daemon.queues import Queues
from daemon.tasks import RunningTask
from xenops.client import Client
from xenops.envelope import XENOPSD, Call
from xenops.errors import XenopsError
from xenops.extensions import Ended, Place
from xenops.migration import metadata_text
from xenops.types import Disk, PowerState
from xenopsd.backend.domains import Size

from broker import Delivery
from tests.contract.backend import Backend, simulated
from tests.faults.atomic_host import add_vm, frontend_of, host_in

POOL, OTHER = "this pool", "another pool"
ANSWER_S = 30.0


class One:
    """A host with a VM that is off, without a broker."""

    def __init__(self, folder: Path, backend: Backend) -> None:
        self.folder, self.backend = folder, backend
        self.host, self.queues = host_in(folder), Queues(1)
        self.vm = add_vm(self.host, backend)
        self._server = frontend_of(self.host, folder, self.queues).server
        self.ask = Client(self._transport, "test")
        self._metadata = metadata_text(self.host.journal.metadata(self.vm))
        self._number = 0

    def _transport(self, call: Call, body: dict[str, Any], operation: str) -> Any:
        replies: SimpleQueue[Any] = SimpleQueue()
        self._server.handle(
            Delivery(call.wire, body, operation, {}, "", lambda: None, replies.put, lambda _: None)
        )
        return replies.get(timeout=ANSWER_S)

    def run(self, wire: str, place: Place | None, id_: str = "", **params: Any) -> str:
        """Work to its end; how it ended, or the refusal."""
        self._number += 1
        id_ = id_ or f"{wire} {self._number}"
        call = XENOPSD.request(wire, {"debug_info": "", "id": self.vm, **params}, id_)
        surroundings = {"metadata": self._metadata, "forget": False, "place": place}
        ended: Ended = self.ask(XENOPSD.WORK.run, id_, id=self.vm, call=call, **surroundings)
        state = ended.task.state
        return state.tag if state.tag == "Completed" else str(state.value[0])

    def start(self, place: Place | None, id_: str = "") -> str:
        return self.run("VM.start", place, id_, paused=False)

    def shut_down(self, place: Place | None) -> str:
        return self.run("VM.shutdown", place, delay=None)

    def settle(self) -> None:
        while not self.queues.idle():
            pass

    @property
    def domain(self) -> Any:
        return self.host.domains.find(self.vm)


@pytest.fixture
def one(tmp_path: Path) -> Iterator[One]:
    with simulated(tmp_path) as backend:
        found = One(tmp_path, backend)
        yield found
        found.queues.close()


def place(epoch: int, pool: str = POOL) -> Place:
    return Place(pool=pool, epoch=epoch)


def test_a_domain_says_which_pool_made_it_also_after_it_was_made_anew(one: One) -> None:
    assert one.host.domains.maker(one.vm) is None
    assert one.start(place(1)) == "Completed"
    assert one.host.domains.maker(one.vm) == POOL
    assert one.run("VM.reboot", place(1), delay=None) == "Completed"
    assert one.host.domains.makers([one.domain]) == [POOL]


def test_one_that_was_made_before_is_marked_with_the_next_work_for_it(one: One) -> None:
    assert one.start(None) == "Completed"
    assert one.host.domains.maker(one.vm) is None
    assert one.run("VM.pause", place(1)) == "Completed"
    assert one.host.domains.maker(one.vm) == POOL


def test_a_start_that_comes_days_after_its_vm_was_given_to_others_begins_nothing(one: One) -> None:
    assert one.start(place(1)) == "Completed"
    assert one.shut_down(place(2)) == "Completed"
    for late in (place(1), None):
        assert one.start(late) == "Cancelled"
    assert one.domain is None


def test_a_repeated_message_is_answered_as_the_first_was(one: One) -> None:
    assert one.start(place(1), "start") == "Completed"
    one.host.journal.see(one.vm, 2)
    assert one.start(place(1), "start") == "Completed"


def test_messages_without_an_epoch_are_taken_as_long_as_none_was_seen(one: One) -> None:
    assert [one.start(None), one.shut_down(None), one.start(place(0))] == ["Completed"] * 3


def test_what_is_no_epoch_is_refused_and_changes_nothing(one: One) -> None:
    with pytest.raises(XenopsError, match="-1 is not an epoch"):
        one.start(place(-1))
    assert one.host.journal.unfinished() == []
    assert one.host.journal.epoch(one.vm) == 0


def test_what_is_to_be_forgotten_late_has_come_again_since(one: One) -> None:
    assert one.start(place(1)) == "Completed"
    assert one.shut_down(place(2)) == "Completed"
    one.host.journal.see(one.vm, 3)
    with pytest.raises(XenopsError, match="Cancelled"):
        one.ask(XENOPSD.PLACE.leave, "1", id=one.vm, place=place(2))
    assert one.host.journal.exists(one.vm)
    one.ask(XENOPSD.PLACE.leave, "2", id=one.vm, place=place(3))
    assert not one.host.journal.exists(one.vm)


def test_a_vm_that_runs_is_not_forgotten(one: One) -> None:
    assert one.start(place(1)) == "Completed"
    with pytest.raises(XenopsError, match="Bad_power_state"):
        one.ask(XENOPSD.PLACE.leave, "1", id=one.vm, place=place(1))
    assert one.host.journal.exists(one.vm)


class TestUnwanted:
    @pytest.fixture(autouse=True)
    def running(self, one: One) -> None:
        assert one.start(place(1)) == "Completed"

    def test_it_is_paused_and_what_was_before_is_not_begun_any_more(self, one: One) -> None:
        one.ask(XENOPSD.UNWANTED.pause, "1", id=one.vm, place=place(2))
        one.settle()
        assert one.domain.paused
        assert one.run("VM.unpause", place(1)) == "Cancelled"
        assert one.ask(XENOPSD.VM.stat, "2", id=one.vm)[1].power_state is PowerState.Paused

    def test_it_goes_with_all_that_is_known_of_it(self, one: One) -> None:
        one.ask(XENOPSD.UNWANTED.destroy, "1", id=one.vm, place=place(2))
        one.settle()
        assert one.domain is None
        assert not one.host.journal.exists(one.vm)

    def test_it_goes_also_where_nothing_is_known_of_it(self, one: One) -> None:
        one.host.journal.forget(one.vm)
        one.ask(XENOPSD.UNWANTED.destroy, "1", id=one.vm, place=place(2))
        one.settle()
        assert one.domain is None

    def test_where_it_has_gone_by_itself_nothing_is_left_to_do(self, one: One) -> None:
        for number in ("1", "2"):
            one.ask(XENOPSD.UNWANTED.destroy, number, id=one.vm, place=place(2))
            one.settle()
        assert one.domain is None

    @pytest.mark.parametrize(
        ("right", "why"), [(place(2, OTHER), "was made here by pool"), (place(0), "is over")]
    )
    def test_without_the_right_nothing_is_done(self, one: One, right: Place, why: str) -> None:
        with pytest.raises(XenopsError) as refused:
            one.ask(XENOPSD.UNWANTED.destroy, "1", id=one.vm, place=right)
        assert why in f"{refused.value} {refused.value.detail}"
        one.settle()
        assert one.domain is not None

    def test_a_domain_that_no_pool_made_is_left_alone(self, one: One) -> None:
        assert one.shut_down(place(2)) == "Completed"
        vm = one.host.journal.metadata(one.vm).vm
        one.host.journal.forget(one.vm)
        one.host.domains.create(RunningTask("administrator", ""), vm, Size.of(vm))
        with pytest.raises(XenopsError, match="no domain of VM"):
            one.ask(XENOPSD.UNWANTED.pause, "1", id=one.vm, place=place(3))


def test_a_host_keeps_no_nodes_of_a_suspended_vm_that_it_forgets(one: One) -> None:
    before = set(one.backend.nodes())
    assert one.start(None) == "Completed"
    image = Disk("VDI", "sr/image")
    assert one.run("VM.suspend", None, suspend_vdi=image) == "Completed"
    one.ask(XENOPSD.VM.remove, "remove", id=one.vm)
    assert {path for path in one.backend.nodes() if one.vm in path} <= before
