"""The present state of the disks' paths, for Prometheus."""

from collections.abc import Iterable, Mapping

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mpathalert.disks import Disk

LABELS = ("host", "host_name", "sr", "pbd", "scsi_id")


class Levels(Collector):
    """``disks`` and ``connected`` are only ever replaced, so any thread may read them."""

    def __init__(self) -> None:
        self.disks: Mapping[tuple[str, str], Disk] = {}
        self.connected = False

    def collect(self) -> Iterable[Metric]:
        total = GaugeMetricFamily("sr_paths_total", "Paths that a disk should have", labels=LABELS)
        failed = GaugeMetricFamily(
            "sr_paths_failed", "Paths of a disk that do not work", labels=LABELS
        )
        for disk in self.disks.values():
            labels = [getattr(disk, name) for name in LABELS]
            total.add_metric(labels, disk.max)
            failed.add_metric(labels, max(disk.max - disk.current, 0))
        connected = GaugeMetricFamily("mpathalert_connected", "Whether the pool's events are heard")
        connected.add_metric([], int(self.connected))
        return [total, failed, connected]
