"""The type checker sees what is wrong with an answer of xapi before any run."""

import pytest

from tests.typing_check import check_each_is_caught

BEFORE = """
from typing import Any
from datamodel.classes import VM, Message, MessageRef, Role, RoleRef, TaskRef, VMRef
from datamodel.enums import Cls
from datamodel.objects import name_of
from pooldb import Reader, Transaction
from pooldb.tasks import create
from xapi.context import Context, answers
from xapi.questions import asks
from xapi.results import RecordOf, RecordsOf

def plain(context: Context, self: MessageRef) -> None: ...
async def coming(context: Context, self: MessageRef) -> None: ...
def question(view: Reader, self: VMRef) -> bool: return True
def deed(tx: Transaction, self: VMRef) -> bool: return True

async def function(
    context: Context,
    tx: Transaction,
    view: Reader,
    ref: MessageRef,
    task: TaskRef,
    role: RoleRef,
    vm: VMRef,
) -> None:
"""

RIGHT = """
    answers("message.destroy")(coming)
    asks("VM.get_cooperative")(question)
    asks("VM.get_cooperative", looked_at=())(question)
    name: str = view.get(VM, vm).name_label
    label: str = context.view.get(Role, role).name_label
    created: TaskRef = await context.pool.write(lambda tx: create(tx, "", "label"))
    one = RecordOf(name_of(Message), context.view.get_row(Message, ref))
    tx.edit(Message, ref).cls = Cls.VM
"""

WRONG = {
    "a function that is not awaited": "answers('message.destroy')(plain)",
    "a question that is given what writes": "asks('VM.get_cooperative')(deed)",
    "a question that is awaited": "asks('VM.get_cooperative')(coming)",
    "a question that changes an object": "view.edit(VM, vm).name_label = 'changed'",
    "a reference of another class": "context.view.get(Role, task)",
    "a class by its name": "RecordOf('message', context.view.get_row(Message, ref))",
    "all records for one": "RecordOf(name_of(Message), context.view.rows(Message))",
    "one record for all": "RecordsOf(name_of(Message), context.view.get_row(Message, ref))",
    "a word that its enumeration does not have": "tx.edit(Message, ref).cls = 'VN'",
    "a misspelt field": "context.view.get(Role, role).name_lable",
    "an outcome of another type": (
        "wrong: MessageRef = await context.pool.write(lambda tx: create(tx, '', 'label'))"
    ),
    "what is not awaited": "context.view.get(Role, role).name_label + context.pool.run(str)",
}


@pytest.mark.timeout(600)
def test_each_kind_of_mistake_is_caught() -> None:
    check_each_is_caught(BEFORE, RIGHT, WRONG)
