"""Tells the pool what guests say of themselves in xenstore: soon, but not too often."""

import logging
import re
import threading
from collections.abc import Callable

from xenports.hypervisor import Hypervisor, HypervisorError
from xenports.xenstore import Xenstore

log = logging.getLogger(__name__)

SETTLE_S = 1.0
"""How long changes are gathered: guests write many nodes at once, hostile ones without end."""

SAID = re.compile(
    r"/local/domain/([1-9]\d*)/"
    r"(attr|data|drivers|feature|control/feature-|device/(vbd|vif)/\d+/state).*"
)


class Guests:
    """Follows a host's guests; ``tell`` gets the VM of each guest that wrote something."""

    def __init__(
        self, xenstore: Xenstore, hypervisor: Hypervisor, tell: Callable[[str], object]
    ) -> None:
        self._xenstore = xenstore
        self._hypervisor = hypervisor
        self._tell = tell
        self._lock = threading.Lock()
        self._due = set[int]()
        self._heard = threading.Event()

    def follow(self, stop: threading.Event) -> None:
        """Tell of guests until ``stop`` is set."""
        self._xenstore.on_change("/local/domain", self._changed)
        while not stop.wait(SETTLE_S):
            if self._heard.wait(SETTLE_S):
                self._tell_due()

    def _changed(self, path: str) -> None:
        match = SAID.fullmatch(path)
        if match is not None:
            with self._lock:
                self._due.add(int(match[1]))
            self._heard.set()

    def _tell_due(self) -> None:
        self._heard.clear()
        with self._lock:
            due, self._due = self._due, set()
        try:
            domains = self._hypervisor.domains()
        except HypervisorError as error:
            log.error("guests cannot be told of: %s", error)
            return
        for domain in domains:
            # A paused domain is being made or ended by an operation, which tells its state.
            if domain.domid in due and not domain.paused and domain.shutdown is None:
                self._tell(domain.uuid)
