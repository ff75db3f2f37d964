"""SRs and disks as upstream served them, beside what Warren does with hosts that serve the same.

The hosts' storage is simulated with the errors and features of the recording; so what is compared
is the forwarder's part: what is refused, in which order and words, and what may be done next.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from datamodel import XenAPIError, api
from forwarder.core import registry
from forwarder.locks import locking
from forwarder.updates import storage as updates
from xenops.storage import ProbeResult, VdiInfo

from tests.contract.replay import Outcome, Tally, entries, rules
from tests.contract.test_transcripts import judge
from tests.unit.forwarder.hosted_pool import HostedPool
from tests.unit.forwarder.storehouse import Disk, Shelf, Storehouse, failure

NAME = re.compile(r"<[A-Za-z_]+:\d+>")
NEEDS = {
    **{"ext": (("device", 90),), "lvm": (("device", 90),)},
    "nfs": (("server", 90), ("serverpath", 101)),
    "lvmoiscsi": (("target", 90), ("targetIQN", 96)),
}
"""By type of SR: the keys of its device_config, with the failure if one is missing."""

LARGEST = 2093050 * 2**20
SIZES = "VDI Invalid size [opterr=VDI size must be between 1 MB and 2093050 MB]"
OF_THAT_STORAGE = frozenset({365, 613, 623, 843})
"""Calls that are left out: they are about disks on the ISO library, to whose driver a tool was
missing, and about a snapshot that this storage had not tracked though its disk was.
"""


class Recorded(Storehouse):
    """The recorded storage's own refusals."""

    def sr_probe(self, host: str, queue: str, device_config: Any, sm_config: Any) -> ProbeResult:
        _require(queue, dict(device_config))
        return ProbeResult("Raw", "<SRlist/>")

    def sr_create(self, host: str, sr: str, device_config: Any, driver: str, **_: Any) -> Any:
        config = dict(device_config)
        _require(driver, config)
        if config.get("device") == "/missing":
            raise failure(47, "The SR is not available [opterr=no such device]")
        self.shelves[sr] = Shelf(driver, config)
        return device_config

    def _put(self, host: str, sr: str, info: VdiInfo, bytes_: int) -> VdiInfo:
        if not 0 <= info.virtual_size <= LARGEST:
            raise failure(79, SIZES)
        return super()._put(host, sr, info, bytes_)

    def vdi_disable_cbt(self, host: str, **of: str) -> None: ...
    def vdi_data_destroy(self, host: str, **of: str) -> None: ...
    def vdi_set_name_description(self, host: str, **of: str) -> None: ...
    def sr_set_name_description(self, host: str, **of: str) -> None: ...


def _require(type_: str, config: dict[str, str]) -> None:
    for key, number in NEEDS.get(type_, ()):
        if key not in config:
            wrong = "or has an incorrect target IQN" if key == "targetIQN" else f"the {key}"
            raise failure(number, f"The request is missing {wrong} parameter")


