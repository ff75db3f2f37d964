"""The images and docker-compose.yml on a real engine, driven by the unmodified client."""

import json
import os
import signal
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import XenAPI
from container_lab.composition import Composition
from container_lab.engine import Engine
from container_lab.images import VERSION
from service_table import SERVICES, at_hosts, at_pool

from tests.conftest import make_vm, remove_vm
from tests.containers.walking import walk

BROKEN_HANDSHAKE = (ssl.SSLError, ConnectionError)
HOSTS = ("host1", "host2")
OF_A_HOST = {"xenopsd": "settings", "squeezed": "squeezed", "door": "door"}
"""What a host needs to take guests, and the files of their settings."""
LIVE_SERVICES = [
    *("rabbitmq", "prometheus"),
    *(f"xen-{host}" for host in HOSTS),
    *(service.called() for service in at_pool(SERVICES)),
    *(service.called(host) for service in at_hosts(SERVICES) for host in HOSTS),
]


@pytest.mark.parametrize(
    "profiles", ["simulated", "dom0", "member", "dom0,observability", "dom0,postgres"]
)
def test_compose_accepts_the_file(engine: Engine, profiles: str) -> None:
    Composition(engine, profiles).compose("config", "--quiet")


def test_the_first_walk(composition: Composition, password: str) -> None:
    assert composition.services() == sorted(LIVE_SERVICES)
    walk(composition, password)


def test_plain_http_names_the_secure_address(composition: Composition) -> None:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    url = f"http://127.0.0.1:{composition.ports['HTTP']}/jsonrpc"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.build_opener(Stay).open(url, timeout=10)
    assert caught.value.code == 302
    assert caught.value.headers["location"] == f"{composition.url}/jsonrpc"


@pytest.mark.parametrize("service", LIVE_SERVICES)
def test_a_container_can_do_no_more_than_it_must(composition: Composition, service: str) -> None:
    container = composition.container(service)
    limits = container["HostConfig"]
    assert limits["ReadonlyRootfs"]
    assert limits["CapDrop"] == ["ALL"]
    assert not limits["CapAdd"]
    assert limits["Memory"] > 0
    assert limits["PidsLimit"] > 0
    assert container["Config"]["User"] == "10001:10001"
    assert container["Config"]["Labels"]["org.opencontainers.image.version"] == "0.1.0"


def test_secrets_are_in_files_alone(composition: Composition, engine: Engine) -> None:
    secrets = [composition.operator("password", account) for account in ("root", "operator")]
    for service in LIVE_SERVICES:
        container = composition.container(service)
        id_, image = container["Id"], container["Image"]
        said = json.dumps(container) + engine.docker("logs", id_) + engine.docker("top", id_)
        said += engine.docker("history", "--no-trunc", image)
        for secret in secrets:
            assert secret not in said


def test_rotated_certificates_are_shown_without_a_restart(composition: Composition) -> None:
    for server, port in (("gateway", "HTTPS"), ("broker", "AMQPS")):
        address = ("127.0.0.1", composition.ports[port])
        before = ssl.get_server_certificate(address)
        composition.operator("tls", "rotate", server)
        # The broker looks every 20 seconds; the test's timeout ends what never comes.
        shown = before
        while shown == before:
            # It reads certificate and key one after the other, and for a moment they are no pair.
            with suppress(*(BROKEN_HANDSHAKE if server == "broker" else ())):
                shown = ssl.get_server_certificate(address)


def test_prometheus_hears_of_the_broker_and_the_alerter(composition: Composition) -> None:
    url = f"http://127.0.0.1:{composition.ports['PROMETHEUS']}/api/v1/query?query=up"
    up: dict[str, str] = {}
    # It asks every 15 seconds; the test's timeout ends what never comes.
    while up != {"rabbitmq": "1", "mpathalert": "1"}:
        found = json.load(urllib.request.urlopen(url, timeout=10))["data"]["result"]
        up = {entry["metric"]["job"]: entry["value"][1] for entry in found}


def test_the_operator_reads_the_dead_letters(composition: Composition) -> None:
    assert composition.operator("broker", "list", "--json") == "[]"


@pytest.fixture
def second_machine(composition: Composition, engine: Engine) -> Iterator[str]:
    """What stands for a machine of its own: containers that share the pool's network and storage
    with the others, and nothing else."""
    composition.operator(
        *("pool", "invite", "host3", "/etc/warren/operator/host3.json"),
        *("--address", "door-host3", "--broker-host", "rabbitmq"),
    )
    etc, xen = "second-etc:/etc/warren/xenopsd-host3", "second-xen:/run/warren/xen"
    meeting = "second-meeting:/run/warren/door"
    parts = {
        "xen-host3": ("simulated-xen", [xen], []),
        **{
            f"{module}-host3": (
                module,
                [etc, xen, meeting, state, "warren_storage:/var/lib/warren/storage"],
                [module, "--config", f"/etc/warren/xenopsd-host3/{file}.json"],
            )
            for module, file in OF_A_HOST.items()
            for state in [f"second-{module}:/var/lib/warren/{module}"]
        },
    }
    join = ["pool", "join", "/invited/host3.json", "--simulated", "--cpus", "2"]
    try:
        run(engine, "cli", ["warren_etc-operator:/invited:ro", etc], join, "--rm")
        for name, (image, volumes, command) in parts.items():
            run(engine, image, volumes, command, "--detach", "--name", name)
        yield "host3"
    finally:
        engine.docker("rm", "--force", "--volumes", *parts)
        names = [f"second-{name}" for name in ("etc", "xen", "meeting", *OF_A_HOST)]
        engine.docker("volume", "rm", *names)


def await_live(api: Any, host: str, live: bool) -> None:
    """Until the host is heard of, or no more; the test's timeout ends what never comes."""
    metrics = api.host.get_metrics(host)
    token = ""
    while api.host_metrics.get_live(metrics) is not live:
        token = api.event_from([f"host_metrics/{metrics}"], token, 5.0)["token"]


def run(engine: Engine, image: str, volumes: list[str], command: list[str], *options: str) -> None:
    mounted = [word for volume in volumes for word in ("--volume", volume)]
    options = ("--read-only", "--tmpfs", "/run/warren:uid=10001,gid=10001", *options)
    network = ("--network", "warren_default")
    engine.docker("run", *options, *network, *mounted, f"warren/{image}:{VERSION}", *command)


def test_a_machine_joins_takes_a_guest_and_is_removed(
    composition: Composition, engine: Engine, password: str, second_machine: str
) -> None:
    session = XenAPI.Session(composition.url, ignore_ssl=True)
    session.xenapi.login_with_password("root", password, "1.0", "tests")
    api = session.xenapi
    host = api.host.get_by_name_label(second_machine)[0]
    await_live(api, host, True)
    vm = make_vm(api)
    api.VM.start_on(vm, api.host.get_by_name_label("host1")[0], False, False)
    api.VM.pool_migrate(vm, host, {"live": "true"})
    assert api.VM.get_resident_on(vm) == host
    assert len(api.host.get_host_CPUs(host)) == 2
    remove_vm(api, vm)
    engine.docker("kill", f"xenopsd-{second_machine}")
    await_live(api, host, False)
    composition.operator("pool", "remove", second_machine)
    assert host not in api.host.get_all()
    session.xenapi.logout()


@pytest.mark.parametrize("service", LIVE_SERVICES)
def test_a_killed_container_comes_back(
    composition: Composition, password: str, service: str
) -> None:
    pid = composition.container(service)["State"]["Pid"]
    # `docker kill` would count as the operator's wish and nobody would start it again.
    os.kill(pid, signal.SIGKILL)
    composition.await_healthy(service, other_than=pid)
    walk(composition, password)
