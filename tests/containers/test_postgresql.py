"""The composition with the pool database in PostgreSQL."""

import os
import signal

import pytest
from container_lab.composition import Composition

from tests.containers.walking import walk


@pytest.fixture(scope="module")
def profiles() -> str:
    return "simulated,postgres"


def test_the_first_walk(composition: Composition, password: str) -> None:
    assert "postgresql" in composition.services()
    walk(composition, password)


def test_a_rotated_certificate_is_shown_at_once(composition: Composition, password: str) -> None:
    composition.operator("tls", "rotate", "database")
    shown = composition.operator("tls", "show", "--json")
    assert "postgresql" in shown
    walk(composition, password)


def test_a_killed_server_comes_back(composition: Composition, password: str) -> None:
    pid = composition.container("postgresql")["State"]["Pid"]
    os.kill(pid, signal.SIGKILL)
    composition.await_healthy("postgresql", other_than=pid)
    walk(composition, password)
