"""However bytes are cut on their way through the door, they arrive whole."""

import asyncio
from pathlib import Path

from daemon.door import daemon_of, socket_of
from door.gate import Refused, first_words, whom
from door.relay import relay
from hypothesis import given
from hypothesis import strategies as st

from tests.pipes import Side

CHUNKS = st.lists(st.binary(min_size=1, max_size=5000), max_size=20)


async def _feed(side: Side, chunks: list[bytes]) -> None:
    for chunk in chunks:
        side.reader.feed_data(chunk)
        await asyncio.sleep(0)
    side.reader.feed_eof()


async def _hear(side: Side, size: int, total: int) -> bytes:
    heard = b""
    while len(heard) < total:
        heard += await side.pipe.take(size)
        await asyncio.sleep(0)
    return heard


@given(up=CHUNKS, down=CHUNKS, size=st.integers(1, 10_000))
def test_bytes_arrive_whole(up: list[bytes], down: list[bytes], size: int) -> None:
    async def carry() -> tuple[bytes, bytes]:
        client, daemon = Side(), Side()
        carrying = asyncio.create_task(relay(client.end, daemon.end))
        said, answered = b"".join(up), b"".join(down)
        feeding = asyncio.create_task(_feed(client, up))
        heard = await _hear(daemon, size, len(said))
        await asyncio.gather(feeding, _feed(daemon, down))
        told = await _hear(client, size, len(answered))
        await carrying
        return heard, told

    assert asyncio.run(carry()) == (b"".join(up), b"".join(down))


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=30))
def test_a_first_line_is_the_same_however_it_comes(chunks: list[bytes]) -> None:
    """What came with the line is kept, and what is no line ends here."""

    async def read() -> bytes:
        reader = asyncio.StreamReader()
        feeding = asyncio.create_task(_fed(reader, chunks))
        try:
            return await first_words(reader)
        finally:
            await feeding

    said = b"".join(chunks)
    try:
        found = asyncio.run(read())
    except (Refused, EOFError):
        assert b"\n" not in said[:4096]
    else:
        assert said.startswith(found)
        assert b"\n" in found


async def _fed(reader: asyncio.StreamReader, chunks: list[bytes]) -> None:
    for chunk in chunks:
        reader.feed_data(chunk)
        await asyncio.sleep(0)
    reader.feed_eof()


@given(st.binary(max_size=200))
def test_any_line_is_for_a_daemon_or_is_refused(line: bytes) -> None:
    try:
        named = whom(line)
    except Refused:
        return
    assert named.isascii()


@given(st.one_of(st.text(), st.from_regex(r"[./a-z\0-]*:.*"), st.integers(), st.none()))
def test_no_token_leads_out_of_the_folder(token: object) -> None:
    folder = Path("/run/warren/door")
    named = daemon_of(token)
    if named is not None:
        path = socket_of(folder, named)
        assert path.parent == folder
        assert path.name == f"{named}.sock"
        assert not path.name.startswith(".")
