"""A message's function stands in the drawer of its class, where a newcomer looks for it."""

import importlib
import subprocess
import sys
from collections.abc import Iterator

import pytest
from forwarder import messages
from forwarder.core import registry

SAYS_WHERE = """
import sys
from forwarder.core import registry

declaring = registry._declaring

def noting(where, wire, looked_at):
    frame = sys._getframe(2)
    print(wire, frame.f_globals["__name__"])
    return declaring(where, wire, looked_at)

registry._declaring = noting
from forwarder import messages
"""
"""Prints each message with the module that declares its function, as the process starts."""


def declared() -> Iterator[tuple[str, str]]:
    said = subprocess.run(
        [sys.executable, "-c", SAYS_WHERE], check=True, capture_output=True, text=True
    )
    for line in said.stdout.splitlines():
        wire, module = line.split()
        yield wire, module


def test_each_function_stands_in_its_class_s_drawer() -> None:
    found = dict(declared())
    assert set(found) == registry.FUNCTIONS.keys() | registry.REFUSALS.keys()
    for wire, module in found.items():
        drawer = f"{messages.__name__}.{wire.partition('.')[0].lower()}"
        assert module == drawer or module.startswith(f"{drawer}."), wire


@pytest.mark.parametrize("name", messages.DRAWERS)
def test_a_drawer_says_what_is_in_it(name: str) -> None:
    assert importlib.import_module(name).__doc__
