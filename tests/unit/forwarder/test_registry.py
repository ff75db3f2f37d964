"""Every function takes what its message is declared to carry, and each message has one."""

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from datamodel import api
from datamodel.classes import HostRef, VMRef
from datamodel.model import Message
from forwarder import messages
from forwarder.core import registry, signatures
from forwarder.core.context import Context
from forwarder.core.registry import SecondFunction, UnknownMessage, implements, refuses
from forwarder.core.signatures import WrongSignature


def message(wire: str) -> Message:
    found = api.message(wire)
    assert found is not None
    return found


@pytest.mark.parametrize("wire", sorted(registry.FUNCTIONS))
def test_a_function_fits_its_message(wire: str) -> None:
    assert messages.DRAWERS
    signatures.check(message(wire), registry.FUNCTIONS[wire])


def right(ctx: Context, vm: VMRef, start_paused: bool, force: bool) -> None: ...
def by_position(ctx: Context, self: Any, value: Any, last: Any, /) -> Any: ...
def refusing(ctx: Context, vm: VMRef, *rest: object) -> NoReturn:
    raise NotImplementedError


@pytest.mark.parametrize("function", [right, by_position, refusing])
def test_what_fits_is_taken(function: Callable[..., Any]) -> None:
    signatures.check(message("VM.start"), function)


def other_name(ctx: Context, vm: VMRef, paused: bool, force: bool) -> None: ...
def other_order(ctx: Context, vm: VMRef, force: bool, start_paused: bool) -> None: ...
def other_class(ctx: Context, vm: HostRef, start_paused: bool, force: bool) -> None: ...
def plain_text(ctx: Context, vm: str, start_paused: bool, force: bool) -> None: ...
def other_type(ctx: Context, vm: VMRef, start_paused: str, force: bool) -> None: ...
def too_few(ctx: Context, vm: VMRef, start_paused: bool) -> None: ...
def too_many(ctx: Context, vm: VMRef, start_paused: bool, force: bool, x: str) -> None: ...
def too_few_by_position(ctx: Context, vm: Any, start_paused: Any, /) -> None: ...
def other_result(ctx: Context, vm: VMRef, start_paused: bool, force: bool) -> str: ...  # type: ignore[empty-body]
def untyped(ctx, vm, start_paused, force): ...  # type: ignore[no-untyped-def]


@pytest.mark.parametrize(
    "function",
    [
        *(
            other_name,
            other_order,
            other_class,
            plain_text,
            other_type,
            too_few,
            too_many,
            too_few_by_position,
        ),
        *(other_result, untyped),
    ],
)
def test_what_does_not_fit_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(WrongSignature, match=r"VM\.start"):
        signatures.check(message("VM.start"), function)


def test_a_record_and_a_result_have_their_types() -> None:
    def create(ctx: Context, args: dict[str, Any]) -> VMRef: ...  # type: ignore[empty-body]

    signatures.check(message("VM.create"), create)
    with pytest.raises(WrongSignature):
        signatures.check(message("VM.destroy"), create)


def test_a_message_has_one_function() -> None:
    assert "VM.start" in registry.FUNCTIONS
    for declare in (implements, refuses):
        with pytest.raises(SecondFunction):
            declare("VM.start")(right)


def test_there_is_no_function_of_what_is_no_message() -> None:
    with pytest.raises(UnknownMessage):
        implements("VM.begin")
