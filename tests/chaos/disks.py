"""What must be true of disks once no VM runs: their bytes, their images, and who knows of them."""

import subprocess
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path

from storage.layers import Chain, Format, Layer
from storage.volumes.files import FILE
from storage.volumes.images import json_name
from storage.volumes.index import Index
from storage.volumes.state import State
from xenports.simulated.marks import Ledger

from tests.chaos.clients import Client
from tests.chaos.world import World
from tests.marked import ledger, verify_chain

CHECKED = (0, 3)
"""How qemu-img check ends if an image is sound; 3 if it has clusters that nothing needs."""


class Disks:
    """The disks of the pool's shared SR."""

    def __init__(self, world: World, client: Client) -> None:
        self._world = world
        self._client = client

    def broken(self) -> list[str]:
        """What is not as it must be; nobody may use a disk meanwhile."""
        scanned = self._client.call("SR.scan", self._world.sr)
        if scanned.error or scanned.broken:
            return [f"SR.scan: {scanned.error or scanned.broken}"]
        with Index(self._world.folder, self._world.sr_uuid).change() as change:
            return list(self._look(change.state))

    def _look(self, state: State) -> Iterator[str]:
        yield from self._records(state)
        yield from self._files(state)
        for vdi, holds in state.holds.items():
            if holds:
                yield f"VDI {vdi} is held by {holds}, and no VM runs"
        if state.merging or state.growing:
            yield f"merging {dict(state.merging)}, growing {dict(state.growing)}"
        known = {host: set(xen.call("ledgers")[0]) for host, xen in self._world.xens.items()}
        for vdi, disk in state.disks.items():
            name = f"{self._world.sr_uuid}/{vdi}"
            told = [
                ledger(xen, name) for host, xen in self._world.xens.items() if name in known[host]
            ]
            chain = tuple(self._layer(node, state) for node in state.line(disk.leaf))
            yield from self._bytes(vdi, chain, told, reverted=vdi in self._world.reverted)

    def _path(self, node: str, state: State) -> Path:
        return self._world.folder / f"{node}.{state.nodes[node].format}"

    def _layer(self, node: str, state: State) -> Layer:
        return Layer(node, self._path(node, state), Format(state.nodes[node].format))

    def _records(self, state: State) -> Iterator[str]:
        records = self._client.call("VDI.get_all_records").result
        if records is None:
            yield "the pool does not say which VDIs there are"
            return
        here = {one["location"] for one in records.values() if one["SR"] == self._world.sr}
        for vdi in here ^ state.disks.keys():
            yield f"VDI {vdi} is {'only a record' if vdi in here else 'only on the SR'}"

    def _files(self, state: State) -> Iterator[str]:
        images = {path for path in self._world.folder.iterdir() if FILE.fullmatch(path.name)}
        nodes = {self._path(node, state) for node in state.nodes}
        for path in images ^ nodes:
            yield f"{path.name} {'belongs to nobody' if path in images else 'is gone'}"
        for path in images & nodes:
            layer = Layer(path.stem, path, Format.QCOW2)
            command = ["qemu-img", "check", "-q", json_name((layer,))]
            if path.suffix == ".qcow2":
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode not in CHECKED:
                    yield f"{path.name} is not sound: {done.stdout} {done.stderr}"

    def _bytes(
        self, vdi: str, chain: Chain, told: Iterable[Ledger], *, reverted: bool
    ) -> Iterator[str]:
        """Whatever host a mark was flushed on, it is there, and nothing that no host knows of.

        A disk that was put back to older contents has lost marks, and rightly.
        """
        together = _together(told)
        for one in told:
            found = verify_chain(chain, one, together)
            if found.foreign or (found.missing and not reverted):
                yield f"VDI {vdi} has wrong bytes: {found}"


def _together(told: Iterable[Ledger]) -> Ledger:
    """A ledger by which everything may be there that may be by one of these."""
    whole = Ledger(0)
    for one in deepcopy([*told]):
        whole.take(one.taken)
        for writer, number in one.writers.items():
            whole.writers[writer] = max(number, whole.writers.get(writer, 0))
    return whole
