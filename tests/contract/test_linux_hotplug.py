"""The host's end of guests' interfaces, on a real kernel: in a network namespace of its own."""

import json
import subprocess
import sys
from typing import Any

import pytest
from xenops.errors import XenopsError
from xenopsd.ports.hotplug import LinuxHotplug

UNSHARED = ("unshare", "--map-root-user", "--net")
BRIDGES = ("xenbr0", "xenbr1")
NAME = "vif1.0"


def ip(*words: str) -> Any:
    command = ["ip", "--json", *words]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return json.loads(answer or "null")


def interface() -> dict[str, Any]:
    said: dict[str, Any] = ip("link", "show", NAME)[0]
    return said


def walk() -> list[Any]:
    """What is seen of the interface after each step, and what is refused."""
    hotplug, seen = LinuxHotplug(), []
    for bridge in BRIDGES:
        ip("link", "add", bridge, "type", "bridge")
    ip("link", "add", NAME, "type", "veth", "peer", "name", "guest")
    for bridge in (*BRIDGES[:1], *BRIDGES):
        hotplug.connect(1, 0, bridge)
        seen.append(interface()["master"])
    for up in (True, False, False):
        hotplug.set_link(1, 0, up=up)
        seen.append("UP" in interface()["flags"])
    for refused in (
        lambda: hotplug.connect(1, 0, "nobridge"),
        lambda: hotplug.connect(1, 0, "guest"),
        lambda: hotplug.set_link(7, 3, up=True),
    ):
        with pytest.raises(XenopsError) as error:
            refused()
        seen.append(error.value.value)
    return seen


def test_an_interface_is_put_on_a_bridge_moved_and_switched() -> None:
    if subprocess.run([*UNSHARED, "true"], check=False, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("nobody may make a network namespace here")
    done = subprocess.run(
        [*UNSHARED, sys.executable, __file__], check=True, stdout=subprocess.PIPE, text=True
    )
    assert json.loads(done.stdout) == [
        *("xenbr0", "xenbr0", "xenbr1"),
        *(True, False, False),
        "this host has no bridge nobridge",
        "this host has no bridge guest",
        "the link of vif7.3: No such device",
    ]


if __name__ == "__main__":
    print(json.dumps(walk()))
