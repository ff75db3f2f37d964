"""What xapi answers itself is held against the declarations when it starts."""

import pytest
from datamodel.classes import MessageRef, RoleRef, TaskRef
from datamodel.signatures import SecondFunction, UnknownMessage, WrongSignature
from xapi import answers as modules
from xapi.context import ANSWERS, Answer, Context, answers
from xapi.results import RecordOf, RecordsOf

assert modules.__all__, "the functions declare themselves when they are imported"


@pytest.mark.parametrize("wire", sorted(ANSWERS))
def test_each_answer_fits_its_message(wire: str) -> None:
    registry: dict[str, Answer] = {}
    answers(wire, registry)(ANSWERS[wire])
    assert registry == {wire: ANSWERS[wire]}


async def destroy(context: Context, self: MessageRef) -> None:
    raise NotImplementedError


async def other_name(context: Context, message: MessageRef) -> None:
    raise NotImplementedError


async def other_class(context: Context, self: TaskRef) -> None:
    raise NotImplementedError


async def plain_text(context: Context, self: str) -> None:
    raise NotImplementedError


async def too_many(context: Context, self: MessageRef, force: bool) -> None:
    raise NotImplementedError


async def result_of_none(context: Context, self: MessageRef) -> MessageRef:
    raise NotImplementedError


async def record(context: Context, self: MessageRef) -> RecordOf:
    raise NotImplementedError


async def records(context: Context) -> RecordsOf:
    raise NotImplementedError


async def text_for_a_word(context: Context, cls: str, obj_uuid: str, since: str) -> RecordsOf:
    raise NotImplementedError


async def text_for_references(context: Context, self: RoleRef) -> list[str]:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("wire", "function"),
    [
        ("message.destroy", other_name),
        ("message.destroy", other_class),
        ("message.destroy", plain_text),
        ("message.destroy", too_many),
        ("message.destroy", result_of_none),
        ("message.destroy", record),
        ("message.get_record", records),
        ("message.get_all_records", record),
        ("message.get_all", records),
        ("message.get", text_for_a_word),
        ("role.get_permissions", text_for_references),
    ],
)
def test_what_does_not_fit_is_refused(wire: str, function: Answer) -> None:
    with pytest.raises(WrongSignature, match=wire.replace(".", r"\.")):
        answers(wire, {})(function)


def test_a_message_has_one_answer() -> None:
    with pytest.raises(SecondFunction):
        answers("message.destroy")(destroy)


def test_there_is_no_answer_of_what_is_no_message() -> None:
    with pytest.raises(UnknownMessage):
        answers("message.forget")