class Replayed:
    """A pool like the recorded one, and the names that the recording has for its objects."""

    def __init__(self, folder: Path, fixture: dict[str, Any]) -> None:
        self.pool = HostedPool(folder)
        self.pool.house = Recorded()
        self.names: dict[str, str] = {}
        self._unnamed: dict[str, list[str]] = {}
        with self.pool.db.transaction() as tx:
            for cls in ("PBD", "SM", "host", "host_metrics"):
                for ref in tx.refs(cls):
                    tx.delete(cls, ref)
            for host in tx.kv_items(updates.REPORTS):
                tx.kv_delete(updates.REPORTS, host)
            for cls in ("SM", "host", "SR", "PBD", "VDI"):
                for ref, values in fixture[cls].items():
                    tx.create(cls, values, ref)
            (host,) = tx.refs("host")
            metrics = tx.create("host_metrics", {"live": True})
            tx.update("host", host, {"metrics": metrics})
            tx.update("pool", tx.refs("pool")[0], {"master": host})
            for cls in ("SR", "VDI"):
                for ref in tx.refs(cls):
                    locking.refresh(tx, cls, ref)
        self.names["<host:1>"] = host
        for sr in self.pool.all("SR").values():
            disks = (self.pool.get("VDI", vdi) for vdi in sr["VDIs"])
            self.pool.house.shelves[sr["uuid"]] = Shelf(
                sr["type"],
                {},
                {
                    disk["location"]: Disk(
                        VdiInfo(
                            vdi=disk["location"],
                            uuid=disk["uuid"],
                            name_label=disk["name_label"],
                            virtual_size=disk["virtual_size"],
                        )
                    )
                    for disk in disks
                },
                {host},
            )

    def ours(self, recorded: Any) -> Any:
        """A recorded value with our references in place of names."""
        match recorded:
            case str():
                return NAME.sub(lambda found: self.names.get(found[0], found[0]), recorded)
            case list():
                return [self.ours(item) for item in recorded]
            case dict():
                return {key: self.ours(value) for key, value in recorded.items()}
        return recorded

    def run(self, entry: dict[str, Any]) -> Outcome:
        """Make the recorded call; learn the name of what it made."""
        method, params = entry["method"], self.ours(entry["params"])
        self.pool.numbers["task"] += 1
        task = f"task{self.pool.numbers['task']}"
        context = self.pool.context(task)
        try:
            result = registry.run(context, method, params)
        except XenAPIError as error:
            return Outcome(tuple(map(str, error.description)))
        finally:
            self.pool._end(context, task)
        if entry.get("withheld") and isinstance(result, str):
            self._unnamed.setdefault(method.partition(".")[0], []).append(result)
        elif NAME.fullmatch(str(entry.get("result"))):
            self.names[entry["result"]] = result
        return Outcome(None, "str" if result is None else type(result).__name__)

    def learn(self, entry: dict[str, Any]) -> None:
        """Learn an object's name from an entry that is about it."""
        if entry["ref"] in self.names:
            return
        unnamed = self._unnamed.get(entry["class"])
        if unnamed and "after" in entry:
            self.names[entry["ref"]] = unnamed.pop()  # the newest is told first
        elif "name_label" in entry:
            known = self.names.values()
            for ref, record in self.pool.all(entry["class"]).items():
                if record["name_label"] == entry["name_label"] and ref not in known:
                    self.names[entry["ref"]] = ref


def recorded(entry: dict[str, Any], replayed: Replayed) -> Outcome:
    if "error" in entry:
        return Outcome(tuple(map(str, replayed.ours(entry["error"]))))
    return Outcome(None, "str" if NAME.fullmatch(entry["result"]) else entry["result"])


def served(found: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The entries whose calls reach the forwarder, and what was seen after those."""
    is_served = True
    for entry in found:
        if "method" in entry:
            message = api.messages[entry["method"]]
            is_known = entry["method"] in registry.FUNCTIONS and entry["n"] not in OF_THAT_STORAGE
            is_served = is_known and _is_whole(message, entry)
        if is_served:
            yield entry


def _is_whole(message: Any, entry: dict[str, Any]) -> bool:
    """Whether a call gets through the gateway: it has all fields, and values that exist."""
    if "INTERNAL_ERROR" in entry.get("error", ()):
        return False
    return len(entry["params"]) == len(message.params) or message.name == "create"


def test_what_upstream_does_with_srs_and_disks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = iter(entries("storage"))
    replayed, tally, known = Replayed(tmp_path, next(found)["fixture"]), Tally(), rules()
    for entry in served(found):
        if "method" in entry:
            ours = replayed.run(entry)
            if not entry.get("withheld"):
                said = f"{entry['n']} {entry['method']} {entry['note']}"
                tally.judge(known, entry["method"], said, recorded(entry, replayed), ours)
        else:
            replayed.learn(entry)
            record = replayed.pool.all(entry["class"]).get(replayed.names.get(entry["ref"], ""))
            if record is not None and "allowed" in entry:
                parts = sorted(set(record["allowed_operations"]) ^ set(entry["allowed"]))
                said = f"{entry['n']} after {entry['after']} {entry['ref']}"
                tally.judge_parts(known, f"after {entry['class']}", said, parts)
    judge("storage", tally, capsys)
