"""A run's record becomes a picture."""

from pathlib import Path

import pytest
from squeezed.picture import draw, samples

from tests import memory_run


def test_a_record_is_drawn(tmp_path: Path) -> None:
    record, picture = tmp_path / "record.jsonl", tmp_path / "picture.png"
    memory_run.write(record)
    draw(samples(record.read_text().splitlines()), picture)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_lines_of_other_things_are_left_out() -> None:
    assert list(samples(['{"text": "x"}', '{"memory": {"at": 1.0}}'])) == [{"at": 1.0}]


def test_free_memory_never_falls_below_the_reserve_once_it_is_reached() -> None:
    found = [sample.host for sample in memory_run.run().samples]
    reached = next(n for n, host in enumerate(found) if host.free_kib >= host.reserve_kib)
    assert all(host.free_kib >= host.reserve_kib for host in found[reached:])


@pytest.mark.parametrize("suffix", [".svg", ".pdf"])
def test_nothing_is_a_picture_too(tmp_path: Path, suffix: str) -> None:
    picture = (tmp_path / "picture").with_suffix(suffix)
    draw([], picture)
    assert picture.stat().st_size > 0
