"""A coroutine that is begun at once does what it does in a task."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from xapi.begun import Begun


async def at_once() -> str:
    return "done"


async def nested() -> str:
    return await at_once()


async def waits() -> str:
    await asyncio.sleep(0)
    woken = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(woken.set_result, "woken")
    return str(await woken)


async def in_a_thread() -> str:
    return await asyncio.get_running_loop().run_in_executor(None, lambda: "from a thread")


async def raises() -> str:
    raise ValueError("at once")


async def raises_later() -> str:
    await asyncio.sleep(0)
    raise ValueError("later")


async def handles_a_failure() -> str:
    failed = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(failed.set_exception, ValueError("within"))
    try:
        await failed
    except ValueError as error:
        return str(error)
    return "nothing"


async def outlives_a_cancellation() -> str:
    try:
        await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        await asyncio.sleep(0)
    return "alive"


async def ends_by_a_cancellation() -> str:
    await asyncio.sleep(0)
    await asyncio.get_running_loop().create_future()
    return "alive"


async def outcome(awaited: Awaitable[str]) -> str:
    async def run() -> str:
        return await awaited

    task = asyncio.create_task(run())
    for _ in range(5):
        await asyncio.sleep(0)
    if not task.done():
        task.cancel()
    try:
        return await task
    except (ValueError, asyncio.CancelledError) as error:
        return repr(error)


async def begun(coroutine: Coroutine[Any, Any, str]) -> str:
    try:
        made = Begun(coroutine)
    except ValueError as error:
        return repr(error)
    return await outcome(made) if made.waits else made.result


@pytest.mark.parametrize(
    "function",
    [
        *(at_once, nested, waits, raises, raises_later, handles_a_failure),
        *(outlives_a_cancellation, ends_by_a_cancellation),
    ],
)
def test_it_ends_as_in_a_task(function: Callable[[], Coroutine[Any, Any, str]]) -> None:
    assert asyncio.run(begun(function())) == asyncio.run(outcome(function()))


@pytest.mark.parametrize("function, does", [(nested, False), (waits, True), (in_a_thread, True)])
def test_it_tells_whether_it_waits(
    function: Callable[[], Coroutine[Any, Any, str]], does: bool
) -> None:
    async def run() -> tuple[bool, str]:
        made = Begun(function())
        return made.waits, await made

    waited, result = asyncio.run(run())
    assert waited == does and result == asyncio.run(function())
