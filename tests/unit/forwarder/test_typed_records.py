"""The type checker sees what is wrong with records, references and operations before any run."""

import pytest

from tests.typing_check import check_each_is_caught

BEFORE = """
from datamodel.classes import SR, VBD, VM, HostRef, SRRef, VBDRef, VMRef
from forwarder.core.context import Context
from forwarder.core.pool_context import PoolContext
from pooldb import Reader, Transaction

def waiting(ctx: Context) -> None: ...
def function(
    ctx: Context, short: PoolContext, tx: Transaction, vm: VMRef, vbd: VBDRef, host: HostRef
) -> None:
"""

RIGHT = """
    tx.edit(VM, vm).name_label = tx.get(VM, vm).uuid
    tx.edit(VM, vm).resident_on = host
    new = tx.new(VBD, {"userdevice": "0"})
    new.VM = vm
    found: VM | None = tx.find(VM, vm)
    first: VMRef = next(iter(tx.all(VM)))
    named: SRRef = ctx.view.by_uuid(SR, "uuid")
    ctx.lock(VM, vm, "start")
    tx.delete(VBD, vbd)
    function(ctx, ctx, tx, vm, vbd, host)
"""

WRONG = {
    "a class that there is not": "tx.get(VN, vm)",
    "a class by its name": "tx.get('VM', vm)",
    "a reference of another class": "tx.get(VM, host)",
    "text for a reference": "tx.get(VM, 'OpaqueRef:1')",
    "a misspelt field that is read": "tx.get(VM, vm).power_stat",
    "a misspelt field of one that may not be there": "tx.find(VM, vm).power_stat",
    "a misspelt field of all": "[each.power_stat for each in tx.all(VM).values()]",
    "a misspelt field that is changed": "tx.edit(VM, vm).name_lable = 'x'",
    "a misspelt field of a new one": "tx.new(VM).name_lable = 'x'",
    "a value of another type": "tx.edit(VM, vm).VCPUs_max = '4'",
    "a word that its enumeration does not have": "tx.edit(VM, vm).power_state = 'Haltd'",
    "a reference to another class in a field": "tx.edit(VM, vm).resident_on = vm",
    "another class by uuid": "wrong: VMRef = ctx.view.by_uuid(SR, 'uuid')",
    "a reference of another class that is deleted": "tx.delete(VM, vbd)",
    "an operation that there is not": "ctx.lock(VM, vm, 'strat')",
    "an operation of another class": "ctx.lock(VBD, vbd, 'start')",
    "an object of another class that is locked": "ctx.lock(VM, vbd, 'start')",
    "a lock where nobody is waited for": "short.lock(VM, vm, 'start')",
    "time where nobody is waited for": "short.sleep(1.0)",
    "what waits where nobody is waited for": "waiting(short)",
}


@pytest.mark.timeout(600)
def test_each_kind_of_mistake_is_caught() -> None:
    check_each_is_caught(BEFORE, RIGHT, WRONG)
