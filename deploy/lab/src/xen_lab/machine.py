"""An emulated machine that boots Xen with the lab's dom0, and a way to run commands in it."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

# TCG emulates AMD's virtualisation. Dom0 dies of SMAP and SMEP in QEMU 7.2, and a PVH guest of
# RDTSCP, which Xen then cannot decode.
CPU = "max,-smap,-smep,-rdtscp,-rdpid"
XEN = (
    "dom0_mem={dom0}M,max:{dom0}M dom0_max_vcpus=1 dom0_vcpus_pin console=com1 com1=115200,8n1"
    " loglvl=info guest_loglvl=info sched=credit spec-ctrl=no xpti=no pv-l1tf=no bootscrub=0"
)
LINUX = (
    "console=hvc0 net.ifnames=0 mitigations=off quiet lab.number={number} lab.checkout={checkout}"
)
BOOT_TIMEOUT_S = 180.0
CONNECT_S = 10


class BootFailed(Exception):
    """The machine did not come up; the text ends with what it said last."""


class Machine:
    """Machine ``number`` (1 or 2) of a lab in ``folder``."""

    def __init__(self, folder: Path, number: int) -> None:
        self.folder = folder / f"machine-{number}"
        self.number = number

    @property
    def _pid_file(self) -> Path:
        return self.folder / "pid"

    @property
    def console(self) -> Path:
        return self.folder / "console.log"

    def start(self, image: Path, checkout: Path, memory_mib: int, dom0_mib: int) -> float:
        """Boot and wait until it is ready; seconds that it took. Raises BootFailed."""
        self.stop()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.console.unlink(missing_ok=True)
        overlay = self.folder / "disk.qcow2"
        overlay.unlink(missing_ok=True)
        create = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b"]
        subprocess.run([*create, str(image / "disk"), str(overlay)], check=True)
        port = _free_port()
        (self.folder / "ssh").write_text(f"{port}\n{image / 'id'}\n")
        linux = LINUX.format(number=self.number, checkout=checkout)
        command = [
            *("qemu-system-x86_64", "-machine", "pc", "-accel", "tcg,thread=multi,tb-size=512"),
            *("-cpu", CPU, "-smp", "2", "-m", str(memory_mib)),
            *("-nodefaults", "-no-user-config", "-display", "none"),
            *("-chardev", f"file,id=console,path={self.console}", "-serial", "chardev:console"),
            *("-kernel", str(image / "xen"), "-append", XEN.format(dom0=dom0_mib)),
            *("-initrd", f"{image / 'vmlinux'} {linux},{image / 'ramdisk'}"),
            *("-drive", f"file={overlay},if=none,id=disk,cache=unsafe"),
            *("-device", "virtio-blk-pci,drive=disk"),
            *("-netdev", f"user,id=outside,hostfwd=tcp:127.0.0.1:{port}-:22"),
            *("-device", "virtio-net-pci,netdev=outside,romfile="),
            *(
                "-virtfs",
                f"local,path={checkout},mount_tag=checkout,security_model=none,readonly=on",
            ),
        ]
        with (self.folder / "qemu.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self._pid_file.write_text(str(process.pid))
        began = time.monotonic()
        while "LAB-READY" not in self._said():
            if process.poll() is not None or time.monotonic() - began > BOOT_TIMEOUT_S:
                log_text = (self.folder / "qemu.log").read_text()
                raise BootFailed(f"machine {self.number}: {log_text}{self._said()[-2000:]}")
            time.sleep(0.1)
        return time.monotonic() - began

    def _said(self) -> str:
        return self.console.read_text(errors="replace") if self.console.exists() else ""

    def ssh(self, *command: str) -> list[str]:
        """The command line that runs a command in dom0, or a shell."""
        port, key = (self.folder / "ssh").read_text().splitlines()
        options = {
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": "/dev/null",
            "LogLevel": "ERROR",
            "ConnectTimeout": str(CONNECT_S),
        }
        said = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        return ["ssh", "-i", key, "-p", port, *said, "root@127.0.0.1", *command]

    def run(self, command: str) -> int:
        """Run a command in dom0, its output as ours; its exit status."""
        return subprocess.run(self.ssh(command), check=False).returncode

    def running(self) -> bool:
        if not self._pid_file.exists():
            return False
        pid = int(self._pid_file.read_text())
        with contextlib.suppress(OSError):
            return "qemu-system" in Path(f"/proc/{pid}/cmdline").read_text()
        return False

    def stop(self) -> None:
        """Switch the machine off; one that is off is left alone."""
        if self.running():
            pid = int(self._pid_file.read_text())
            os.kill(pid, signal.SIGKILL)
            while self.running():
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
                time.sleep(0.02)
        self._pid_file.unlink(missing_ok=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
