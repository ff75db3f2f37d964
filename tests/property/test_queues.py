"""A VM's operations run in order and one at a time, whatever is pushed when."""

import threading
from collections import defaultdict

from daemon.queues import Item, Queues
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from("abc"), max_size=40), st.integers(1, 4))
def test_in_order_and_one_at_a_time(vms: list[str], workers: int) -> None:
    queues = Queues(workers)
    ran: dict[str, list[int]] = defaultdict(list)
    running: dict[str, int] = defaultdict(int)
    together: list[str] = []
    left = threading.Semaphore(0)

    def work(vm: str, number: int) -> None:
        running[vm] += 1
        if running[vm] > 1:
            together.append(vm)
        ran[vm].append(number)
        running[vm] -= 1
        left.release()

    for number, vm in enumerate(vms):
        queues.push(vm, Item(lambda vm=vm, number=number: work(vm, number)))  # type: ignore[misc]
    for _ in vms:
        assert left.acquire(timeout=10)
    queues.close()
    assert together == []
    for vm in set(vms):
        assert ran[vm] == [number for number, pushed in enumerate(vms) if pushed == vm]


def test_equal_checks_are_one() -> None:
    queues = Queues(1)
    started, go, ran = threading.Event(), threading.Event(), []

    def block() -> None:
        started.set()
        go.wait(10)

    queues.push("vm", Item(block))
    assert started.wait(10)
    for _ in range(5):
        queues.push("vm", Item(lambda: ran.append("check"), merge="check"))
    done = threading.Event()
    queues.push("vm", Item(done.set))
    go.set()
    assert done.wait(10)
    queues.close()
    assert ran == ["check"]


def test_a_worker_outlives_a_failure() -> None:
    queues = Queues(1)
    went_on = threading.Event()

    def fail() -> None:
        raise ValueError("a bug")

    queues.push("a", Item(fail))
    queues.push("a", Item(went_on.set))
    assert went_on.wait(timeout=10)
    queues.close()
