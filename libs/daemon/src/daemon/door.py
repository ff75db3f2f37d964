"""Bytes between hosts: how a daemon uses the door of its own host, and those of others.

A host has one port for bytes, its door (``services/door``). Each daemon that takes bytes listens on
a socket of its own in a folder that the door sees. A client first sends a line of JSON with a
``token`` that the daemon gave out. The token begins with the daemon's name, so the door knows where
to lead the client, and the daemon knows whether to let it in.

The end of a connection does not show that all bytes came: a protocol that needs this must say so.
"""

import hashlib
import json
import logging
import os
import re
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from xenops.errors import XenopsError

from daemon.files import replace

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 30.0
SILENCE_MAX_S = 120.0
LINE_MAX = 4096
"""How many bytes a line may have, its end included."""
NAMED = re.compile(r"([a-z][a-z0-9-]{0,30}):.+")
LABEL_MAX = 63
AGAIN_S = 0.1
LINGER_S, LINGER_MAX = 5.0, 64 * 1024 * 1024
"""How long, and how many bytes, we read from a client that still sends when we have answered."""


@dataclass(frozen=True)
class Where:
    """Where a door is, and the SHA-256 of the certificate that it shows."""

    host: str
    port: int
    fingerprint: str


def announce(folder: Path, where: Where) -> None:
    """Tell the daemons of the host where its door is."""
    replace(folder / "door.json", json.dumps(asdict(where)))


def socket_of(folder: Path, daemon: str) -> Path:
    """Where a daemon listens."""
    return folder / f"{daemon}.sock"


def daemon_of(token: object) -> str | None:
    """The name of the daemon that a token leads to, which need not exist; None for no token."""
    named = NAMED.fullmatch(token) if isinstance(token, str) else None
    return None if named is None else named[1]


Converse = Callable[[dict[str, Any], BinaryIO], None]
"""Gets the first line and the connection, which is closed when this returns."""


class Doorway:
    """A daemon behind the door of its host. ``folder`` is the one that it shares with the door."""

    def __init__(self, folder: Path, daemon: str) -> None:
        self._folder = folder
        self._daemon = daemon

    def where(self) -> Where:
        """Where others find the door; raises XenopsError if this host has none."""
        try:
            return Where(**json.loads((self._folder / "door.json").read_text()))
        except FileNotFoundError:
            why = "this host has no door for bytes: its service `door` has never listened"
            raise XenopsError("Failed_to_contact_remote_service", why, why) from None

    def token(self) -> str:
        """A new token that leads here, which nobody can guess."""
        return f"{self._daemon}:{secrets.token_urlsafe(24)}"

    def listen(self, converse: Converse) -> None:
        """Serve each client in a thread of its own, for as long as the process lasts."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        listener = _listener(socket_of(self._folder, self._daemon))

        def accept() -> None:
            while True:
                try:
                    accepted, _ = listener.accept()
                except OSError as error:  # too many files are open, say
                    log.error("nobody can be let in: %s", error)
                    time.sleep(AGAIN_S)
                    continue
                threading.Thread(target=_attend, args=(accepted, converse), daemon=True).start()

        threading.Thread(target=accept, name="doorway", daemon=True).start()


def _listener(path: Path) -> socket.socket:
    """A socket that replaces that of an earlier process. All who may enter the folder may connect,
    since the door may run as another user than the daemon."""
    new = path.with_name(f".{path.name}")
    new.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX)
    made.bind(str(new))
    os.chmod(new, 0o666)
    made.listen()
    new.rename(path)
    return made


def _attend(accepted: socket.socket, converse: Converse) -> None:
    try:
        accepted.settimeout(SILENCE_MAX_S)
        with accepted:
            with stream_of(accepted) as stream:
                converse(read_line(stream), stream)
            _linger(accepted)
    except Exception as error:  # it ends this connection and no other
        log.warning("a connection through the door failed: %s", error)


def _linger(ended: socket.socket) -> None:
    """Read on for a little while: a reset could cost the peer the last line that we sent."""
    ended.settimeout(LINGER_S)
    with suppress(OSError):
        ended.shutdown(socket.SHUT_WR)
        left = LINGER_MAX
        while left > 0 and (heard := len(ended.recv(1 << 16))):
            left -= heard


def is_token(kept: str, said: object) -> bool:
    """Compare what a client said with the token, in a time that betrays nothing of the token."""
    return secrets.compare_digest(kept.encode(), str(said).encode())


# --- the doors of other hosts -------------------------------------------------------------------


def connect(where: Where) -> ssl.SSLSocket:
    """Connect to a door; raises OSError, also if it shows another certificate than announced."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    raw = socket.create_connection((where.host, where.port), timeout=CONNECT_TIMEOUT_S)
    # A Warren from before the doors has several certificates, and chooses one by this name.
    connection = context.wrap_socket(raw, server_hostname=where.fingerprint[:LABEL_MAX])
    shown = hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
    if shown != where.fingerprint:
        connection.close()
        raise OSError("the destination shows another certificate than was announced")
    connection.settimeout(SILENCE_MAX_S)
    return connection


# --- what is said -------------------------------------------------------------------------------


def stream_of(connection: socket.socket) -> BinaryIO:
    return cast(BinaryIO, connection.makefile("rwb"))


def write_line(stream: BinaryIO, said: dict[str, Any]) -> None:
    stream.write(json.dumps(said).encode() + b"\n")
    stream.flush()


def read_line(stream: BinaryIO) -> dict[str, Any]:
    """Read a line of JSON; raises OSError at the connection's end, ValueError for another line."""
    line = stream.readline(LINE_MAX)
    if not line.endswith(b"\n"):
        raise OSError("the peer closed the connection")
    return read(line)


def read(line: bytes) -> dict[str, Any]:
    """The JSON object in a line; raises ValueError for anything else."""
    try:
        said = json.loads(line)
    except RecursionError as error:
        raise ValueError("what the peer said is too deep") from error
    if not isinstance(said, dict):
        raise ValueError("the peer said something else than was expected")
    return said
