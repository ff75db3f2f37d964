"""Bytes go through the door whole, in order, and no faster than they are taken."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from door.relay import relay

from tests.pipes import MOST, Side


class Door:
    """A client and a daemon between whom bytes are carried meanwhile."""

    def __init__(self) -> None:
        self.client, self.daemon = Side(), Side()

    async def __aenter__(self) -> "Door":
        self.carrying = asyncio.create_task(relay(self.client.end, self.daemon.end))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.carrying.cancel()
        await asyncio.gather(self.carrying, return_exceptions=True)

    async def rest(self) -> None:
        """Until nothing moves any more."""
        for _ in range(20):
            await asyncio.sleep(0)


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


def test_what_either_says_reaches_the_other() -> None:
    async def test() -> None:
        async with Door() as door:
            door.client.reader.feed_data(b"memory")
            door.daemon.reader.feed_data(b"ready")
            await door.rest()
            assert (door.daemon.pipe.held, door.client.pipe.held) == (b"memory", b"ready")
            assert not door.carrying.done()

    run(test())


def test_no_more_is_read_than_the_slower_side_takes() -> None:
    async def test() -> None:
        async with Door() as door:
            for number in range(100):
                door.client.reader.feed_data(bytes([number]) * MOST)
                await door.rest()
            pipe, heard = door.daemon.pipe, b""
            assert len(pipe.held) == MOST, "the rest waits at the door, and then at the client"
            while data := await pipe.take(300):
                heard += data
                await door.rest()
            assert heard == b"".join(bytes([number]) * MOST for number in range(100))

    run(test())


def test_the_other_direction_goes_on_while_one_is_blocked() -> None:
    async def test() -> None:
        async with Door() as door:
            door.client.reader.feed_data(b"x" * MOST)
            door.client.reader.feed_data(b"x" * MOST)
            await door.rest()
            door.daemon.reader.feed_data(b"wait")
            await door.rest()
            assert door.client.pipe.held == b"wait"

    run(test())


def test_who_has_said_all_is_answered_still() -> None:
    async def test() -> None:
        async with Door() as door:
            door.client.reader.feed_data(b"all")
            door.client.reader.feed_eof()
            await door.rest()
            assert door.daemon.pipe.ended
            assert not door.daemon.pipe.closed
            door.daemon.reader.feed_data(b"received")
            door.daemon.reader.feed_eof()
            await door.carrying
            assert door.client.pipe.held == b"received"
            assert door.client.pipe.closed
            assert door.daemon.pipe.closed

    run(test())


def test_a_daemon_that_ends_ends_it_with_its_last_word() -> None:
    async def test() -> None:
        async with Door() as door:
            door.daemon.reader.feed_data(b'{"error": "no"}\n')
            door.daemon.reader.feed_eof()
            await door.carrying
            assert door.client.pipe.held == b'{"error": "no"}\n'
            assert door.client.pipe.closed

    run(test())


def test_a_daemon_that_hears_no_more_may_still_say_why() -> None:
    async def test() -> None:
        async with Door() as door:
            door.daemon.pipe.broken = True
            door.client.reader.feed_data(b"more")
            await door.rest()
            assert not door.carrying.done()
            door.daemon.reader.feed_data(b"no")
            door.daemon.reader.feed_eof()
            await door.carrying
            assert door.client.pipe.held == b"no"

    run(test())


def test_a_client_that_is_cut_off_is_gone_for_the_daemon() -> None:
    async def test() -> None:
        async with Door() as door:
            door.client.reader.set_exception(ConnectionResetError())
            await door.carrying
            assert door.daemon.pipe.closed

    run(test())


def test_a_client_that_takes_no_more_is_gone_for_the_daemon() -> None:
    async def test() -> None:
        async with Door() as door:
            door.client.pipe.broken = True
            door.daemon.reader.feed_data(b"an image")
            await door.carrying
            assert door.daemon.pipe.closed

    run(test())
