"""Threads take turns by the seed, time is the simulation's, and what is killed goes no further."""

from collections.abc import Callable

import pytest

from tests.sim import threads
from tests.sim.scheduler import Process, Scheduler, use


def run(seed: int, story: Callable[[Scheduler, Process], None], haste: float = 0.5) -> Scheduler:
    found = Scheduler(seed, haste)
    use(found)
    process = Process("test")
    found.run(process, lambda: story(found, process))
    assert found.failure is None
    return found


def race(seed: int) -> list[int]:
    """In which order three threads come to their steps."""
    order: list[int] = []

    def story(found: Scheduler, process: Process) -> None:
        def work(number: int) -> None:
            for _ in range(5):
                found.point()
                order.append(number)

        workers = [threads.Thread(target=work, args=(number,)) for number in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    run(seed, story)
    return order


def test_a_seed_has_one_order_and_others_have_others() -> None:
    assert race(1) == race(1)
    assert len({tuple(race(seed)) for seed in range(10)}) > 5


def test_time_moves_when_nobody_can_go_on() -> None:
    times: list[float] = []

    def story(found: Scheduler, process: Process) -> None:
        def sleep(seconds: float) -> None:
            threads._sleep(seconds)
            times.append(round(found.now, 1))

        for seconds in (3.0, 1.0, 2000.0):
            threads.Thread(target=sleep, args=(seconds,)).start()
        found.park(5000.0)

    run(1, story)
    assert times == [1.0, 3.0, 2000.0]


@pytest.mark.parametrize("seed", range(20))
def test_a_lock_has_one_owner(seed: int) -> None:
    inside: list[int] = []

    def story(found: Scheduler, process: Process) -> None:
        lock = threads.Lock()

        def work(number: int) -> None:
            for _ in range(5):
                with lock:
                    inside.append(number)
                    found.point()
                    assert inside == [number]
                    inside.clear()

        workers = [threads.Thread(target=work, args=(number,)) for number in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    run(seed, story)


@pytest.mark.parametrize("seed", range(20))
def test_a_condition_wakes_who_waits_for_it(seed: int) -> None:
    got: list[int] = []

    def story(found: Scheduler, process: Process) -> None:
        changed, items = threads.Condition(), list[int]()

        def take() -> None:
            with changed:
                while not items:
                    changed.wait()
                got.append(items.pop())

        takers = [threads.Thread(target=take) for _ in range(3)]
        for taker in takers:
            taker.start()
        for item in range(3):
            with changed:
                items.append(item)
                changed.notify()
        for taker in takers:
            taker.join()

    run(seed, story)
    assert sorted(got) == [0, 1, 2]


def test_a_wait_ends_by_its_time() -> None:
    def story(found: Scheduler, process: Process) -> None:
        assert not threads.Event().wait(3.0)
        condition = threads.Condition()
        with condition:
            assert not condition.wait(4.0)
        assert not threads.Semaphore(0).acquire(timeout=5.0)
        lock = threads.Lock()
        lock.acquire()
        threads.Thread(target=lambda: taken.append(lock.acquire(timeout=1.0))).start()
        found.park(found.now + 2.0)

    taken: list[bool] = []
    assert round(run(1, story).now) == 14
    assert taken == [False]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_killed_does_not_even_clean_up(seed: int) -> None:
    steps: list[str] = []

    def story(found: Scheduler, process: Process) -> None:
        victim, lock = Process("victim"), threads.Lock()
        heard = threads.Event()

        def work() -> None:
            try:
                with lock:
                    steps.append("begun")
                    heard.set()
                    threads._sleep(10.0)
                    steps.append("done")
            finally:
                steps.append("cleaned up")

        found.spawn(victim, work, "victim")
        heard.wait()
        found.kill(victim)
        found.park(found.now + 20.0)
        assert lock.acquire()  # nobody's locks outlive him

    run(seed, story)
    assert steps == ["begun"]


def test_a_process_that_kills_itself_goes_no_further() -> None:
    steps: list[str] = []

    def story(found: Scheduler, process: Process) -> None:
        victim = Process("victim")
        victim.at_death.append(lambda: steps.append("died"))

        def work() -> None:
            found.kill(victim)
            steps.append("went on")

        found.spawn(victim, work, "victim")
        found.park(found.now + 1.0)

    run(1, story)
    assert steps == ["died"]


def test_what_is_to_happen_at_a_step_happens_before_it() -> None:
    at: list[int] = []

    def story(found: Scheduler, process: Process) -> None:
        found.at_step[found.steps + 3] = lambda: at.append(found.steps)
        begun = found.steps
        for _ in range(5):
            found.point()
        assert at == [begun + 3]

    run(1, story)


def test_a_story_in_which_nothing_can_happen_fails() -> None:
    found = Scheduler(1)
    use(found)
    found.run(Process("test"), lambda: threads.Event().wait() and None)
    assert found.failure == "nobody can go on, and nothing will happen"


def test_an_error_in_a_thread_fails_the_run() -> None:
    def story() -> None:
        raise ValueError("odd")

    found = Scheduler(1)
    use(found)
    found.run(Process("test"), story)
    assert found.failure == "the thread test/story ended with ValueError: odd"
