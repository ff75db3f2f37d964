"""Disks for tests: layers in a folder, patterns in them, and engines that are ended afterwards."""

import contextlib
import json
import os
import signal
import subprocess
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from storage.engine.engine import Engine, Export
from storage.engine.engines import Engines
from storage.engine.monitor import ANSWER_S
from storage.engine.nbd import Nbd
from storage.layers import Chain, Format, Layer

MIB = 1024 * 1024
SIZE = 8 * MIB
BLOCK = 64 * 1024


def new_layer(folder: Path, format: Format = Format.QCOW2) -> Layer:
    """The name of a layer that is not made yet."""
    node = str(uuid.uuid4())
    return Layer(node, folder / f"{node}.{format}", format)


def make_layer(
    folder: Path, below: Layer | None = None, format: Format = Format.QCOW2, size: int = SIZE
) -> Layer:
    layer = new_layer(folder, format)
    make_image(layer, size, below)
    return layer


def make_image(layer: Layer, size: int = SIZE, below: Layer | None = None) -> None:
    """Make a layer's image, which reads as zeros or as the layer below, and sync it."""
    named = () if below is None else ("-u", "-b", str(below.path), "-F", below.format)
    qemu_img("create", "-q", "-f", layer.format, *named, str(layer.path), str(size))
    for each in (layer.path, layer.path.parent):
        descriptor = os.open(each, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def described(layer: Layer) -> dict[str, Any]:
    """What `qemu-img info` says of a layer's image."""
    said = qemu_img("info", "-U", "--output=json", "-f", layer.format, str(layer.path))
    found: dict[str, Any] = json.loads(said)
    return found


def qemu_img(*words: str) -> str:
    return subprocess.run(["qemu-img", *words], check=True, capture_output=True, text=True).stdout


def make_chain(folder: Path, length: int, format: Format = Format.QCOW2) -> Chain:
    """Empty layers, of which the base has this format."""
    chain: Chain = (make_layer(folder, format=format),)
    while len(chain) < length:
        chain += (make_layer(folder, chain[-1]),)
    return chain


def block(number: int) -> bytes:
    """The contents of a block that was written for the ``number``-th time."""
    return number.to_bytes(8, "big") * (BLOCK // 8)


def write(export: Export, *numbers: int, at: int = 0, flush: bool = True) -> None:
    """Write blocks one behind another."""
    with Nbd(export.socket, export.name) as disk:
        for place, number in enumerate(numbers, at):
            disk.write(place * BLOCK, block(number))
        if flush:
            disk.flush()


def read(export: Export, blocks: int, at: int = 0) -> list[int]:
    """The numbers of blocks, each of which must be whole."""
    with Nbd(export.socket, export.name) as disk:
        return numbers(disk.read(at * BLOCK, blocks * BLOCK))


def read_file(leaf: Layer, blocks: int) -> list[int]:
    """The same of a disk that is closed, read by another program."""
    bytes = leaf.path.with_suffix(".read")
    bytes.unlink(missing_ok=True)
    qemu_img("convert", "-f", leaf.format, "-O", "raw", str(leaf.path), str(bytes))
    with bytes.open("rb") as file:
        return numbers(file.read(blocks * BLOCK))


def numbers(data: bytes) -> list[int]:
    found = []
    for begin in range(0, len(data), BLOCK):
        piece = data[begin : begin + BLOCK]
        number = int.from_bytes(piece[:8], "big")
        assert piece == block(number)
        found.append(number)
    return found


class Host:
    """The engines of a host, whose daemon can be started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ended = threading.Semaphore(0)
        self.pulled: list[str] = []
        self.engines = Engines(folder, self._pull)

    def _pull(self, vm: str) -> None:
        self.pulled.append(vm)
        self.ended.release()

    def leave(self) -> None:
        """The daemon ends, its engines go on."""
        for engine in self.engines.all().values():
            engine.leave()

    def restart(self, answer_s: float = ANSWER_S) -> None:
        """Another daemon takes over, with nothing but the folder."""
        self.leave()
        self.engines = Engines(self.folder, self._pull, answer_s)

    def pid(self, vm: str) -> int:
        return int((self.folder / vm / "pid").read_text())

    def kill(self, vm: str) -> None:
        os.kill(self.pid(vm), signal.SIGKILL)
        assert self.ended.acquire(timeout=60)

    def engine(self, vm: str = "vm") -> Engine:
        return self.engines.ensure(vm)


@contextlib.contextmanager
def host(folder: Path) -> Iterator[Host]:
    host = Host(folder)
    try:
        yield host
    finally:
        for vm in host.engines.all():
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                os.kill(host.pid(vm), signal.SIGCONT)
            host.engines.stop(vm)


def opened(engine: Engine, chain: Chain, disk: str = "sr/disk", *, writable: bool = True) -> Export:
    engine.open(disk, chain, writable=writable)
    return engine.export(disk, writable=writable)


def filled(engine: Engine, folder: Path, length: int) -> tuple[Chain, Export]:
    """A disk with a block in each of its layers, and one block that each of them has."""
    chain = make_chain(folder, 1)
    export = opened(engine, chain)
    for number in range(1, length + 1):
        write(export, number, at=number)
        write(export, number)
        if number < length:
            chain += (make_layer(folder, chain[-1]),)
            engine.snapshot({"sr/disk": chain[-1]})
    return chain, export


def assert_clean(*layers: Layer) -> None:
    for layer in layers:
        if layer.format is Format.QCOW2:
            said = qemu_img("check", "--output=json", "-f", "qcow2", str(layer.path))
            assert not json.loads(said).get("corruptions")
