"""A domain's memory arrives as it was sent, and garbage is refused."""

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xenports.libxen import frames

CHUNKS = st.lists(st.binary(min_size=1, max_size=5000) | st.just(bytes(frames.CHUNK)), max_size=8)


def all_of(stream: io.BytesIO) -> list[bytes]:
    found = []
    while chunk := frames.read(stream):
        found.append(chunk)
    return found


@given(CHUNKS)
def test_what_is_written_is_read(chunks: list[bytes]) -> None:
    stream = io.BytesIO()
    for chunk in (*chunks, b""):
        frames.write(stream, chunk)
    stream.seek(0)
    assert all_of(stream) == chunks
    assert stream.read() == b""


@given(CHUNKS.filter(bool), st.data())
def test_frames_that_end_early_are_refused(chunks: list[bytes], data: st.DataObject) -> None:
    stream = io.BytesIO()
    for chunk in (*chunks, b""):
        frames.write(stream, chunk)
    length = data.draw(st.integers(0, len(stream.getvalue()) - 1))
    with pytest.raises(ValueError):
        all_of(io.BytesIO(stream.getvalue()[:length]))


@given(st.binary(min_size=1))
def test_garbage_is_frames_or_refused(garbage: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert all(len(chunk) <= frames.CHUNK for chunk in all_of(io.BytesIO(garbage)))


def test_what_says_that_it_is_huge_is_not_believed() -> None:
    huge = (0x7FFF_FFFF).to_bytes(4, "little") + b"\x00"
    with pytest.raises(ValueError):
        frames.read(io.BytesIO(len(huge).to_bytes(4, "big") + huge))
    with pytest.raises(ValueError):
        frames.read(io.BytesIO(b"\xff\xff\xff\xff"))
