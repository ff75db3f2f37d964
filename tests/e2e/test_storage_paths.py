"""From a path's loss on a host to the message at an unmodified XenAPI client, and back."""

import contextlib
import os
import signal
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pooldb
import pytest
from simulated_pool.services import database_url, multipathd_socket

from tests import multipathd
from tests.conftest import Pool

ID = "36001405aaaaaaaaaaaaaaaaaaaaaaaaa"
NAME = "MULTIPATH_PERIODIC_ALERT"
EVENTS = "Events received during the last 120 seconds:"


@dataclass
class Storage:
    """An SR of one disk, which host1 sees over the paths that its multipathd tells of."""

    pool: Pool
    api: Any
    pbd: str
    daemon: multipathd.Multipathd

    def paths(self, current: int, total: int) -> None:
        """Change the paths; the end of its connection has the watcher look."""
        self.daemon.says(**{ID: (current, total)})
        self.daemon.hang_up()

    def await_key(self, value: str | None) -> None:
        """Wait until clients see this value."""
        self._await(lambda: self.api.PBD.get_other_config(self.pbd).get(f"mpath-{ID}") == value)

    def messages(self) -> list[str]:
        """The bodies of the messages that tell of this PBD."""
        records = self.api.message.get_all_records().values()
        uuid = self.api.PBD.get_uuid(self.pbd)
        return [said["body"] for said in records if said["name"] == NAME and uuid in said["body"]]

    def await_message(self) -> str:
        """The first message about this PBD, once it is there."""
        self._await(lambda: self.messages() != [])
        return self.messages()[0]

    def _await(self, holds: Callable[[], bool]) -> None:
        token = ""
        while not holds():
            token = self.api.event_from(["pbd", "message"], token, 5.0)["token"]


@pytest.fixture
def storage(pool: Pool, api: Any) -> Iterator[Storage]:
    host = api.host.get_by_name_label("host1")[0]
    sr = api.SR.introduce("", "paths", "", "dummy", "user", True, {})
    config = {"SCSIid": ID}
    pbd = api.PBD.create({"host": host, "SR": sr, "device_config": config, "other_config": {}})
    api.PBD.plug(pbd)
    with multipathd.running(multipathd_socket(pool.layout, pool.host_named("host1"))) as daemon:
        found = Storage(pool, api, pbd, daemon)
        found.paths(2, 2)
        found.await_key("[2, 2]")
        yield found
    api.PBD.unplug(pbd)
    api.SR.forget(sr)


def test_a_lost_path_is_told_and_its_return(storage: Storage) -> None:
    storage.paths(1, 2)
    lines = storage.await_message().splitlines()
    uuid, host = storage.api.PBD.get_uuid(storage.pbd), storage.pool.host_named("host1")
    said = f'host={host.uuid}; host-name="host1"; pbd={uuid}; scsi_id={ID}; current=1; max=2'
    assert [lines[0], lines[2]] == ["Unhealthy paths:", EVENTS]
    assert lines[1].endswith(f"] {said}") and lines[3].endswith(f"] {said}")
    assert storage.api.PBD.get_other_config(storage.pbd)["multipathed"] == "true"


def test_a_value_that_a_client_spoils_is_mended(storage: Storage) -> None:
    storage.api.PBD.remove_from_other_config(storage.pbd, f"mpath-{ID}")
    storage.api.PBD.add_to_other_config(storage.pbd, f"mpath-{ID}", "rubbish")
    storage.await_key("[2, 2]")


def test_m7_an_operator_accepts_what_is_left(storage: Storage) -> None:
    storage.paths(1, 1)
    storage.await_key("[1, 2]")
    storage.api.PBD.add_to_other_config(storage.pbd, f"multipath-accepted-{ID}", "1")
    storage.await_key("[1, 1]")


def test_keys_go_with_the_plug(storage: Storage) -> None:
    storage.api.PBD.unplug(storage.pbd)
    storage.await_key(None)
    assert "multipathed" not in storage.api.PBD.get_other_config(storage.pbd)
    storage.api.PBD.plug(storage.pbd)
    storage.await_key("[2, 2]")


def test_m6_prometheus_reads_the_levels(storage: Storage) -> None:
    storage.paths(1, 2)
    storage.await_message()
    port = storage.pool.layout.ports["mpathalert"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        said = answer.read().decode()
    line = next(line for line in said.splitlines() if "sr_paths_failed{" in line and ID in line)
    assert line.endswith(" 1.0")
    assert "mpathalert_connected 1.0" in said


@pytest.mark.parametrize("victim", ["mpathalert", "mpathalert-host1", "forwarder-1", "xapi"])
def test_m4_a_death_of_any_of_them_loses_no_change(storage: Storage, victim: str) -> None:
    pid = storage.pool.supervisor.pids()[victim]
    os.kill(pid, signal.SIGKILL)
    storage.paths(1, 2)
    while True:
        with contextlib.suppress(OSError), storage.pool.session() as storage.api:
            assert "current=1; max=2" in storage.await_message()
            break


def test_the_alerters_session_ends_in_the_middle(storage: Storage) -> None:
    db = pooldb.connect(database_url(storage.pool.layout))
    with db.transaction() as tx:
        for ref, record in tx.all("session").items():
            if record["originator"] == "pool":
                tx.delete("session", ref)
    db.close()
    storage.paths(1, 2)
    storage.await_message()
