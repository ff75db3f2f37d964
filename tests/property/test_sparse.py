"""A file with holes reads as what was written into it, and has less on the disk."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xenports.libxen import sparse

PIECES = st.lists(
    st.binary(min_size=1, max_size=5000)
    | st.integers(1, 5).map(lambda count: bytes(count * len(sparse.HOLE)))
    | st.just(os.urandom(sparse.CHUNK)),
    max_size=8,
)


def copied(path: Path, data: bytes) -> list[int]:
    """What was told while the data went through a pipe into the file, whose size follows it."""
    reading, writing = os.pipe()
    told: list[int] = []

    def write() -> None:
        with open(writing, "wb") as pipe:
            pipe.write(data)

    writer = threading.Thread(target=write)
    writer.start()
    with path.open("wb") as file:
        sparse.copy(reading, file, told.append)
        file.write(b"end")
    writer.join()
    os.close(reading)
    return told


@given(PIECES)
def test_a_file_reads_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    data = b"".join(pieces)
    path = tmp_path_factory.mktemp("sparse") / "file"
    told = copied(path, data)
    assert path.read_bytes() == data + b"end"
    assert told == sorted(told)
    assert (told or [0])[-1] == len(data)


def test_zeros_take_no_room(tmp_path: Path) -> None:
    path = tmp_path / "file"
    copied(path, bytes(64 * len(sparse.HOLE)))
    assert path.stat().st_blocks * 512 < len(sparse.HOLE)
