"""``python -m container_lab WHAT``: the composition on a container engine of its own.

test: build the images, run the tests, stop the engine; build: only build; up: bring the simulated
profile up and leave it running; down: remove it and stop the engine; remove: delete the images too.
Options go on to pytest.

By hand: the engine and pytest do the work; no library knows their order.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from container_lab import base, images
from container_lab.composition import Composition
from container_lab.engine import Engine

FOLDER = Path(os.environ.get("WARREN_CONTAINERS", "/var/cache/warren/containers"))
TEST_TIMEOUT_S = 600


def build(engine: Engine) -> None:
    """Build all images that the composition needs, unless they exist."""
    engine.folder.mkdir(parents=True, exist_ok=True)
    _timed("engine", engine.start)
    _timed("base image", lambda: base.ensure(engine))
    for service in images.SERVICES:
        began = time.monotonic()
        size = images.build(engine, service)
        took = time.monotonic() - began
        print(f"containers: {service:14} {size / 1e6:6.0f} MB  {took:5.1f} s", flush=True)


def test(engine: Engine, options: list[str]) -> int:
    """Build and test; the exit status of the tests."""
    build(engine)
    pytest = [sys.executable, "-m", "pytest", f"--timeout={TEST_TIMEOUT_S}", "-v", "--durations=0"]
    environment = os.environ | {"WARREN_CONTAINERS": str(engine.folder)}
    done = subprocess.run(
        [*pytest, *(options or ["tests/containers"])], env=environment, check=False
    )
    engine.stop()
    return done.returncode


def up(engine: Engine) -> None:
    build(engine)
    composition = Composition(engine, "simulated")
    _timed("up", composition.up)
    print(
        f"XenAPI at {composition.url}, root's password {composition.operator('password', 'root')}"
    )


def down(engine: Engine) -> None:
    if engine.running():
        Composition(engine, "simulated").down()
    engine.stop()


def _timed(what: str, action: Callable[[], None]) -> None:
    began = time.monotonic()
    action()
    print(f"containers: {what:14} {'':9}  {time.monotonic() - began:5.1f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m container_lab", description=__doc__)
    parser.add_argument("what", choices=["test", "build", "up", "down", "remove"])
    arguments, options = parser.parse_known_args()
    engine = Engine(FOLDER)
    if arguments.what == "test":
        sys.exit(test(engine, options))
    actions = {"build": build, "up": up, "down": down, "remove": Engine.remove}
    actions[arguments.what](engine)


if __name__ == "__main__":
    main()
