"""Each error of xenopsd has its words in the XenAPI."""

import re
from pathlib import Path

import pytest
from datamodel import api
from forwarder.daemons.errors import TABLE, translate
from xenops.errors import XenopsError, interrupted, unexpected
from xenops.types import ErrorsError, PowerState

FULL = "OperationalError: database or disk is full"
ROOT = Path(__file__).parents[3]


def test_every_translation_is_of_an_error_that_exists() -> None:
    assert set(TABLE) <= set(ErrorsError.tags)


def test_every_error_that_a_host_raises_has_its_words() -> None:
    """What has none is a bug of the host's, and says so."""
    raised = {
        tag
        for package in ("services/xenopsd", "services/squeezed", "libs/daemon", "libs/xenops")
        for path in (ROOT / package).rglob("*.py")
        for tag in re.findall(r'XenopsError\(\s*"(\w+)"', path.read_text())
    }
    assert "Does_not_exist" in raised
    assert raised - set(TABLE) == {"Internal_error"}


@pytest.mark.parametrize(
    ("error", "description"),
    [
        (
            XenopsError("Does_not_exist", ("VM", "x")),
            ["VM_BAD_POWER_STATE", "vm", "running", "halted"],
        ),
        (XenopsError("Does_not_exist", ("VBD", "x/xvda")), ["DEVICE_NOT_ATTACHED", "vm"]),
        (unexpected("OperationalError: database or disk is full"), ["OUT_OF_SPACE", FULL]),
        (interrupted("xenopsd died"), ["HOST_STILL_BOOTING", "xenopsd died"]),
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
    ],
)
def test_translations(error: XenopsError, description: list[str]) -> None:
    found = translate(error, "vm", "task")
    assert found.description == description
    assert found.code in api.errors
