"""An emulated machine that reaches one disk over two paths, which can be removed.

By hand: qemu.qmp, the library for QEMU's protocol, needs asyncio, and only two commands are used.
"""

import json
import socket
from pathlib import Path
from typing import Any

from xen_lab.machine import Machine

SCSI_ID = "0x5000c50015ea71aa"
DISK_MIB = 256
PATHS = ("first", "second")
LINUX = (
    "root=/dev/vda rw init=/usr/local/sbin/lab-init console=ttyS0 net.ifnames=0 mitigations=off"
    " quiet lab.checkout={checkout} lab.shared={shared}"
)


class MultipathMachine(Machine):
    """Two controllers with the same image, so that both show a disk of the same name."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, 1)

    @property
    def scsi_id(self) -> str:
        """The disk's name in multipathd."""
        return f"3{SCSI_ID.removeprefix('0x')}"

    def switch_on(self, image: Path, checkout: Path, memory_mib: int) -> float:
        """Boot and wait until it is ready; the seconds that it took. Raises BootFailed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        disk = self.folder / "shared-disk"
        if not disk.exists():
            with disk.open("wb") as file:
                file.truncate(DISK_MIB << 20)
        arguments = ["-cpu", "max", "-qmp", f"unix:{self._control},server=on,wait=off"]
        for path in PATHS:
            arguments += ["-device", f"virtio-scsi-pci,id=controller-{path}"]
            arguments += ["-blockdev", json.dumps(self._image(path))]
            arguments += ["-device", json.dumps(self._path(path))]
        linux = LINUX.format(checkout=checkout, shared=self.shared)
        arguments += ["-kernel", str(image / "vmlinuz"), "-initrd", str(image / "ramdisk")]
        return self.boot(image, checkout, memory_mib, *arguments, "-append", linux)

    @property
    def _control(self) -> Path:
        return self.folder / "control"

    def _image(self, path: str) -> dict[str, Any]:
        file = {
            "driver": "file",
            "filename": str(self.folder / "shared-disk"),
            # Both paths may write to the same file: that is what they are for.
            "locking": "off",
            "cache": {"direct": True},
        }
        return {"driver": "raw", "node-name": f"image-{path}", "file": file}

    def _path(self, path: str) -> dict[str, Any]:
        return {
            "driver": "scsi-hd",
            "id": path,
            "bus": f"controller-{path}.0",
            "drive": f"image-{path}",
            "serial": "warren0001",
            "wwn": int(SCSI_ID, 16),
            "share-rw": True,
        }

    def unplug(self, path: str) -> None:
        """Unplug a path's disk."""
        self._ask("device_del", id=path)

    def plug(self, path: str) -> None:
        self._ask("device_add", **self._path(path))

    def _ask(self, command: str, **arguments: Any) -> None:
        """One command over QEMU's machine protocol; raises RuntimeError."""
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(self._control))
            stream = control.makefile("rw")
            for said in ("qmp_capabilities", {}), (command, arguments):
                stream.write(json.dumps(dict(zip(("execute", "arguments"), said, strict=True))))
                stream.flush()
                while not {"return", "error"} & (answer := json.loads(stream.readline())).keys():
                    pass  # a greeting, or an event
                if "error" in answer:
                    raise RuntimeError(f"{command}: {answer['error']['desc']}")
