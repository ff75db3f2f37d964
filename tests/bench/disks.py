"""``python -m tests.bench.disks``: a guest's reads and writes beside those of the raw file itself.

The same program, ``qemu-img bench``, is given the file and the exports. Each round measures
everything once; ratios are of medians. An argument names the folder whose file system is used.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from storage.engine.engine import Export
from storage.engine.nbd import Nbd
from storage.layers import Format, Layer

from tests import disks
from tests.disks import MIB, Host, make_layer, new_layer, opened

ROUNDS = 3
SIZE = 256 * MIB
SNAPSHOTS = 5
KINDS = {
    "4 KiB writes, one at a time": ("-w", 4096, 1, 2000),
    "4 KiB writes, 16 at a time": ("-w", 4096, 16, 10000),
    "4 KiB reads, one at a time": ("", 4096, 1, 4000),
    "4 KiB reads, 16 at a time": ("", 4096, 16, 20000),
    "1 MiB writes, 4 at a time": ("-w", MIB, 4, 250),
    "1 MiB reads, 4 at a time": ("", MIB, 4, 250),
}


def per_second(target: str, mode: str, size: int, depth: int, count: int) -> float:
    """How many requests qemu-img does in a second; the disk has been written before."""
    command = [
        *("qemu-img", "bench", "-f", "raw", "-t", "none", "-c", str(count)),
        *("-d", str(depth), "-s", str(size), *([mode] if mode else []), target),
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return count / float(said.rpartition("completed in ")[2].split()[0])


def fill(export: Export) -> None:
    with Nbd(export.socket, export.name) as disk:
        for offset in range(0, SIZE, MIB):
            disk.write(offset, disks.block(offset + 1) * (MIB // disks.BLOCK))
        disk.flush()


def compare(host: Host, folder: Path) -> None:
    raw = new_layer(folder, Format.RAW)
    raw.path.write_bytes(b"x" * SIZE)
    os.sync()  # the first who reads past the page cache would wait for it
    targets = {"file": str(raw.path)}
    for name, chain in {
        "raw": (make_layer(folder, format=Format.RAW, size=SIZE),),
        "qcow2": (make_layer(folder, size=SIZE),),
    }.items():
        export = opened(host.engine(name), chain)
        fill(export)
        targets[name] = f"nbd+unix:///{export.name}?socket={export.socket}"
    print(f"{'':32}{'file':>10}{'raw':>8}{'qcow2':>8}")
    for kind, request in KINDS.items():
        rounds = [
            {name: per_second(target, *request) for name, target in targets.items()}
            for _ in range(ROUNDS)
        ]
        median = {name: statistics.median(each[name] for each in rounds) for name in targets}
        ratios = "".join(f"{median[name] / median['file']:8.2f}" for name in ("raw", "qcow2"))
        print(f"{kind:32}{median['file']:8.0f}/s{ratios}", flush=True)


class Writer:
    """A guest that writes 4 KiB all the time, and knows its longest write."""

    def __init__(self, export: Export) -> None:
        self._disk = Nbd(export.socket, export.name)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self._longest_s = 0.0
        self.begun = threading.Event()
        self._thread.start()
        self.begun.wait()

    def longest_ms(self, during: Callable[[], None]) -> float:
        self._longest_s = 0.0
        during()
        return self._longest_s * 1000

    def _write(self) -> None:
        offset = 0
        while not self._ends.is_set():
            begun = time.perf_counter()
            self._disk.write(offset, bytes([1]) * 4096)
            self._longest_s = max(self._longest_s, time.perf_counter() - begun)
            offset = (offset + 65536) % SIZE
            self.begun.set()

    def end(self) -> None:
        self._ends.set()
        self._thread.join()
        self._disk.__exit__(None, None, None)


def stalls(host: Host, folder: Path) -> None:
    engine = host.engine("busy")
    chain: tuple[Layer, ...] = (make_layer(folder, size=SIZE),)
    export = opened(engine, chain)
    fill(export)
    writer = Writer(export)
    quiet, snapshots = [], []
    for _ in range(SNAPSHOTS):
        leaf = make_layer(folder, chain[-1], size=SIZE)
        snapshots.append(writer.longest_ms(partial(engine.snapshot, {"sr/disk": leaf})))
        quiet.append(writer.longest_ms(partial(time.sleep, snapshots[-1] / 1000)))
        chain += (leaf,)
    print(
        f"longest write in a snapshot {max(snapshots):.1f} ms, in as long without {max(quiet):.1f}"
    )
    begun = time.perf_counter()
    longest = writer.longest_ms(lambda: engine.commit("sr/disk", chain[-2], chain[0]))
    taken = time.perf_counter() - begun
    print(f"longest write in a merge {longest:.1f} ms, which took {taken * 1000:.0f}")
    writer.end()
    begun = time.perf_counter()
    engine.resize("sr/disk", 2 * SIZE)
    print(f"an exported disk grows in {(time.perf_counter() - begun) * 1000:.1f} ms")
    begun = time.perf_counter()
    engine.close("sr/disk")
    print(f"a disk is closed in {(time.perf_counter() - begun) * 1000:.1f} ms")


def opens(host: Host, folder: Path) -> None:
    for length in (1, 10, 30):
        chain = disks.make_chain(folder, length)
        begun = time.perf_counter()
        opened(host.engine("opens"), chain)
        print(f"{length} layers are opened in {(time.perf_counter() - begun) * 1000:.1f} ms")
        host.engine("opens").close("sr/disk")
    begun = time.perf_counter()
    host.engine("first")
    print(f"an engine starts in {(time.perf_counter() - begun) * 1000:.1f} ms")
    base = make_layer(folder, size=10 * 1024 * MIB)
    begun = time.perf_counter()
    clone = make_layer(folder, base, size=10 * 1024 * MIB)
    taken = time.perf_counter() - begun
    allocated = disks.described(clone)["actual-size"]
    print(f"an empty layer on 10 GiB is made in {taken * 1000:.1f} ms, with {allocated} bytes")


def main(parent: str | None) -> None:
    with tempfile.TemporaryDirectory(dir=parent) as name:
        folder = Path(name)
        with disks.host(folder / "engines") as host:
            opens(host, folder)
            stalls(host, folder)
            compare(host, folder)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
