"""Every function takes what its message is declared to carry, and each message has one."""

import pytest
from datamodel import signatures
from datamodel.classes import VMRef
from datamodel.signatures import SecondFunction, UnknownMessage, message_of
from forwarder import messages
from forwarder.core import registry
from forwarder.core.context import Context
from forwarder.core.registry import implements, refuses


@pytest.mark.parametrize("wire", sorted(registry.FUNCTIONS))
def test_a_function_fits_its_message(wire: str) -> None:
    assert messages.DRAWERS
    signatures.check(message_of(wire), registry.FUNCTIONS[wire])


def right(ctx: Context, vm: VMRef, start_paused: bool, force: bool) -> None: ...


def test_a_message_has_one_function() -> None:
    assert "VM.start" in registry.FUNCTIONS
    for declare in (implements, refuses):
        with pytest.raises(SecondFunction):
            declare("VM.start")(right)


def test_there_is_no_function_of_what_is_no_message() -> None:
    with pytest.raises(UnknownMessage):
        implements("VM.begin")
