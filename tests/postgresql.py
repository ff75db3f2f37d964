"""A PostgreSQL server of one's own, from Debian's package, in a folder."""

import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
USER = "postgres"
# Nothing of it outlives the tests, so it need not reach the disk.
OPTIONS = "-c fsync=off -c max_connections=50"


class Server:
    """Serves from ``folder``, at an address or on a unix socket alone.

    Databases are made as they are asked for.
    """

    def __init__(self, folder: Path, address: str | None) -> None:
        self._folder = folder
        self._address = address
        self._numbers = itertools.count(1)

    def run(self, program: str, *arguments: str) -> None:
        """A program of PostgreSQL's, as a user other than root, which it refuses to be."""
        command = [str(PROGRAMS / program), *arguments]
        if os.getuid() == 0:
            command = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder)

    def start(self) -> None:
        options = f"{OPTIONS} -k {self._folder} -c listen_addresses={self._address or ''}"
        data, log = self._folder / "data", self._folder / "log"
        self.run("pg_ctl", "start", "-w", "-D", str(data), "-l", str(log), "-o", options)

    def stop(self, mode: str = "immediate") -> None:
        self.run("pg_ctl", "stop", "-w", "-D", str(self._folder / "data"), "-m", mode)

    def pids(self) -> list[int]:
        """The server's processes: the first one, and those that it started."""
        first = (self._folder / "data/postmaster.pid").read_text().splitlines()[0]
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [int(pid) for pid in (first, *children)]

    def url(self, name: str) -> str:
        return f"postgresql://{USER}@/{name}?host={self._address or self._folder}"

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"pool{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name}")  # type: ignore[call-overload]
        return self.url(name)


@contextlib.contextmanager
def running(address: str | None = None) -> Iterator[Server]:
    """A server in a folder of its own, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="warren-postgresql-"))
    if os.getuid() == 0:
        user = pwd.getpwnam(USER)
        os.chown(folder, user.pw_uid, user.pw_gid)
    server = Server(folder, address)
    try:
        server.run("initdb", "-D", str(folder / "data"), "--auth=trust", "--no-sync", "-E", "UTF8")
        if address is not None:
            with (folder / "data/pg_hba.conf").open("a") as file:
                file.write(f"host all all {address}/24 trust\n")
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder)
