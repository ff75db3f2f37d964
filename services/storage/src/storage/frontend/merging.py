"""Space that is wasted: layers that nobody needs apart are merged in the background.

What a VM has open is merged by the VM's engine, all else by a process of its own. Whoever wants to
open a disk, or snapshots one, does not wait for a merge: it stands back, and is begun again later.
"""

import errno
import logging
import os
import threading
from collections.abc import Callable

from xenops.storage import Merges, StorageError

from storage.datapaths.journal import Use
from storage.datapaths.paths import Engine, Engines, Paths
from storage.engine.errors import EngineError
from storage.errors import BackendError
from storage.frontend.process import Died, Hung
from storage.frontend.srs import Sr, Srs
from storage.layers import Merge
from storage.worker.wire import ProcessError

log = logging.getLogger(__name__)

MERGE_MAX_S = 7 * 24 * 3600.0

NO_SPACE = 44
FULL = os.strerror(errno.ENOSPC)
"""How QEMU says that there is no space."""


class Merger:
    """Merges for all attached SRs, one layer of each SR at a time, each SR in its own thread.

    ``changed`` is called when it begins to merge layers of an SR, and when it has ended.
    """

    def __init__(
        self,
        srs: Srs,
        engines: Engines,
        refused: Callable[[Exception], StorageError],
        changed: Callable[[], None],
    ) -> None:
        self._srs = srs
        self._engines = engines
        self._refused = refused
        self._changed = changed
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
        failed = None
        try:
            while self._merge_next(sr):
                pass
        except StorageError as error:
            failed = error
        except (BackendError, EngineError, ProcessError, Died, Hung) as error:
            failed = self._refused(error)
        if failed is not None:
            log.warning("SR %s: nothing is merged for now: %s", sr.uuid, failed)
        was_seen = sr.merging is not None or (failed is None) is not (sr.not_merged is None)
        sr.merging, sr.not_merged = None, failed
        if was_seen:
            self._changed()

    def _show(self, sr: Sr, backlog: int) -> None:
        """Tell that a merge begins."""
        was_seen = sr.merging is not None
        sr.merging, sr.backlog = 0.0, backlog
        if not was_seen:
            self._changed()

    def _merge_next(self, sr: Sr) -> bool:
        """Merge one layer; False if there is none for this host."""
        waiting = list(sr.disks.merges())
        for merge in waiting if sr.plugged.merges is not Merges.NONE else ():
            if merge.leaf_of is None:
                if sr.plugged.merges is Merges.ALL:
                    self._show(sr, len(waiting))
                    self._merge_apart(sr, merge)
                    return True
            else:
                for use in self.paths.active(sr.uuid, merge.leaf_of):
                    engine = self._engine(merge, use)
                    if engine is not None:
                        self._show(sr, len(waiting))
                        self._merge_open(sr, merge, use, engine)
                        return True
        sr.backlog = len(waiting)
        return False

    def _merge_apart(self, sr: Sr, merge: Merge) -> None:
        process = self._srs.start(sr.plugged.driver)
        try:
            process.call("attach", MERGE_MAX_S, sr.uuid, sr.plugged.config)
            process.call("sr.merge", MERGE_MAX_S, merge)
        finally:
            process.end()

    def _engine(self, merge: Merge, use: Use) -> Engine | None:
        """A VM's engine, if it can merge two layers."""
        engine = self._engines.of(use.vm)
        opened = None if engine is None else engine.disks().get(use.disk)
        # A crash between the end of a leaf's merge and its note would leave a stale leaf.
        if opened is None or merge.top.node == opened.layers[-1]:
            return None
        return engine if merge.base.node in opened.layers else None

    def _merge_open(self, sr: Sr, merge: Merge, use: Use, engine: Engine) -> None:
        """Have a VM's engine merge two layers that it has open."""

        def progress(fraction: float) -> None:
            sr.merging = fraction

        opened = engine.disks().get(use.disk)
        try:
            # Otherwise it was merged before a daemon died, and only the note is missing.
            if opened is not None and merge.top.node in opened.layers:
                sr.disks.keep_maps(merge)
                engine.commit(use.disk, merge.top, merge.base, progress)
        except EngineError as error:
            if self._engine(merge, use) is None:
                return  # the VM has given the disk back meanwhile
            if FULL in str(error):
                text = f"There is insufficient space [opterr=SR {sr.uuid}: {error}]"
                raise BackendError(NO_SPACE, text) from error
            raise
        if opened is None:
            return
        with self.paths.locks.of((use.sr, use.vdi)):
            sr.disks.merged(merge)
