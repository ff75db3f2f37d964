"""The storage port on this host's storage daemon, which is called through the broker.

A call without an answer is repeated under the same id until the daemon must be given up: it may
just be starting again. The daemon answers each repetition the same.
"""

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from broker.envelope import Message
from broker.kinds import QUESTION
from xenops.client import Client
from xenops.envelope import Call
from xenops.errors import XenopsError, unexpected
from xenops.idl import Declared, P, R
from xenops.storage import STORAGE, StorageError
from xenops.types import Disk

from broker import BrokerError, Connection

log = logging.getLogger(__name__)

ASK_AGAIN_S = 10.0
GIVE_UP_S = 60.0
"""Longer than the daemon waits for an SR, and than it takes to be started again."""

Send = Callable[[Call, dict[str, Any], str, float], Any]
"""Sends a call's body under an operation's id, and waits so long for the reply's body."""


def over(connection: Connection) -> Send:
    """The way to the daemon through the broker."""

    def send(call: Call, body: dict[str, Any], operation: str, timeout_s: float) -> Any:
        message = Message(method=call.wire, body=body, message_id=operation, kind=QUESTION)
        return connection.call(call.interface.queue, message, timeout_s=timeout_s)

    return send


class StorageDaemon:
    """`xenopsd.ports.storage.HostedStorage`; threads share it."""

    def __init__(self, send: Send, host: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._send = send
        self._host = host
        self._clock = clock
        self._ready: dict[str, str] = {}
        """The addresses of disks that were attached, but not activated since, by datapath."""

    def attach(self, disk: Disk, owner: str, *, writable: bool) -> None:
        self._ready[_datapath(disk, owner)] = self._attach(disk, owner, writable=writable)

    def _attach(self, disk: Disk, owner: str, *, writable: bool) -> str:
        (sr, vdi), dp = _parts(disk), _datapath(disk, owner)
        way = self._call(STORAGE.VDI.attach3, owner, dp, sr, vdi, owner, read_write=writable)
        uris = [one.value.uri for one in way.implementations if one.tag == "Nbd"]
        return str(uris[0])

    def activate(self, disk: Disk, owner: str, *, writable: bool) -> str:
        (sr, vdi), dp = _parts(disk), _datapath(disk, owner)
        uri = self._ready.pop(dp, None) or self._attach(disk, owner, writable=writable)
        self._call(STORAGE.VDI.activate3, owner, dp, sr, vdi, owner)
        return uri

    def deactivate(self, disk: Disk, owner: str) -> None:
        (sr, vdi), dp = _parts(disk), _datapath(disk, owner)
        self._call(STORAGE.VDI.deactivate, owner, dp, sr, vdi, owner)

    def detach(self, disk: Disk, owner: str) -> None:
        (sr, vdi), dp = _parts(disk), _datapath(disk, owner)
        self._ready.pop(dp, None)
        self.deactivate(disk, owner)
        self._call(STORAGE.VDI.detach, owner, dp, sr, vdi, owner)

    def serves(self) -> bool:
        return bool(self._call(STORAGE.SR.list_, self._host))

    def let_go(self, host: str, owner: str | None) -> None:
        about = owner or host
        for sr in self._call(STORAGE.SR.list_, about):
            self._call(STORAGE.DISKS.release, about, sr, host, vm=owner)

    def let_go_own(self, owner: str) -> None:
        self.let_go(self._host, owner)

    def epoch_begin(self, disk: Disk, *, persistent: bool) -> None:
        sr, vdi = _parts(disk)
        self._call(STORAGE.VDI.epoch_begin, disk.value, sr, vdi, "", persistent=persistent)

    def epoch_end(self, disk: Disk) -> None:
        sr, vdi = _parts(disk)
        self._call(STORAGE.VDI.epoch_end, disk.value, sr, vdi, "")

    def _call(
        self, declared: Declared[P, R], about: str, /, *args: P.args, **params: P.kwargs
    ) -> R:
        """Call the daemon; raises XenopsError, also if it stays away."""
        operation = f"{about}/{uuid.uuid4()}"
        deadline = self._clock() + GIVE_UP_S

        def send(call: Call, body: dict[str, Any], operation: str) -> Any:
            while True:
                try:
                    return self._send(call, body, operation, ASK_AGAIN_S)
                except BrokerError as error:
                    if self._clock() > deadline:
                        raise away(call.wire, error) from error
                    log.warning("the storage daemon has not answered %s: %s", call.wire, error)

        try:
            return Client(send, about)(declared, operation, *args, **params)
        except StorageError as error:
            raise translated(error) from error


def _parts(disk: Disk) -> tuple[str, str]:
    sr, _, vdi = disk.value.partition("/")
    return sr, vdi


def _datapath(disk: Disk, owner: str) -> str:
    return f"vbd/{owner}/{disk.value}"


def away(wire: str, error: Exception) -> XenopsError:
    text = (
        f"the storage daemon of this host does not answer {wire} ({error}): see whether its"
        " service, warren-storage, runs"
    )
    return XenopsError("Storage_backend_error", ("SR_BACKEND_FAILURE_47", ["", text, ""]))


def translated(error: StorageError) -> XenopsError:
    """An error of the storage daemon as xenopsd's own, which clients hear as it is."""
    match error.tag:
        case "Backend_error" | "Backend_error_with_backtrace":
            return XenopsError("Storage_backend_error", error.value, error.detail)
        case "Sr_unhealthy":
            sr, health = error.value
            value = ("SR_UNHEALTHY", [sr, str(health)])
            return XenopsError("Storage_backend_error", value, error.detail)
        case "Sr_not_attached" | "No_storage_plugin_for_sr":
            value = ("SR_NOT_ATTACHED", [str(error.value)])
            return XenopsError("Storage_backend_error", value, error.detail)
    return unexpected(f"the storage daemon: {error}")
