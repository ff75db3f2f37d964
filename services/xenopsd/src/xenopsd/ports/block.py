"""Files as block devices: raw ones behind loop devices, qcow2 images behind qemu-nbd."""

import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

NBD_TIMEOUT_S = 60.0

# linux/loop.h
LOOP_CONTROL = "/dev/loop-control"
LOOP_CTL_ADD, LOOP_CTL_GET_FREE, LOOP_CONFIGURE, LOOP_CLR_FD = 0x4C80, 0x4C82, 0x4C0A, 0x4C01
LO_FLAGS_READ_ONLY = 1
LOOP_CONFIG_BYTES, LOOP_FLAGS_AT, LOOP_NAME_AT, LOOP_NAME_BYTES = 304, 60, 64, 64


class BlockDevices(Protocol):
    """One kind of block device that shows a file. Calls raise OSError."""

    def free(self) -> Iterator[Path]:
        """The devices that are free now; another process may take one at any time."""
        ...

    def attach(self, device: Path, file: Path, *, writable: bool) -> None: ...
    def holds(self, device: Path, file: Path) -> bool:
        """Whether a device shows the file."""
        ...

    def detach(self, device: Path) -> None: ...


class LoopDevices:
    def free(self) -> Iterator[Path]:
        with open(LOOP_CONTROL, "rb") as control:
            while True:
                yield Path(f"/dev/loop{fcntl.ioctl(control, LOOP_CTL_GET_FREE)}")

    def attach(self, device: Path, file: Path, *, writable: bool) -> None:
        # The mode of this file alone decides whether the device is writable, not the flags.
        mode = "r+b" if writable else "rb"
        config = bytearray(LOOP_CONFIG_BYTES)
        with open(file, mode) as behind, open(device, mode) as loop:
            struct.pack_into("=I", config, 0, behind.fileno())
            flags = 0 if writable else LO_FLAGS_READ_ONLY
            struct.pack_into("=I", config, LOOP_FLAGS_AT, flags)
            name = str(file).encode()[: LOOP_NAME_BYTES - 1]
            config[LOOP_NAME_AT : LOOP_NAME_AT + len(name)] = name
            fcntl.ioctl(loop, LOOP_CONFIGURE, bytes(config))

    def holds(self, device: Path, file: Path) -> bool:
        with suppress(OSError):
            backing = Path(f"/sys/block/{device.name}/loop/backing_file").read_text().strip()
            return backing.removesuffix(" (deleted)") == str(file)
        return False

    def detach(self, device: Path) -> None:
        with open(device, "rb") as loop:
            fcntl.ioctl(loop, LOOP_CLR_FD)


class NbdDevices:
    """qemu-nbd serves the disk; its process outlives ours and ends when the device is detached."""

    def free(self) -> Iterator[Path]:
        for block in sorted(Path("/sys/block").glob("nbd*")):
            if not (block / "pid").exists():
                yield Path("/dev") / block.name

    def attach(self, device: Path, file: Path, *, writable: bool) -> None:
        mode = [] if writable else ["--read-only"]
        self._run(f"--connect={device}", "--format=qcow2", *mode, str(file))

    def holds(self, device: Path, file: Path) -> bool:
        with suppress(OSError):
            pid = int(Path(f"/sys/block/{device.name}/pid").read_text())
            return os.fsencode(file) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return False

    def detach(self, device: Path) -> None:
        self._run("--disconnect", str(device))

    def _run(self, *arguments: str) -> None:
        try:
            done = subprocess.run(
                ["qemu-nbd", *arguments],
                capture_output=True,
                check=False,
                text=True,
                timeout=NBD_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired as error:
            raise OSError(f"qemu-nbd has not ended in {NBD_TIMEOUT_S:.0f} s") from error
        if done.returncode:
            raise OSError(f"qemu-nbd: {' '.join(done.stderr.split())}")
