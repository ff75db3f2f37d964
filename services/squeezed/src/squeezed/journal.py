"""What must outlive squeezed: which clients are logged in, and what is reserved for whom."""

from dataclasses import dataclass
from pathlib import Path

from daemon.database import Database

TABLES = """
create table if not exists sessions (client text primary key, id text not null);
create table if not exists reservations (id text primary key, client text not null,
    kib integer not null, domid integer, vm text);
"""


@dataclass(frozen=True)
class Reservation:
    """Memory for a client's operation ``id``, or for the domain that it was handed to."""

    id: str
    client: str
    kib: int
    domid: int | None = None
    vm: str | None = None


class Journal(Database):
    """Threads share it; each method is one transaction."""

    def __init__(self, path: Path | str) -> None:
        # Clients log in anew and no domain is left when the machine has been off.
        super().__init__(path, TABLES, until_power_off=True)

    def client_of(self, session: str) -> str | None:
        rows = self._run("select client from sessions where id = ?", session)
        return str(rows[0][0]) if rows else None

    def log_in(self, client: str, session: str) -> None:
        """Make this the client's only session; its reservations that have no domain end."""
        with self.together():
            self._run("insert or replace into sessions values (?, ?)", client, session)
            self._run("delete from reservations where client = ? and domid is null", client)

    def reservations(self) -> list[Reservation]:
        return [Reservation(*row) for row in self._run("select * from reservations")]

    def reservation(self, id_: str) -> Reservation | None:
        rows = self._run("select * from reservations where id = ?", id_)
        return Reservation(*rows[0]) if rows else None

    def keep(self, reservation: Reservation) -> None:
        self._run(
            "insert or replace into reservations values (?, ?, ?, ?, ?)",
            reservation.id,
            reservation.client,
            reservation.kib,
            reservation.domid,
            reservation.vm,
        )

    def forget(self, id_: str) -> None:
        self._run("delete from reservations where id = ?", id_)
