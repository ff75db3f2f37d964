"""The engines of a host: one for each VM that uses disks, found again after a restart."""

import threading
from collections.abc import Callable
from pathlib import Path

from storage.engine.engine import Engine
from storage.engine.errors import EngineGone
from storage.engine.monitor import ANSWER_S
from storage.engine.process import Process, has_died, nbd_socket, remove


class Engines:
    """Engines with their sockets below ``folder``, which survives a restart.

    ``on_end`` is called with a VM whose engine has ended without being stopped, also if that was
    while no daemon ran: its disks are pulled. Such an engine is kept, and all that is asked of it
    raises EngineGone, until it is stopped.
    """

    def __init__(
        self, folder: Path, on_end: Callable[[str], None], answer_s: float = ANSWER_S
    ) -> None:
        self._folder = folder
        self._answer_s = answer_s
        self._on_end = on_end
        self._changing = threading.Lock()
        self._engines: dict[str, Engine] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for found in folder.iterdir():
            self._find(found.name, found)

    def of(self, vm: str) -> Engine | None:
        with self._changing:
            return self._engines.get(vm)

    def all(self) -> dict[str, Engine]:
        with self._changing:
            return dict(self._engines)

    def ensure(self, vm: str) -> Engine:
        """The VM's engine, started if it has none; raises EngineGone if it had one that died."""
        with self._changing:
            if vm not in self._engines:
                folder = self._folder / vm
                self._engines[vm] = self._engine(vm, Process.start(folder, vm), folder)
            engine = self._engines[vm]
        if not engine.lives:
            raise EngineGone(f"the engine of VM {vm} has ended: stop it before another is started")
        return engine

    def stop(self, vm: str) -> None:
        """End a VM's engine and forget it; nothing to do if it has none."""
        engine = self.of(vm)
        if engine is not None:
            engine.stop()  # may take long if its storage hangs: other VMs do not wait for it
            with self._changing:
                if self._engines.get(vm) is engine:
                    del self._engines[vm]

    def socket(self, vm: str) -> Path:
        """Where a VM's exports are or will be."""
        return nbd_socket(self._folder / vm)

    def _find(self, vm: str, folder: Path) -> None:
        process = Process.find(folder)
        if process is None and not has_died(folder):
            remove(folder)  # it was not yet started, or has ended as told
            return
        self._engines[vm] = self._engine(vm, process, folder)

    def _engine(self, vm: str, process: Process | None, folder: Path) -> Engine:
        return Engine(vm, process, folder, lambda: self._on_end(vm), self._answer_s)
