"""Each error of a host's daemons has its words in the XenAPI."""

import re
from pathlib import Path

import pytest
from datamodel import api
from forwarder.daemons.errors import INTERFACES, translate
from xenops.errors import Failure, XenopsError, interrupted, unexpected
from xenops.sizes import KIB
from xenops.squeezed import SqueezedError
from xenops.storage import StorageError
from xenops.types import PowerState

FULL = "OperationalError: database or disk is full"
ROOT = Path(__file__).parents[3]

WITHOUT_WORDS = {
    XenopsError: {"Internal_error"},
    # Who knows reservations and domains is xenopsd, which speaks of them in words of its own.
    SqueezedError: {
        *("Internal_error", "Unknown_reservation", "No_reservation"),
        "Domains_refused_to_cooperate",
    },
    StorageError: set(),
}
"""What a daemon raises that is a bug where a client sees it."""


def test_every_interface_has_a_row() -> None:
    declared = {kind for kind in Failure.__subclasses__() if kind.__module__.startswith("xenops.")}
    assert set(INTERFACES) == declared


@pytest.mark.parametrize("kind", INTERFACES)
def test_every_translation_is_of_an_error_that_exists(kind: type[Failure]) -> None:
    assert set(INTERFACES[kind].translations) <= set(kind.variant.tags)


@pytest.mark.parametrize("kind", INTERFACES)
def test_every_error_that_a_host_raises_has_its_words(kind: type[Failure]) -> None:
    """What has none is a bug of the host's, and says so."""
    raised = {
        tag
        for package in ("services/xenopsd", "services/squeezed", "libs/daemon", "libs/xenops")
        for path in (ROOT / package).rglob("*.py")
        for tag in re.findall(rf'{kind.__name__}\(\s*"(\w+)"', path.read_text())
    }
    assert raised - set(INTERFACES[kind].translations) == WITHOUT_WORDS[kind]


@pytest.mark.parametrize(
    ("error", "description"),
    [
        (
            XenopsError("Does_not_exist", ("VM", "x")),
            ["VM_BAD_POWER_STATE", "vm", "running", "halted"],
        ),
        (XenopsError("Does_not_exist", ("VBD", "x/xvda")), ["DEVICE_NOT_ATTACHED", "vm"]),
        (unexpected("OperationalError: database or disk is full"), ["OUT_OF_SPACE", FULL]),
        (interrupted("xenopsd died"), ["HOST_STILL_BOOTING"]),
        (XenopsError("Already_exists", ("domain", "x")), ["DOMAIN_EXISTS", "vm", "x"]),
        (
            XenopsError("Bad_power_state", (PowerState.Running, PowerState.Halted)),
            ["VM_BAD_POWER_STATE", "vm", "halted", "running"],
        ),
        (XenopsError("Cancelled", "x"), ["TASK_CANCELLED", "task"]),
        (
            XenopsError("Cannot_free_this_much_memory", (2, 1)),
            ["HOST_NOT_ENOUGH_FREE_MEMORY", "2", "1"],
        ),
        (
            XenopsError("Internal_error", "oh"),
            ["INTERNAL_ERROR", "xenopsd internal error: Internal_error'oh'"],
        ),
        (
            SqueezedError("Cannot_free_this_much_memory", (2, 1)),
            ["HOST_NOT_ENOUGH_FREE_MEMORY", str(2 * KIB), str(KIB)],
        ),
        (SqueezedError("Invalid_memory_value", -1), ["INVALID_VALUE", "memory", str(-KIB)]),
        (
            SqueezedError("Unknown_reservation", "1"),
            ["INTERNAL_ERROR", "squeezed internal error: Unknown_reservation'1'"],
        ),
    ],
)
def test_translations(error: Failure, description: list[str]) -> None:
    found = translate(error, "vm", "task")
    assert found.description == description
    assert found.code in api.errors
