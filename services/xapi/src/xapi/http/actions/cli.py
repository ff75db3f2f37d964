"""``xe``'s requests: their protocol has no HTTP answer, but credentials of its own."""

from datamodel import XenAPIError

from xapi import access
from xapi.context import Caller
from xapi.dispatch import Dispatcher
from xapi.http.asked import Asked
from xapi.http.pages import Refused, page
from xapi.http.registry import serves
from xapi.http.streams import SILENT_MAX_S, Stream
from xapi.xe import protocol, serving
from xapi.xe.desk import Desk
from xapi.xe.grammar import parse
from xapi.xe.protocol import ProtocolError, Terminal

LINES_MAX = 4 * 1024 * 1024
"""How many bytes a command line may have."""


@serves("post_cli")
async def post_cli(asked: Asked, stream: Stream) -> None:
    length = asked.request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > LINES_MAX:
        refused = XenAPIError("INVALID_VALUE", "length", length[:40])
        raise Refused(page(411, "length required", ""), refused)

    async def read(size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            more = await stream.read(size - len(data), SILENT_MAX_S)
            if not more:
                raise ConnectionAbortedError("the client sends no more")
            data += more
        return bytes(data)

    body = await read(int(length))
    stream.started = True
    await stream.write(protocol.HELLO)
    headers = asked.request.headers
    # A client on the trusted socket needs no session.
    caller = Caller(
        trusted=asked.session is access.SUPERUSER,
        originator=headers.get("originator", ""),
        traceparent=headers.get("traceparent"),
    )
    arguments = parse(body.decode("utf-8", "surrogateescape").split("\n"))
    desk = Desk(Dispatcher(asked.pool), caller, Terminal(read, stream.write), arguments)
    try:
        protocol.check_hello(await read(len(protocol.HELLO)))
        await serving.serve(desk)
    except ProtocolError as error:
        raise ConnectionAbortedError(str(error)) from error
