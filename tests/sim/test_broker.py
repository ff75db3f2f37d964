"""The simulation's broker keeps the promises of the real one, and breaks what that one may."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from broker.envelope import Message
from broker.topology import (
    EVENTS_EXCHANGE,
    FORWARDER_QUEUE,
    POOL_VHOST,
    UPDATES_EXCHANGE,
    UPDATES_QUEUE,
    host_vhost,
)

from broker import BrokerSettings, CallTimeout, Delivery, Unroutable
from tests.sim import threads
from tests.sim.broker import BROKER, Broker, Connection, connect
from tests.sim.scheduler import Process, Scheduler, use

HOST = "11111111-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def simulated() -> Iterator[None]:
    """What futures wait by is the simulation's for a while."""
    back = threads.install()
    yield
    back()


class World:
    """A broker, and processes that speak to it."""

    def __init__(self, found: Scheduler, seed: int) -> None:
        self.scheduler = found
        self.broker = Broker(found, seed, [HOST])
        BROKER[:] = [self.broker]
        self.taken: list[tuple[str, Any]] = []

    def spawn(self, name: str, work: Callable[[], None]) -> Process:
        process = Process(name)
        self.scheduler.spawn(process, work, "main")
        return process

    def connection(self, vhost: str = POOL_VHOST) -> Connection:
        return connect(BrokerSettings((("broker", 5672),), vhost, "user", "", "test"))

    def serve(self, name: str, act: Callable[[Delivery], None], vhost: str = POOL_VHOST) -> Process:
        queue = FORWARDER_QUEUE if vhost == POOL_VHOST else UPDATES_QUEUE

        def work() -> None:
            def take(delivery: Delivery) -> None:
                self.taken.append((name, delivery.body))
                act(delivery)

            self.connection(vhost).serve(queue, take, threads.ThreadPool(4))
            threads.Event().wait(1000.0)

        return self.spawn(name, work)

    def pause(self, seconds: float) -> None:
        self.scheduler.park(self.scheduler.now + seconds)


def run(seed: int, story: Callable[[World], None]) -> World:
    found = Scheduler(seed, 0.3)
    use(found)
    threads.reseed(seed)
    world = World(found, seed)
    found.run(Process("test"), lambda: story(world))
    assert found.failure is None
    return world


def answer(delivery: Delivery) -> None:
    delivery.ack()
    delivery.reply({"said": delivery.body})


SEEDS = pytest.mark.parametrize("seed", range(10))


@SEEDS
def test_a_call_is_answered(seed: int) -> None:
    def story(world: World) -> None:
        world.serve("server", answer)
        called = world.connection().call(
            FORWARDER_QUEUE, Message(method="m", body={"n": 1}), timeout_s=10.0
        )
        assert called == {"said": {"n": 1}}

    run(seed, story)


def test_a_queue_that_is_not_there_is_told_of() -> None:
    def story(world: World) -> None:
        with pytest.raises(Unroutable):
            world.connection().send("nowhere", Message(method="m", body={}))

    run(1, story)


def test_nobody_answers_in_time() -> None:
    def story(world: World) -> None:
        with pytest.raises(CallTimeout):
            world.connection().call(FORWARDER_QUEUE, Message(method="m", body={}), timeout_s=3.0)
        assert 3.0 <= world.scheduler.now < 4.0

    run(1, story)


@SEEDS
def test_what_was_not_acknowledged_comes_again(seed: int) -> None:
    def story(world: World) -> None:
        first = world.serve("first", lambda delivery: None)
        world.connection().send(FORWARDER_QUEUE, Message(method="m", body="work"))
        world.pause(1.0)
        world.scheduler.kill(first)
        world.serve("second", answer)
        world.pause(1.0)

    assert run(seed, story).taken == [("first", "work"), ("second", "work")]


@SEEDS
def test_what_was_confirmed_outlives_the_broker(seed: int) -> None:
    def story(world: World) -> None:
        world.connection().send(FORWARDER_QUEUE, Message(method="m", body="work"))
        world.broker.restart(5.0)
        world.pause(1.0)
        world.serve("server", answer)
        world.pause(20.0)

    assert run(seed, story).taken == [("server", "work")]


@SEEDS
def test_a_call_outlives_a_broken_connection(seed: int) -> None:
    """It may be taken twice, and is answered."""

    def story(world: World) -> None:
        def slow(delivery: Delivery) -> None:
            world.pause(2.0)
            answer(delivery)

        world.serve("server", slow)
        future = world.connection().call_async(
            FORWARDER_QUEUE, Message(method="m", body="work"), timeout_s=60.0
        )
        world.pause(1.0)
        world.broker.flap("test")
        assert future.result() == {"said": "work"}

    assert len(run(seed, story).taken) in (1, 2)


@SEEDS
def test_who_is_cut_off_hears_of_it_late_and_is_heard_again(seed: int) -> None:
    def story(world: World) -> None:
        server = world.serve("server", answer)
        world.pause(1.0)
        world.broker.cut_off(server.place)
        connection = world.connection()
        with pytest.raises(CallTimeout):
            connection.call(FORWARDER_QUEUE, Message(method="m", body="work"), timeout_s=1.0)
        world.pause(60.0)
        world.broker.heal(server.place)
        world.pause(5.0)

    # By then it is too late, and the call is not begun.
    assert run(seed, story).taken == []


def test_news_reach_who_listens_and_no_queue() -> None:
    heard: list[Any] = []

    def story(world: World) -> None:
        connection = world.connection()
        connection.subscribe(EVENTS_EXCHANGE, [""], heard.append)
        world.pause(1.0)
        connection.publish(EVENTS_EXCHANGE, "", Message(method="event", body=1)).result()
        world.broker.flap("test")
        connection.publish(EVENTS_EXCHANGE, "", Message(method="event", body=2)).result()
        world.pause(1.0)

    run(1, story)
    assert heard[0] == 1


@SEEDS
def test_updates_go_by_their_key_to_one_consumer(seed: int) -> None:
    def story(world: World) -> None:
        vhost = host_vhost(HOST)
        for name in ("one", "other"):
            world.serve(name, lambda delivery: delivery.ack(), vhost)
        world.pause(1.0)
        connection = world.connection(vhost)
        for number, key in enumerate(("vm.1", "task.1", "host.heartbeat", "vm.2")):
            message = Message(method=key, body=number)
            connection.publish(UPDATES_EXCHANGE, key, message).result()
        world.pause(1.0)

    taken = run(seed, story).taken
    assert [body for _, body in taken] == [0, 2, 3]
    assert len({name for name, _ in taken}) == 1
