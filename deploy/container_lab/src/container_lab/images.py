"""Warren's images, built by an engine from this checkout.

By hand: the engine's Python client builds without BuildKit, which the Dockerfile needs.
"""

import subprocess
from pathlib import Path

from service_table import SERVICES as TABLE

from container_lab.engine import Engine

CHECKOUT = Path(__file__).resolve().parents[4]
SERVICES = (
    *sorted({service.package for service in TABLE}),
    *("simulated-xen", "cli", "rabbitmq", "postgresql", "prometheus"),
)
DOCKERFILE = "deploy/images/Dockerfile"
VERSION = "0.1.0"


def build(engine: Engine, service: str, checkout: Path = CHECKOUT, version: str = VERSION) -> int:
    """Build a service's image and return its size in bytes."""
    name = f"warren/{service}:{version}"
    # The engine's own network reaches nothing outside.
    arguments = ["--network=host", "--build-arg", f"SERVICE={service}", "--tag", name]
    arguments += ["--build-arg", f"VERSION={version}"]
    done = subprocess.run(
        ["/usr/bin/docker", "build", *arguments, "--file", DOCKERFILE, "."],
        cwd=checkout,
        env=engine.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )
    if done.returncode:
        raise BuildFailed(f"{name}:\n{done.stdout}")
    return int(engine.docker("image", "inspect", "--format", "{{.Size}}", name))


class BuildFailed(Exception):
    """Build the image; its name, and the builder's output."""
