"""Where xapi listens: for clients, for trusted processes on this machine, and for plain HTTP."""

import asyncio
import contextlib
import functools
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn

from xapi.dispatch import Dispatcher
from xapi.http.calls import Calls
from xapi.http.front import Front
from xapi.http.serving import Actions
from xapi.rpc import redirect
from xapi.rpc.application import application
from xapi.rpc.certificates import Certificates
from xapi.rpc.gateway import Gateway
from xapi.settings import Settings

# How long calls may go on once this process is told to end; supervisors wait twice as long.
GRACE_S = 10
# Long enough for a client that calls now and then to keep its connection.
KEEP_ALIVE_S = 300


class Listener(uvicorn.Server):
    """One of several servers in a loop; `serve_all` handles signals for all of them."""

    def __init__(
        self, app: Any, sockets: list[socket.socket] | None = None, **options: Any
    ) -> None:
        quiet: dict[str, Any] = {"log_config": None, "access_log": False, "lifespan": "off"}
        quiet |= {"server_header": False, "timeout_graceful_shutdown": GRACE_S}
        quiet |= {"timeout_keep_alive": KEEP_ALIVE_S}
        super().__init__(uvicorn.Config(app, **quiet, **options))
        self.sockets = sockets

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


def listeners(
    config: Settings, dispatcher: Dispatcher, certificates: Certificates | None
) -> list[Listener]:
    """The listeners that the settings name; without certificates, calls come by plain HTTP."""
    local = gateway(dispatcher, [own_socket(config.unix_socket)], trusted=True)
    address, port = config.listen
    place: dict[str, Any] = {"host": address, "port": port}
    if certificates is None:
        return [gateway(dispatcher, **place), local]
    context = certificates.context
    secure = gateway(dispatcher, ssl_context_factory=lambda *_: context, **place)
    if config.redirect is None:
        return [secure, local]
    plain_address, plain_port = config.redirect
    elsewhere = redirect.application(config.public_port or port)
    return [secure, local, Listener(elsewhere, host=plain_address, port=plain_port)]


def gateway(
    dispatcher: Dispatcher,
    sockets: list[socket.socket] | None = None,
    *,
    trusted: bool = False,
    **options: Any,
) -> Listener:
    """A listener for calls and actions; ``trusted`` is for the unix socket."""
    actions = Actions(dispatcher.pool, trusted=trusted)
    app = application(dispatcher, actions, trusted=trusted)
    calls = Calls(Gateway(dispatcher).answer, trusted=trusted)
    return Listener(app, sockets, http=functools.partial(Front, actions, calls), **options)


def own_socket(path: str) -> socket.socket:
    """A unix socket that only this user and root can connect to, so its peers are trusted."""
    Path(path).unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX)
    made.bind(path)
    Path(path).chmod(0o600)
    return made


async def serve_all(listeners: list[Listener], at_stop: Callable[[], None]) -> None:
    """Serve until a signal, then call ``at_stop`` and answer the calls that have begun."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        at_stop()
        for listener in listeners:
            listener.should_exit = True

    for signal_number in (2, 15):
        loop.add_signal_handler(signal_number, stop)
    await asyncio.gather(*(listener.serve(listener.sockets) for listener in listeners))
