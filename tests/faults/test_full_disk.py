"""The disk of the pool database is full: calls fail and change nothing, and work again after."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import XenAPI

from tests.conftest import Pool, make_vm, running_pool
from tests.faults.test_kills import assert_true, end_of

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
DISK = "size=16m"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """A pool whose database is on a disk of its own."""
    folder = tmp_path_factory.mktemp("small")
    database = folder / "database"
    database.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", database], check=True)
    try:
        with running_pool(folder) as pool:
            yield pool
    finally:
        subprocess.run(["umount", database], check=True)


def _give_back_room(pool: Pool) -> None:
    """Make the database's log empty: what it has grown to once could be written to all the same."""
    database = sqlite3.connect(pool.layout.path("database", "pool.db"))
    while database.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
        pass  # somebody reads
    database.close()


@contextmanager
def full(pool: Pool) -> Iterator[None]:
    filler = Path(pool.layout.folder / "database" / "filler")
    _give_back_room(pool)
    try:
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError):
            while True:
                file.write(bytes(4096))
        yield
    finally:
        filler.unlink()


def test_calls_fail_clearly_and_work_again(small: Pool) -> None:
    with small.session() as api:
        vm = make_vm(api)
        before = api.VM.get_record(vm)
        with full(small):
            for call in (
                lambda: api.VM.set_name_label(vm, "other"),
                lambda: api.VM.start(vm, False, False),
                lambda: api.Async.VM.start(vm, False, False),
            ):
                with pytest.raises(XenAPI.Failure) as refused:
                    call()
                assert refused.value.details == ["OUT_OF_SPACE", "the pool database"]
            assert api.VM.get_record(vm) == before
        api.VM.start(vm, False, False)
        api.VM.set_name_label(vm, "other")
    assert_true(small, vm)


def test_work_that_is_under_way_ends_when_there_is_room_again(small: Pool) -> None:
    with small.session() as api:
        vm = make_vm(api, memory_mib=256)
        hosts = [api.host.get_by_name_label(name)[0] for name in ("host1", "host2")]
        api.VM.start_on(vm, hosts[0], False, False)
        small.await_boot(api.VM.get_uuid(vm))
        token = api.event_from([], "", 0.0)["token"]
        task = api.Async.VM.pool_migrate(vm, hosts[1], {"live": "true"})
        while api.task.get_progress(task) == 0.0:
            token = api.event_from([f"task/{task}"], token, 5.0)["token"]
        with full(small):
            # Until the migration's end could not be written.
            logs = f"{small.layout.folder}/log/forwarder-*.jsonl"
            follow = f"tail -n +1 -F {logs} | grep -q -m 1 'could not be ended'"
            subprocess.run(["sh", "-c", follow], timeout=100, check=True)
    end_of(small, task)
    assert_true(small, vm)
