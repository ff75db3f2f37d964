"""Space that is wasted: layers that nobody needs apart are merged in the background.

What a VM has open is merged by the VM's engine, all else by a process of its own. Whoever wants to
open a disk, or snapshots one, does not wait for a merge: it stands back, and is begun again later.
"""

import logging
import threading

from xenops.storage import StorageError

from storage.datapaths.journal import Use
from storage.datapaths.paths import Engines, Paths
from storage.engine.errors import EngineError
from storage.errors import BackendError
from storage.frontend.process import Died, Hung
from storage.frontend.srs import Sr, Srs
from storage.layers import Merge
from storage.worker.wire import ProcessError

log = logging.getLogger(__name__)

MERGE_MAX_S = 7 * 24 * 3600.0


class Merger:
    """Merges for all attached SRs, one layer of each SR at a time, each SR in its own thread."""

    def __init__(self, srs: Srs, engines: Engines) -> None:
        self._srs = srs
        self._engines = engines
        self.paths: Paths
        self._lock = threading.Lock()
        self._busy: set[str] = set()

    def look(self) -> None:
        """Begin to merge what can be merged, in each SR where nothing is being merged."""
        for sr in self._srs.all():
            with self._lock:
                if sr.uuid in self._busy:
                    continue
                self._busy.add(sr.uuid)
            name = f"merges {sr.uuid[:8]}"
            threading.Thread(target=self._begin, args=(sr,), name=name, daemon=True).start()

    def _begin(self, sr: Sr) -> None:
        try:
            self.work(sr)
        finally:
            with self._lock:
                self._busy.discard(sr.uuid)

    def work(self, sr: Sr) -> None:
        """Merge all that this host can merge of an SR."""
        try:
            while self._merge_next(sr):
                pass
        except (StorageError, BackendError, EngineError, ProcessError, Died, Hung) as error:
            log.warning("SR %s: nothing is merged for now: %s", sr.uuid, error)
        finally:
            sr.merging = None

    def _merge_next(self, sr: Sr) -> bool:
        """Merge one layer; False if there is none for this host."""
        waiting = list(sr.disks.merges())
        sr.backlog = len(waiting)
        for merge in waiting:
            if merge.leaf_of is None:
                if sr.plugged.merges:
                    self._merge_apart(sr, merge)
                    return True
            else:
                for use in self.paths.active(sr.uuid, merge.leaf_of):
                    if self._merge_open(sr, merge, use):
                        return True
        return False

    def _merge_apart(self, sr: Sr, merge: Merge) -> None:
        process = self._srs.start(sr.plugged.driver)
        sr.merging = 0.0
        try:
            process.call("attach", MERGE_MAX_S, sr.uuid, sr.plugged.config)
            process.call("sr.merge", MERGE_MAX_S, merge)
        finally:
            process.end()

    def _merge_open(self, sr: Sr, merge: Merge, use: Use) -> bool:
        """Have a VM's engine merge two layers that it has open; False if it has not."""
        engine = self._engines.of(use.vm)
        if engine is None:
            return False
        opened = engine.disks().get(use.disk)
        if opened is None:
            return False
        nodes = opened.layers
        # A crash between the end of a leaf's merge and its note would leave a stale leaf.
        if merge.base.node not in nodes or merge.top.node == nodes[-1]:
            return False

        def progress(fraction: float) -> None:
            sr.merging = fraction

        # Otherwise it was merged before a daemon died, and only the note is missing.
        if merge.top.node in nodes:
            sr.disks.keep_maps(merge)
            engine.commit(use.disk, merge.top, merge.base, progress)
        with self.paths.locks.of((use.sr, use.vdi)):
            sr.disks.merged(merge)
        return True
