"""A function fits its message by the declared names and types, or the process does not start."""

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from datamodel import signatures
from datamodel.classes import HostRef, VMRef
from datamodel.signatures import UnknownMessage, WrongSignature, message_of


class Context:
    """What a service gives its functions first; it is not looked at."""


class Carrier:
    """What a service carries a result in."""


def right(ctx: Context, vm: VMRef, start_paused: bool, force: bool) -> None: ...
def by_position(ctx: Context, self: Any, value: Any, last: Any, /) -> Any: ...
def refusing(ctx: Context, vm: VMRef, *rest: object) -> NoReturn:
    raise NotImplementedError


@pytest.mark.parametrize("function", [right, by_position, refusing])
def test_what_fits_is_taken(function: Callable[..., Any]) -> None:
    signatures.check(message_of("VM.start"), function)


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
        signatures.check(message_of("VM.start"), function)


def test_a_record_and_a_result_have_their_types() -> None:
    def create(ctx: Context, args: dict[str, Any]) -> VMRef: ...  # type: ignore[empty-body]

    signatures.check(message_of("VM.create"), create)
    with pytest.raises(WrongSignature):
        signatures.check(message_of("VM.destroy"), create)


def test_what_carries_a_result_stands_for_it() -> None:
    def get_record(ctx: Context, self: VMRef) -> Carrier: ...  # type: ignore[empty-body]

    signatures.check(message_of("VM.get_record"), get_record, carriers=(Carrier,))
    with pytest.raises(WrongSignature):
        signatures.check(message_of("VM.get_record"), get_record)


def test_what_only_refuses_answers_nothing() -> None:
    def clone(ctx: Context, vm: VMRef, new_name: str) -> None: ...

    signatures.check(message_of("VM.clone"), clone, answers=False)
    with pytest.raises(WrongSignature):
        signatures.check(message_of("VM.clone"), clone)


def test_there_is_no_message_of_a_name_that_there_is_not() -> None:
    with pytest.raises(UnknownMessage):
        message_of("VM.begin")
