"""A pool of two hosts whose storage daemons are a `storehouse.Storehouse`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pooldb
import pytest
from datamodel import XenAPIError
from forwarder import messages
from forwarder.core.context import Context
from forwarder.core.registry import FUNCTIONS
from forwarder.doubts import keeping
from forwarder.locks import locking
from forwarder.records import installed
from forwarder.storage import tending
from forwarder.updates import registry
from pooldb import leases
from xenops.storage import AttachedSr, Pulled, QueryResult, SmapiVersion, SrHealth, StorageReport

from tests.unit.forwarder.storehouse import Died, Storehouse

assert messages.DRAWERS
FEATURES = (
    *("SR_PROBE", "SR_UPDATE", "VDI_CREATE", "VDI_DELETE", "VDI_UPDATE", "VDI_CLONE"),
    *("VDI_SNAPSHOT", "VDI_RESIZE", "VDI_MIRROR", "VDI_CONFIG_CBT", "VDI_RESET_ON_BOOT/2"),
    *("VDI_REVERT", "VDI_INTRODUCE", "THIN_PROVISIONING"),
)
CONFIG = {"shelf": "a"}
SIZE = 2**20


def served(type_: str, *features: str) -> QueryResult:
    return QueryResult(
        driver=type_,
        name=type_,
        description="",
        vendor="",
        copyright="",
        version="1",
        required_api_version="1",
        features=list(features or FEATURES),
        configuration={},
        required_cluster_stack=[],
        supported_image_formats=["raw", "qcow2"],
        smapi_version=SmapiVersion.SMAPIv2,
    )


class HostedPool:
    """Each call is a task of its own; a forwarder that dies in it is followed by another one."""

    def __init__(self, folder: Path) -> None:
        self.db = pooldb.connect(f"sqlite:///{folder / 'pool.db'}")
        self.house = Storehouse()
        self.numbers = {"task": 0, "report": 0}
        self.hosts: list[str] = []
        with self.db.transaction() as tx:
            for name in ("first", "second"):
                metrics = tx.create("host_metrics", {"live": True})
                self.hosts.append(tx.create("host", {"name_label": name, "metrics": metrics}))
            tx.create("pool", {"master": self.hosts[0]})
            installed.settle_drivers(tx)
        for host in self.hosts:
            self.report(host, [served("file"), served("records")])

    def report(
        self,
        host: str,
        drivers: list[QueryResult] | None = None,
        *lacks: str,
        pulled: Sequence[Pulled] = (),
        **health: SrHealth,
    ) -> None:
        """Have a host's daemon tell what it serves and has plugged."""
        self.numbers["report"] += 1
        srs = {
            sr: AttachedSr(
                driver=shelf.kind,
                health=health.get(sr, SrHealth.Healthy),
                total=2**40,
                free=2**39,
                merges=shelf.merges[host],
                **{"backlog": 0, "merging": None, **shelf.merging.get(host, {})},
            )
            for sr, shelf in self.house.shelves.items()
            if host in shelf.plugged and sr not in lacks
        }
        report = StorageReport(
            daemon="daemon",
            number=self.numbers["report"],
            drivers=drivers or [served("file"), served("records")],
            srs=srs,
            pulled=list(pulled),
        )
        with self.db.transaction() as tx:
            registry.take(tx, host, msgspec.to_builtins(report))

    def context(self, task: str) -> Context:
        hosts: Any = self.house
        with self.db.transaction() as tx:
            leases.acquire(tx, leases.TASKS, task, "me", 600.0)
        return Context(
            db=self.db,
            hosts=hosts,
            task=task,
            operation=task,
            owner="me",
            service="test",
            publish=lambda generation: None,
        )

    def call(self, name: str, *args: Any) -> Any:
        self.numbers["task"] += 1
        task = f"task{self.numbers['task']}"
        while True:
            context = self.context(task)
            try:
                answer = FUNCTIONS[name](context, *args)
            except Died:
                context.abandon()
            except XenAPIError:
                self._end(context, task)
                raise
            else:
                self._end(context, task)
                return answer

    def _end(self, context: Context, task: str) -> None:
        context.commit()
        with self.db.transaction() as tx:
            keeping.end(tx, task)
            locking.end_all(tx, task)
            leases.release(tx, leases.TASKS, task)

    def refused(self, name: str, *args: Any) -> list[str]:
        with pytest.raises(XenAPIError) as refusal:
            self.call(name, *args)
        return refusal.value.description

    def tend(self) -> None:
        """Have done what forwarders do unasked."""
        for affair in tending.affairs(self.db):
            affair.settle(self.house.ask)

    def get(self, cls: str, ref: str) -> Any:
        return self.db.view.get(cls, ref)

    def all(self, cls: str) -> dict[str, Any]:
        return dict(self.db.view.all(cls))

    def kv(self, ns: str) -> dict[str, Any]:
        with self.db.transaction() as tx:
            return tx.kv_items(ns)

    def sr(self, *, shared: bool = True, host: int = 0, type_: str = "file", **config: str) -> str:
        args = (self.hosts[host], {**CONFIG, **config}, 0, "sr", "", type_, "user", shared, {})
        return str(self.call("SR.create", *args))

    def disk(self, sr: str, size: int = SIZE) -> str:
        values = {"SR": sr, "virtual_size": size, "type": "user", "name_label": "disk"}
        return str(self.call("VDI.create", values))

    def shelf(self, sr: str) -> Any:
        return self.house.shelves[self.get("SR", sr)["uuid"]]

    def on_shelf(self, vdi: str) -> Any:
        record = self.get("VDI", vdi)
        return self.shelf(record["SR"]).disks[record["location"]]
