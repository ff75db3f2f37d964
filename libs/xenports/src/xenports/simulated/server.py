"""Answers the calls of xenopsd and of tests on the simulated Xen's socket."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xenports.simulated import wire
from xenports.simulated.guests import Guests
from xenports.simulated.machine import Machine, Refused


class Server:
    """One thread per connection; a call is ``{"call": name, …arguments}``."""

    def __init__(self, machine: Machine, guests: Guests) -> None:
        self._machine = machine
        self._guests = guests
        self._calls: dict[str, Callable[..., Any]] = {
            "create": self._create,
            "destroy": self._destroy,
            "unpause": self._unpause,
            "domains": machine.describe,
            "free_kib": machine.free_kib,
            "total_kib": lambda: machine.total_kib,
            "behave": self._behave,
            "act": guests.act,
            "disks": guests.disks.describe,
            "ledger": guests.disks.ledger,
            "ledgers": guests.disks.ledgers,
            "forget_disk": guests.disks.forget,
            "write_marks": guests.disks.write_marks,
            "flush_disk": guests.disks.flush,
            "verify_disk": guests.disks.verify,
        }
        self._sends: dict[str, Callable[..., bytes]] = {
            "read_pages": machine.read_pages,
            "read_disk": guests.disks.read,
        }
        self._takes: dict[str, Callable[..., None]] = {
            "write_pages": machine.write_pages,
            "write_disk": guests.disks.write,
            "remember": guests.disks.remember,
        }
        for name in (
            *("pause", "resume", "shutdown", "set_vcpus", "set_max_kib", "populate"),
            *("set_time_offset", "time_offset"),
            *("build", "finish_restore", "wait", "log_dirty", "take_dirty", "used_pages"),
            *("memory_hash", "inject"),
        ):
            self._calls[name] = getattr(machine, name)

    def serve(self, path: Path) -> None:
        """Listen for ever."""
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            path.chmod(0o600)
            listener.listen()
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with connection:
            try:
                while True:
                    message, data = wire.receive(connection)
                    self._answer(connection, message, data)
            except (wire.Ended, OSError):
                return  # xenopsd is gone; the domains stay

    def _answer(self, connection: socket.socket, message: dict[str, Any], data: bytearray) -> None:
        call = message.pop("call")
        try:
            if call in self._sends:
                wire.send(connection, {"result": None}, self._sends[call](**message))
            elif call in self._takes:
                self._takes[call](**message, data=data)
                wire.send(connection, {"result": None})
            elif call == "used_pages":
                # With what the guest knows of its disks, which its pages do not hold.
                pages = self._machine.used_pages(**message)
                wire.send(connection, {"result": pages}, self._guests.disks.remembered(**message))
            else:
                wire.send(connection, {"result": self._calls[call](**message)})
        except Refused as error:
            wire.send(connection, {"error": str(error)})

    def _create(self, **arguments: Any) -> int:
        domid = self._machine.create(**arguments)
        self._guests.born(domid)
        return domid

    def _destroy(self, domid: int) -> None:
        self._machine.destroy(domid)
        self._guests.buried(domid)

    def _unpause(self, domid: int) -> None:
        self._machine.unpause(domid)
        self._guests.boot(domid)

    def _behave(self, domid: int, **behaviour: Any) -> None:
        """Set how a guest behaves; ``balloon`` has its driver's settings, None for no driver."""
        guest = self._machine.find(domid).guest
        for name, value in behaviour.items():
            if name == "balloon" and value is not None:
                for setting, said in value.items():
                    setattr(guest.balloon, setting, said)
            else:
                setattr(guest, name, value)
