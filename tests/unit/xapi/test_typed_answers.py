"""The type checker sees what is wrong with an answer of xapi before any run."""

import pytest

from tests.typing_check import check_each_is_caught

BEFORE = """
from typing import Any
from datamodel.classes import Message, MessageRef, Role, RoleRef, TaskRef
from datamodel.enums import Cls
from datamodel.objects import name_of
from pooldb import Transaction
from xapi import tasks
from xapi.context import Context, answers
from xapi.results import RecordOf, RecordsOf

def plain(context: Context, self: MessageRef) -> None: ...
async def coming(context: Context, self: MessageRef) -> None: ...

async def function(
    context: Context, tx: Transaction, ref: MessageRef, task: TaskRef, role: RoleRef
) -> None:
"""

RIGHT = """
    answers("message.destroy")(coming)
    label: str = context.view.get(Role, role).name_label
    created: TaskRef = await context.pool.write(lambda tx: tasks.create(tx, "", "label"))
    one = RecordOf(name_of(Message), context.view.get_row(Message, ref))
    tx.edit(Message, ref).cls = Cls.VM
"""

WRONG = {
    "a function that is not awaited": "answers('message.destroy')(plain)",
    "a reference of another class": "context.view.get(Role, task)",
    "a class by its name": "RecordOf('message', context.view.get_row(Message, ref))",
    "all records for one": "RecordOf(name_of(Message), context.view.rows(Message))",
    "one record for all": "RecordsOf(name_of(Message), context.view.get_row(Message, ref))",
    "a word that its enumeration does not have": "tx.edit(Message, ref).cls = 'VN'",
    "a misspelt field": "context.view.get(Role, role).name_lable",
    "an outcome of another type": (
        "wrong: MessageRef = await context.pool.write(lambda tx: tasks.create(tx, '', 'label'))"
    ),
    "what is not awaited": "context.view.get(Role, role).name_label + context.pool.run(str)",
}


@pytest.mark.timeout(600)
def test_each_kind_of_mistake_is_caught() -> None:
    check_each_is_caught(BEFORE, RIGHT, WRONG)
