"""The uses of disks, noted where they outlive the daemon."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from daemon.database import Database
from xenops.storage import DpState, RoRw

from storage.datapaths.states import DETACHED

TABLES = """
create table if not exists datapaths (
    sr text not null, vdi text not null, vm text not null, dp text not null,
    state text not null, mode text not null, primary key (sr, vdi, vm, dp)
);
create table if not exists pulled (
    sr text not null, vdi text not null, vm text not null, why text not null,
    primary key (sr, vdi, vm)
);
"""


@dataclass(frozen=True, order=True)
class Use:
    """A disk and a VM that uses it; the VM's engine knows the disk by ``disk``."""

    sr: str
    vdi: str
    vm: str

    @property
    def disk(self) -> str:
        return f"{self.sr}/{self.vdi}"


class Datapaths(Database):
    """Threads share it; each method is one transaction."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(path, TABLES)

    def of(self, use: Use) -> dict[str, DpState]:
        """A VM's uses of a disk by their names, without detached ones."""
        return self.all().get(use, {})

    def all(self) -> dict[Use, dict[str, DpState]]:
        found: dict[Use, dict[str, DpState]] = defaultdict(dict)
        for sr, vdi, vm, dp, state, mode in self._run("select * from datapaths"):
            found[Use(sr, vdi, vm)][dp] = DpState(state, RoRw(mode))
        return dict(found)

    def set(self, use: Use, states: dict[str, DpState]) -> None:
        """Replace what is noted of a VM's uses of a disk; without any the disk is not pulled."""
        with self.together():
            where = _row(use)
            self._run("delete from datapaths where sr = ? and vdi = ? and vm = ?", *where)
            for dp, state in states.items():
                if state != DETACHED:
                    self._run(
                        "insert into datapaths values (?, ?, ?, ?, ?, ?)",
                        *(*where, dp, state.tag, str(state.value)),
                    )
            if not states:
                self._run("delete from pulled where sr = ? and vdi = ? and vm = ?", *where)

    def pulled(self) -> dict[Use, str]:
        """The disks that VMs have lost, and why."""
        return {Use(*row[:3]): row[3] for row in self._run("select * from pulled")}

    def pull(self, use: Use, why: str) -> None:
        """Note that a VM has lost a disk: no use of it is active any more."""
        with self.together():
            states = {dp: DpState("Attached", state.value) for dp, state in self.of(use).items()}
            self.set(use, states)
            if states:
                self._run("insert or replace into pulled values (?, ?, ?, ?)", *_row(use), why)


def _row(use: Use) -> tuple[str, str, str]:
    return use.sr, use.vdi, use.vm
