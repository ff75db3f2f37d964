"""The gateway's certificates: one for all names, and others for clients that ask for a name.

``gateway.pem`` and any ``<name>.pem`` are in one folder, each with its key first. If a file is
replaced while the gateway runs, the next connection uses the new one.
"""

import logging
import ssl
from pathlib import Path

log = logging.getLogger(__name__)

GATEWAY = "gateway"


class Certificates:
    """Raises OSError or ssl.SSLError if ``gateway.pem`` is missing or no certificate."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._read: dict[str, tuple[int, int]] = {}
        self._load(GATEWAY)
        self.refresh()
        self.context = _context(folder / f"{GATEWAY}.pem")
        """The one context for a listener; it chooses by the name that a client asks for, if any."""
        self.context.sni_callback = self._choose

    def refresh(self) -> None:
        """Load files that are new or replaced; one that cannot be read changes nothing."""
        for path in self._folder.glob("*.pem"):
            try:
                if self._read.get(path.stem) != _state(path):
                    self._load(path.stem)
                    log.info("certificate %s is in use", path.name)
            except (OSError, ssl.SSLError) as error:
                log.warning("certificate %s is not used: %s", path.name, error)

    def _load(self, name: str) -> None:
        path = self._folder / f"{name}.pem"
        state = _state(path)
        # A new context, so that a handshake which is using the old one does not lose its key.
        self._contexts[name] = _context(path)
        self._read[name] = state

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        connection.context = self._contexts.get(name or GATEWAY, self._contexts[GATEWAY])


def _context(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(path)
    return context


def _state(path: Path) -> tuple[int, int]:
    """A pair that changes when the file is replaced."""
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns
