"""The images and docker-compose.yml on a real engine, driven by the unmodified client."""

import json
import os
import signal
import urllib.error
import urllib.request

import pytest
from container_lab.composition import Composition
from container_lab.engine import Engine
from simulated_pool import story

LIVE_SERVICES = [
    *("rabbitmq", "forwarder", "xapi"),
    *(f"{name}-host{number}" for name in ("xen", "xenopsd", "squeezed") for number in (1, 2)),
]


def walk(composition: Composition, password: str) -> None:
    """The first walk; a call that a dying service loses fails it."""
    teller = story.Teller(chapter=print, progress=lambda fraction: None)
    story.tell(composition.url, "root", password, teller)


@pytest.mark.parametrize("profiles", ["simulated", "dom0", "simulated,observability"])
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
    assert caught.value.code == 308
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


@pytest.mark.parametrize("service", LIVE_SERVICES)
def test_a_killed_container_comes_back(
    composition: Composition, password: str, service: str
) -> None:
    pid = composition.container(service)["State"]["Pid"]
    # `docker kill` would count as the operator's wish and nobody would start it again.
    os.kill(pid, signal.SIGKILL)
    composition.await_healthy(service, other_than=pid)
    walk(composition, password)
