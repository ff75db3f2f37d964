"""The grammar of ``xe`` and its protocol, with any text and with peers that lie."""

import asyncio
import contextlib
import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xapi.xe.grammar import parse
from xapi.xe.printing import escaped, record_text
from xapi.xe.protocol import ProtocolError, Tag, Terminal, command, number, string
from xe.session import HELLO, Exchange, Lost

LINES = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))
KEYS = st.text("abcdefghijklmnopqrstuvwxyz:", min_size=1).map("key{}".format)


@given(st.lists(st.tuples(KEYS, LINES)))
def test_every_parameter_arrives_as_it_was_typed(pairs: list[tuple[str, str]]) -> None:
    assert parse(["vm-list", *(f"{key}={value}" for key, value in pairs)]).params == pairs


@given(st.lists(LINES))
def test_no_line_is_too_strange(lines: list[str]) -> None:
    assert parse(lines).command == (lines[0] if lines else "")


@given(st.lists(st.text(), min_size=1))
def test_values_in_one_line_can_be_told_apart(values: list[str]) -> None:
    found, rest = [""], iter(",".join(map(escaped, values)))
    for letter in rest:
        if letter == "\\":
            found[-1] += next(rest)
        elif letter == ",":
            found.append("")
        else:
            found[-1] += letter
    assert found == values


@given(LINES)
def test_a_record_ends_as_the_next_one_begins(value: str) -> None:
    assert record_text([("uuid", " RO", value)]) == f"uuid ( RO)    : {value}\n\n"


@given(st.binary(max_size=64))
def test_the_server_refuses_what_is_no_answer(sent: bytes) -> None:
    pipe = io.BytesIO(sent)

    async def read(size: int) -> bytes:
        data = pipe.read(size)
        if len(data) < size:
            raise ConnectionAbortedError
        return data

    async def write(data: bytes) -> None:
        pass

    with pytest.raises((ProtocolError, ConnectionError)):
        asyncio.run(Terminal(read, write).ask())


class Peer(io.BytesIO):
    """Sends what a lying server would; what is written to it is dropped."""

    def write(self, data: object) -> int:
        return 0


def exchange(sent: bytes, *arguments: str) -> Exchange:
    def nowhere(host: str) -> None:
        raise AssertionError("nothing may be moved")

    return Exchange(Peer(HELLO + sent), list(arguments), nowhere)  # type: ignore[arg-type]


@given(st.binary(max_size=64))
def test_the_client_ends_with_whatever_a_server_sends(sent: bytes) -> None:
    with contextlib.suppress(Lost):
        exchange(sent).run()


@given(st.integers(-(2**31), 2**31 - 1))
def test_the_client_believes_no_length(size: int) -> None:
    payload = struct.pack("<iii", Tag.COMMAND, Tag.PRINT, size)
    if size != 0:
        with pytest.raises(Lost):
            exchange(number(len(payload)) + payload).run()


@given(LINES.filter(lambda name: name != "notes.txt"))
def test_the_client_touches_no_file_that_was_not_named(name: str) -> None:
    sent = command(Tag.HTTP_GET, string(name), string("/export")) + command(Tag.EXIT, number(1))
    assert exchange(sent, "blob-get", "filename=notes.txt").run() == 1
