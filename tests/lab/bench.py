"""``python -m xen_lab bench``: Warren beside ``xl`` on the same machines, guest and files.

Warren is timed from the XenAPI's call on, its peers from their command lines in dom0 on. Figures
from an emulated processor compare them and say nothing of real machines. Nothing is asserted.
``python -m xen_lab libvirt`` has libvirt's driver as a third, with PV guests on a processor that
it knows.
"""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from xen_lab.image import GUEST, GUEST_ARGUMENTS
from xen_lab.machine import Machine

from tests.lab.conftest import GUEST_MIB, READY, Lab
from tests.lab.test_road import LISTENER

ROUNDS = 3
MIGRATION_PORT = 8002
CONFIGURATION = """
name = "{name}"
type = "{kind}"
kernel = "{guest}/vmlinux"
ramdisk = "{guest}/ramdisk"
cmdline = "{said}"
memory = {memory}
vcpus = 1
disk = ["format=raw,vdev=xvda,access=rw,target={disk}"]
vif = ["mac={mac},bridge=xenbr0"]
"""

LIBVIRT = "virsh -c xen:///system"
DAEMONS = f"""
mkdir -p /run/dbus
pgrep dbus-daemon || dbus-daemon --system --fork
pgrep virtlogd || virtlogd -d
pgrep libvirtd || libvirtd -d
timeout 60 sh -c 'until {LIBVIRT} list; do sleep 0.2; done'"""
DESCRIPTION = """
<domain type="xen">
  <name>{name}</name> <memory unit="MiB">{memory}</memory> <vcpu>1</vcpu>
  <os>
    <type machine="xenpv">linux</type>
    <kernel>{guest}/vmlinux</kernel> <initrd>{guest}/ramdisk</initrd> <cmdline>{said}</cmdline>
  </os>
  <devices>
    <disk type="file"><source file="{disk}"/><target dev="xvda" bus="xen"/></disk>
    <interface type="bridge"><mac address="{mac}"/><source bridge="xenbr0"/></interface>
    <console type="pty"><target type="xen"/></console>
  </devices>
</domain>
"""

Times = dict[str, float]


