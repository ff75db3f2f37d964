"""An emulated machine that boots Xen with the lab's dom0, and a way to run commands in it.

By hand: libvirt needs a daemon on the machine, which then owns the processes.
"""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

# TCG emulates AMD's virtualisation. Dom0 dies of SMAP and SMEP in QEMU 7.2, and a PVH guest of
# RDTSCP, which Xen then cannot decode. Now and then it rejects a valid AVX instruction, in guests
# and in dom0. Moving strings byte by byte, which is fast on real processors, is slow here.
CPU = "max,-smap,-smep,-rdtscp,-rdpid,-xsave,-avx,-avx2,-erms,-fsrm"
# A processor whose features libvirt can name; without virtualisation it runs PV guests only.
PLAIN_CPU = "Nehalem"
XEN = (
    "dom0_mem={dom0}M,max:{dom0}M dom0_max_vcpus=1 dom0_vcpus_pin console=com1 com1=115200,8n1"
    " loglvl=info guest_loglvl=info sched=credit spec-ctrl=no xpti=no pv-l1tf=no bootscrub=0"
)
LINUX = (
    "console=hvc0 net.ifnames=0 mitigations=off quiet lab.number={number} lab.checkout={checkout}"
    " lab.shared={shared}"
)
BOOT_TIMEOUT_S = 180.0
CONNECT_S = 60
IDLE_S = 600


class BootFailed(Exception):
    """The machine did not come up; the text ends with its last output."""


class Machine:
    """Machine ``number`` (1 or 2) of a lab in ``folder``; a virtual cable connects the two.

    Dom0 sees the checkout, read-only, and the lab's folder ``shared``, at the same paths as here.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self.folder = folder / f"machine-{number}"
        self.shared = folder / "shared"
        self.number = number

    @property
    def name(self) -> str:
        """The name of its dom0."""
        return f"dom0-{self.number}"

    @property
    def address(self) -> str:
        """Its address on the cable between the machines."""
        return f"10.99.0.{self.number}"

    def _plug(self, number: int) -> str:
        return str(self.folder.parent / f"cable-{number}")

    @property
    def _pid_file(self) -> Path:
        return self.folder / "pid"

    @property
    def console(self) -> Path:
        return self.folder / "console.log"

    def start(
        self, image: Path, checkout: Path, memory_mib: int, dom0_mib: int, cpu: str = CPU
    ) -> float:
        """Boot Xen and wait until dom0 is ready; the seconds that it took. Raises BootFailed."""
        linux = LINUX.format(number=self.number, checkout=checkout, shared=self.shared)
        cable = (
            f"dgram,id=cable,local.type=unix,local.path={self._plug(self.number)}"
            f",remote.type=unix,remote.path={self._plug(3 - self.number)}"
        )
        mac = f"52:54:00:99:00:0{self.number}"
        return self.boot(
            image,
            checkout,
            memory_mib,
            *("-cpu", cpu),
            *("-kernel", str(image / "xen"), "-append", XEN.format(dom0=dom0_mib)),
            *("-initrd", f"{image / 'vmlinux'} {linux},{image / 'ramdisk'}"),
            *("-netdev", cable),
            *("-device", f"virtio-net-pci,netdev=cable,romfile=,mac={mac}"),
        )

    def boot(self, image: Path, checkout: Path, memory_mib: int, *particular: str) -> float:
        """Boot from a copy of the image's disk, with these additional arguments of the emulator.

        Returns the seconds until it was ready; raises BootFailed.
        """
        self.stop()
        for folder in (self.folder, self.shared):
            folder.mkdir(parents=True, exist_ok=True)
        self.console.unlink(missing_ok=True)
        overlay = self.folder / "disk.qcow2"
        overlay.unlink(missing_ok=True)
        create = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b"]
        subprocess.run([*create, str(image / "disk"), str(overlay)], check=True)
        port = _free_port()
        (self.folder / "ssh").write_text(f"{port}\n{image / 'id'}\n")
        command = [
            *("qemu-system-x86_64", "-machine", "pc", "-accel", "tcg,thread=multi,tb-size=512"),
            *("-smp", "2", "-m", str(memory_mib)),
            *("-nodefaults", "-no-user-config", "-display", "none"),
            *("-chardev", f"file,id=console,path={self.console}", "-serial", "chardev:console"),
            *("-drive", f"file={overlay},if=none,id=disk,cache=unsafe"),
            *("-device", "virtio-blk-pci,drive=disk"),
            *("-netdev", f"user,id=outside,hostfwd=tcp:127.0.0.1:{port}-:22"),
            *("-device", "virtio-net-pci,netdev=outside,romfile="),
            *(
                "-virtfs",
                f"local,path={checkout},mount_tag=checkout,security_model=none,readonly=on",
            ),
            *("-virtfs", f"local,path={self.shared},mount_tag=shared,security_model=none"),
            *particular,
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

    def ssh(self, *command: str, terminal: bool = False, shared: bool = False) -> list[str]:
        """The command line that runs a command in dom0, or a shell.

        With a ``terminal`` the command in dom0 ends with this one. Short commands share a
        connection, since logging in takes a second on an emulated processor.
        """
        port, key = (self.folder / "ssh").read_text().splitlines()
        options = {
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": "/dev/null",
            "LogLevel": "ERROR",
            "ConnectTimeout": str(CONNECT_S),
            "BatchMode": "yes",
        }
        if shared:
            options |= {
                "ControlMaster": "auto",
                "ControlPath": str(self.folder / "control"),
                "ControlPersist": str(IDLE_S),
            }
        flags = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        flags += ["-tt"] if terminal else []
        return ["ssh", "-i", key, "-p", port, *flags, "root@127.0.0.1", *command]

    def output(self, command: str) -> str:
        """The output of a command in dom0; raises CalledProcessError if it fails."""
        done = subprocess.run(
            self.ssh(command, shared=True), check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    def run(self, command: str) -> int:
        """Run a command in dom0 with our output; its exit status."""
        return subprocess.run(self.ssh(command, shared=True), check=False).returncode

    def running(self) -> bool:
        if not self._pid_file.exists():
            return False
        pid = int(self._pid_file.read_text())
        with contextlib.suppress(OSError):
            return "qemu-system" in Path(f"/proc/{pid}/cmdline").read_text()
        return False

    def stop(self) -> None:
        """Switch the machine off, unless it is off."""
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
