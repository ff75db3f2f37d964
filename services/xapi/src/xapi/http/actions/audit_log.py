"""The audit log of this gateway."""

from contextlib import closing

from xapi import audit
from xapi.http.asked import Asked
from xapi.http.registry import serves
from xapi.http.streams import Stream


@serves("get_audit_log")
async def get_audit_log(asked: Asked, stream: Stream, since: str | None) -> None:
    """Send what was recorded since a time, oldest first."""
    await stream.start(200, {"content-type": "text/plain"})
    with closing(audit.recorded(since or "")) as blocks:
        while (block := await asked.pool.run(next, blocks, None)) is not None:
            await stream.write(block)