class Shell:
    """A shell in a dom0 that stays open, so that logging in is no part of what is timed."""

    def __init__(self, machine: Machine) -> None:
        self._process = subprocess.Popen(
            machine.ssh("bash"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.run("true")

    def run(self, command: str) -> str:
        """What it prints; raises RuntimeError when it fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{{ {command}; }} 2>&1 </dev/null; echo END $?\n")
        self._process.stdin.flush()
        lines = []
        for line in self._process.stdout:
            if line.startswith("END "):
                if line.split()[1] != "0":
                    raise RuntimeError(f"{command}: {''.join(lines)}")
                return "".join(lines)
            lines.append(line)
        raise RuntimeError(f"{command}: the shell has ended")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


class Timer:
    """What it took: `took["start"]` and so on, in seconds."""

    def __init__(self, lab: Lab) -> None:
        self.shells = {name: Shell(machine) for name, machine in lab.machines.items()}
        self.looking = Shell(lab.machines["dom0-1"])
        self.took: Times = {}

    def timed(self, name: str, action: Callable[[], object]) -> None:
        began = time.perf_counter()
        action()
        self.took[name] = time.perf_counter() - began

    def until_ready(self, log: str, action: Callable[[], object]) -> None:
        """Time an action and how long it is until a guest's first line of userland."""
        look = f"until grep -q {READY} {log}; do sleep 0.05; done"
        began = time.perf_counter()

        def wait() -> None:
            self.looking.run(look)
            self.took["start, to userland"] = time.perf_counter() - began

        self.looking.run(f"rm -f {log}")
        began = time.perf_counter()
        waiting = threading.Thread(target=wait)
        waiting.start()
        self.timed("start, to the answer", action)
        waiting.join()


@contextmanager
def listened(machine: Machine, address: str, took: Times) -> Iterator[None]:
    """The longest silence of a guest meanwhile, as its peer hears it."""
    command = machine.ssh("python3", str(LISTENER), address)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        said, _ = process.communicate("enough\n", timeout=300)
        took["migrate, downtime"] = json.loads(said)["gap_s"]


def warren(lab: Lab, timer: Timer, kind: str) -> None:
    """One VM's walk through the XenAPI."""
    guest = lab.new_vm(kind)
    guest.set_VCPUs_at_startup("1")
    guest.set_VCPUs_max("1")
    hosts = {name: lab.host(name) for name in lab.machines}
    timer.until_ready(guest.log, lambda: guest.start_on(hosts["dom0-1"], False, False))
    guest.ask("count")
    timer.timed("suspend", guest.suspend)
    timer.timed("resume", lambda: guest.resume_on(hosts["dom0-1"], False, False))
    guest.ask("count")
    with listened(lab.machines["dom0-1"], guest.address, timer.took):
        there = hosts["dom0-2"]
        timer.timed("migrate, total", lambda: guest.pool_migrate(there, {"live": "true"}))
    timer.timed("shutdown", guest.clean_shutdown)
    guest.remove()


def warm_up(lab: Lab, kind: str) -> None:
    """Have dom0s read the guest's files and their programs once before anything is timed."""
    guest = lab.new_vm(kind)
    guest.run()
    guest.remove()


def described(lab: Lab, text: str, name: str, kind: str, number: int) -> str:
    """What a peer is told of its guest."""
    return text.format(
        **{"name": name, "kind": kind, "guest": GUEST, "said": GUEST_ARGUMENTS},
        **{"memory": GUEST_MIB, "disk": lab.file(lab.new_vdi())},
        mac=f"02:00:00:00:00:{number:02x}",
    )


def ask(address: str) -> str:
    """Have a guest answer."""
    return f"echo count | timeout 60 busybox nc -w 30 {address} 7"


def xl(lab: Lab, timer: Timer, kind: str) -> None:
    """The same with xl."""
    one, other = timer.shells["dom0-1"], timer.shells["dom0-2"]
    name, number = f"xl-{kind}", 250
    address = f"10.99.0.{number}"
    said = described(lab, CONFIGURATION, name, kind, number)
    one.run(f"cat > /root/{name}.cfg <<'END'\n{said}\nEND\ntrue")
    log = f"/var/log/xen/console/guest-{name}.log"
    machine = lab.machines["dom0-1"]
    timer.until_ready(log, lambda: one.run(f"xl create /root/{name}.cfg"))
    one.run(ask(address))
    timer.timed("suspend", lambda: one.run(f"xl save {name} /root/{name}.image"))
    timer.timed("resume", lambda: one.run(f"xl restore /root/{name}.image"))
    one.run(ask(address))
    if kind == "pv":  # xl has no other way for it than saving and restoring
        timer.timed("shutdown", lambda: one.run(f"xl shutdown -w {name}"))
        return
    receive = f"busybox nc -l -p {MIGRATION_PORT} -e xl migrate-receive"
    other.run(f"setsid {receive} >/root/receive.log 2>&1 & sleep 1")
    send = f"xl migrate -s '' {name} 'busybox nc {lab.machines['dom0-2'].address} {MIGRATION_PORT}'"
    with listened(machine, address, timer.took):
        timer.timed("migrate, total", lambda: one.run(send))
    timer.timed("shutdown", lambda: other.run(f"xl shutdown -w {name}"))


def libvirt(lab: Lab, timer: Timer, kind: str) -> None:
    """The same with libvirt's driver, whose shutdown does not wait for the guest's end."""
    one = timer.shells["dom0-1"]
    name, number = "libvirt", 251
    one.run(DAEMONS)
    said = described(lab, DESCRIPTION, name, kind, number)
    one.run(f"cat > /root/{name}.xml <<'END'\n{said}\nEND\ntrue")
    log = f"/var/log/xen/console/guest-{name}.log"
    timer.until_ready(log, lambda: one.run(f"{LIBVIRT} create /root/{name}.xml"))
    one.run(ask(f"10.99.0.{number}"))
    timer.timed("suspend", lambda: one.run(f"{LIBVIRT} save {name} /root/{name}.image"))
    timer.timed("resume", lambda: one.run(f"{LIBVIRT} restore /root/{name}.image"))
    one.run(ask(f"10.99.0.{number}"))
    gone = f"until ! {LIBVIRT} domid {name}; do sleep 0.05; done"
    timer.timed("shutdown", lambda: one.run(f"{LIBVIRT} shutdown {name}; {gone}"))


def shares(lab: Lab, since: str) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of each place that the timed calls passed, by call, from the services' logs."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    calls: dict[str, str] = {}
    lines = []
    for file in lab.layout.path("log", "x").parent.glob("*.jsonl"):
        lines += [json.loads(line) for line in file.read_text().splitlines()]
    hops = sorted(
        (line for line in lines if line.get("hop") and line["time"] >= since),
        key=lambda line: str(line["time"]),
    )
    for hop in hops:
        task = str(hop.get("task", "")).removeprefix("OpaqueRef:").split("/")[0]
        if hop["service"] == "xapi" and hop.get("step") == "sent":
            calls[task] = hop["message"]
        call = calls.get(task)
        if call is None or "ms" not in hop:
            continue
        place = hop.get("atomic", hop.get("message", "")).split(" ")[0]
        found[call][f"{hop['service'].split('-')[0]} {place}"].append(hop["ms"])
    return found


def table(kind: str, taken: dict[str, list[Times]]) -> None:
    """The medians of Warren and its peers, and what Warren's are of theirs."""
    ours, *peers = taken
    print(f"\n{kind}, {GUEST_MIB} MiB, medians of {ROUNDS}: seconds")
    heads = "".join(f"{peer:>10}{'ratio':>8}" for peer in peers)
    print(f"{'':<24}{ours:>10}{heads}")
    for name in taken[ours][0]:
        mine = statistics.median(took[name] for took in taken[ours])
        cells = [f"{mine:>10.2f}"]
        for peer in peers:
            theirs = [took[name] for took in taken[peer] if name in took]
            middle = statistics.median(theirs) if theirs else None
            said = "" if middle is None else f"{middle:>10.2f}{mine / middle:>8.2f}"
            cells.append(said or f"{'-':>10}{'-':>8}")
        print(f"{name:<24}{''.join(cells)}", flush=True)


def main() -> None:
    lab = Lab(Path(os.environ["WARREN_LAB"]))
    timer = Timer(lab)
    since = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    with_libvirt = sys.argv[1:] == ["libvirt"]
    peers = [warren, xl, libvirt] if with_libvirt else [warren, xl]
    for kind in ["pv"] if with_libvirt else ["pvh", "pv"]:
        taken: dict[str, list[Times]] = {peer.__name__: [] for peer in peers}
        warm_up(lab, kind)
        for number in range(ROUNDS):
            for peer in peers:
                timer.took = {}
                peer(lab, timer, kind)
                taken[peer.__name__].append(timer.took)
                print(f"{kind} {number} {peer.__name__}: {timer.took}", file=sys.stderr)
        table(kind, taken)
    print("\nWhere Warren's time goes: mean milliseconds of each place, all kinds together")
    for call, places in sorted(shares(lab, since).items()):
        print(call)
        for place, ms in sorted(places.items(), key=lambda found: -sum(found[1])):
            print(f"    {place:<40}{statistics.mean(ms):>10.0f} ms  n={len(ms)}")


if __name__ == "__main__":
    main()
