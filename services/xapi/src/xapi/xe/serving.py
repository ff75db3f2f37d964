"""Serves one request of ``xe``: the login, the command, and its end."""

from collections.abc import Awaitable, Callable
from functools import partial

from datamodel import XenAPIError

from xapi import outermost
from xapi.xe import generic, simple, tell
from xapi.xe.commands import FUNCTIONS
from xapi.xe.declared import classes, commands
from xapi.xe.desk import Desk
from xapi.xe.failures import Failed, GaveUp, Missing, Unnamed
from xapi.xe.help import help_, split

USAGE = "For usage run: 'xe help'"


async def serve(desk: Desk) -> None:
    """Run the command and tell the client how it ended."""
    await desk.terminal.exit(0 if await _succeeds(desk) else 1)


async def _succeeds(desk: Desk) -> bool:
    terminal = desk.terminal
    try:
        await _run(desk)
    except Missing as missing:
        await terminal.complain(f"Required parameter not found: {missing}")
        await terminal.complain(USAGE)
    except Failed as failed:
        await terminal.complain(f"Error: {failed}")
    except Unnamed as unnamed:
        await terminal.error(unnamed.code, unnamed.params)
    except GaveUp:
        pass
    except XenAPIError as error:
        said = tell.lines(desk, error)
        for line in said:
            await terminal.complain(line)
        if not said:
            params = tuple(
                tell.REF.sub(lambda ref: desk.name(ref[0]), each) for each in error.params
            )
            await terminal.error(error.code, params)
    except ConnectionError:
        raise
    except Exception as error:
        reason = outermost.reason(error, f"xe {desk.said.command}")
        await terminal.error(reason.code, reason.params)
    else:
        return True
    return False


async def _run(desk: Desk) -> None:
    name = desk.said.command
    if name == "help":
        await help_(desk)
        return
    explicit, (cls, verb) = commands().get(name), split(name)
    if explicit is None and cls is None:
        await desk.terminal.complain(f"Unknown command: {name}")
        await desk.terminal.complain(USAGE)
        raise GaveUp
    if explicit is not None:
        function = FUNCTIONS.get(name)
        required = explicit.required
        act: Callable[[], Awaitable[None]] = partial(function or simple.run, desk, explicit)
        if function is None and explicit.message is None:
            act = partial(_absent, name)
    else:
        run, required, _ = generic.VERBS[verb]
        act = partial(run, desk, classes()[str(cls)])
    own = await _login(desk)
    try:
        for param in required:
            desk.said.require(param)
        await act()
    finally:
        if own:
            await desk.call("session.logout")


async def _absent(name: str) -> None:
    raise XenAPIError("NOT_IMPLEMENTED", name)


async def _login(desk: Desk) -> bool:
    """Give the desk a session; returns whether it was opened here, and so is to be ended."""
    said = desk.said.credentials
    if "session_id" in said:
        desk.session = said["session_id"]
        return False
    if not desk.caller.trusted and not {"username", "password"} <= said.keys():
        await desk.terminal.complain("Username/password must be specified")
        await desk.terminal.complain(USAGE)
        raise GaveUp
    try:
        desk.session = await desk.call(
            "session.login_with_password",
            said.get("username", "root"),
            said.get("password", ""),
            "2.0",
            "xe",
        )
    except XenAPIError as error:
        if error.code != "SESSION_AUTHENTICATION_FAILED":
            raise
        await desk.terminal.complain("Authentication failed")
        await desk.terminal.complain(USAGE)
        raise GaveUp from error
    return True
