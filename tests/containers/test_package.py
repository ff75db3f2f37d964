"""The Debian package under systemd: the same settings, no containers for the services.

A container stands for the machine, with a systemd of its own; its Xen is a simulated one beside it.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from container_lab.engine import Engine
from container_lab.images import CHECKOUT, VERSION
from service_table import SERVICES

MACHINE, XEN = "package-dom0", "package-xen"
UNITS = ["rabbitmq", *(service.name for service in SERVICES)]
# What systemd needs to run a container as if it were a machine.
AS_MACHINE = (
    *("--cap-add", "SYS_ADMIN", "--cap-add", "NET_ADMIN", "--cap-add", "IPC_LOCK"),
    *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"),
    *("--tmpfs", "/run:exec", "--tmpfs", "/run/lock", "--tmpfs", "/tmp"),
    *("--volume", "/sys/fs/cgroup/systemd:/sys/fs/cgroup/systemd"),
)
SIMULATED = (
    's#"xen_socket": null#"xen_socket": "/srv/xen/xen.sock"#;'
    "s#/run/xenstored/socket#/srv/xen/xenstored/socket#"
)
STORY = """
import time, xmlrpc.client, XenAPI
session = XenAPI.Session("https://localhost", ignore_ssl=True)
while session._session is None:
    try:
        session.xenapi.login_with_password("root", open("/etc/warren/xapi/root-password").read())
    except (OSError, xmlrpc.client.Error):
        time.sleep(0.2)
api = session.xenapi
host, = api.host.get_all()
metrics, token = api.host.get_metrics(host), ""
while not api.host_metrics.get_live(metrics):
    token = api.event_from(["host_metrics/" + metrics], token, 5.0)["token"]
vm = api.VM.clone(api.VM.get_by_name_label("Other install media")[0], "guest")
api.VM.provision(vm)
api.VM.start(vm, False, False)
print(api.VM.get_power_state(vm))
api.VM.hard_shutdown(vm)
api.VM.destroy(vm)
"""


class Machine:
    """A dom0 that systemd runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, *command: str) -> str:
        return self._engine.docker("exec", MACHINE, *command).strip()

    def pid(self, unit: str) -> str:
        return self.run("systemctl", "show", "--value", "--property=MainPID", f"warren-{unit}")

    def story(self) -> str:
        """A guest's life, told from inside; the power state that it had."""
        return self.run("env", "PYTHONPATH=/usr/lib/warren", "python3", "-c", STORY)


@pytest.fixture(scope="module")
def machine(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    context = tmp_path_factory.mktemp("dom0")
    (package,) = (CHECKOUT / "build").glob("warren_*.deb")
    shutil.copy(package, context / "warren.deb")
    shutil.copy(Path(__file__).with_name("dom0") / "Dockerfile", context)
    engine.docker("build", "--quiet", "--network=host", "--tag", MACHINE, str(context))
    volume = ("--volume", f"{XEN}:/run/warren/xen")
    none = ("--detach", "--network", "none")
    try:
        engine.docker("run", *none, *volume, "--name", XEN, f"warren/simulated-xen:{VERSION}")
        engine.docker(
            *("run", *none, *AS_MACHINE, "--volume", f"{XEN}:/srv/xen"),
            *("--name", MACHINE, "--hostname", "dom0", "--tty", MACHINE),
        )
        machine = Machine(engine)
        machine.run("sh", "-c", "until systemctl is-active multi-user.target; do sleep 0.2; done")
        machine.run("warren", "setup", "--hostname", "dom0", "--memory-mib", "2048")
        settings = [f"/etc/warren/xenopsd/{name}.json" for name in ("settings", "squeezed")]
        machine.run("sed", "--in-place", SIMULATED, *settings)
        machine.run("systemctl", "enable", "--now", "warren.target")
        yield machine
    finally:
        engine.docker("rm", "--force", "--volumes", MACHINE, XEN)
        engine.docker("volume", "rm", XEN)


def test_a_guest_lives_on_a_machine_without_containers(machine: Machine) -> None:
    assert machine.story() == "Running"


def test_services_are_what_the_units_say(machine: Machine) -> None:
    users = {
        unit: machine.run("ps", "--no-headers", "-o", "user", "--pid", machine.pid(unit))
        for unit in UNITS
    }
    wanted = {one.name: "root" if one.capabilities else "warren" for one in SERVICES}
    assert users == {"rabbitmq": "warren"} | wanted


@pytest.mark.parametrize("unit", UNITS)
def test_a_killed_service_comes_back(machine: Machine, unit: str) -> None:
    before = machine.pid(unit)
    machine.run("kill", "-KILL", before)
    while machine.pid(unit) in ("0", before):
        pass
    assert machine.story() == "Running"
