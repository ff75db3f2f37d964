"""What the pool is told of this host's storage: see `xenops.storage.StorageReport`."""

import itertools
import threading
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress

import msgspec
from xenops.codec import encode
from xenops.storage import (
    AttachedSr,
    Errors,
    Pulled,
    QueryResult,
    SrHealth,
    StorageError,
    StorageReport,
)

from storage.datapaths.paths import Paths
from storage.engine.errors import EngineError
from storage.errors import BackendError
from storage.frontend.srs import Sr, Srs

KEY = "storage"


class Reports:
    """Tells the same things again only if ``beat`` says so; threads share it."""

    def __init__(
        self,
        drivers: Callable[[], list[QueryResult]],
        srs: Srs,
        paths: Paths,
        publish: Callable[[str, Mapping[str, object]], object],
    ) -> None:
        self._drivers = drivers
        self._srs = srs
        self._paths = paths
        self._publish = publish
        self._daemon = str(uuid.uuid4())
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def tell(self) -> None:
        """Publish how things are."""
        with self._lock:
            report = StorageReport(
                daemon=self._daemon,
                number=next(self._numbers),
                drivers=self._drivers(),
                srs={sr.uuid: _described(sr) for sr in self._srs.all()},
                pulled=[
                    Pulled(sr=use.sr, vdi=use.vdi, vm=use.vm, why=why)
                    for use, why in self._paths.pulled().items()
                ],
            )
            self._publish(KEY, msgspec.to_builtins(report))


def _described(sr: Sr) -> AttachedSr:
    sizes, failed = sr.sizes, sr.not_merged
    return AttachedSr(
        driver=sr.plugged.driver,
        health=sr.health,
        total=-1 if sizes is None else sizes.total_space,
        free=-1 if sizes is None else sizes.free_space,
        backlog=sr.backlog,
        merging=sr.merging,
        merges=sr.plugged.merges,
        not_merged=None if failed is None else encode(Errors, failed.error),
    )


class Looks:
    """Looks at each SR now and then, each in a thread of its own, as any of them may hang.

    ``first`` is called for each SR as soon as it answers, and again after a call was given up;
    ``changed`` when its health has.
    """

    def __init__(self, srs: Srs, first: Callable[[str], None], changed: Callable[[], None]) -> None:
        self._srs = srs
        self._first = first
        self._changed = changed
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._busy: set[str] = set()

    def begin(self) -> None:
        """Begin to look at all SRs that are not being looked at."""
        for sr in self._srs.all():
            with self._lock:
                if sr.uuid in self._busy:
                    continue
                self._busy.add(sr.uuid)
            name = f"looks {sr.uuid[:8]}"
            threading.Thread(target=self._look, args=(sr,), name=name, daemon=True).start()

    def _look(self, sr: Sr) -> None:
        before = sr.health
        try:
            with suppress(StorageError, BackendError, EngineError):
                sr.look()
                healthy = sr.health is SrHealth.Healthy
                if healthy and sr.is_unsure:
                    sr.is_unsure = False
                    self._seen.discard(sr.uuid)
                if healthy and sr.uuid not in self._seen:
                    self._first(sr.uuid)
                    self._seen.add(sr.uuid)
        finally:
            with self._lock:
                self._busy.discard(sr.uuid)
        if sr.health is not before:
            self._changed()
