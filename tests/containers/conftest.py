"""The composition of simulated hosts, up once for the tests of a module."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from container_lab.composition import Composition
from container_lab.engine import Engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine that ``make containers`` started, with the images built."""
    return Engine(Path(os.environ["WARREN_CONTAINERS"]))


@pytest.fixture(scope="module")
def profiles() -> str:
    return "simulated,observability"


@pytest.fixture(scope="module")
def composition(engine: Engine, profiles: str) -> Iterator[Composition]:
    composition = Composition(engine, profiles)
    composition.up()
    yield composition
    composition.down()
    for kind in ("container", "volume", "network"):
        left = engine.docker(kind, "ls", "--quiet", "--filter", "label=com.docker.compose.project")
        assert left == "", f"a {kind} is left"


@pytest.fixture(scope="module")
def password(composition: Composition) -> str:
    return composition.operator("password", "root")
