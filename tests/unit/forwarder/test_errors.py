"""Each error of xenopsd has its words in the XenAPI."""

import pytest
from datamodel import api
from forwarder.errors import TABLE, translate
from xenops.errors import XenopsError
from xenops.types import ErrorsError, PowerState


def test_every_translation_is_of_an_error_that_exists() -> None:
    assert set(TABLE) <= set(ErrorsError.tags)


@pytest.mark.parametrize(
    ("error", "description"),
    [
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
