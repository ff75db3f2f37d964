"""Each field of what snapshots, clones, copies and reverts make: the table, the code, the docs."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from datamodel import api
from datamodel.model import (
    BoolType,
    DateTimeType,
    EnumType,
    FloatType,
    IntType,
    MapType,
    RefType,
    SetType,
    Type,
)
from datamodel.refs import NULL_REF
from datamodel.values import default_record
from forwarder.core.context import Context
from forwarder.messages.vm.copy import copy_vm
from forwarder.messages.vm.revert import restore
from forwarder.records import devices
from forwarder.records.fields import TABLES, Fate, Operation, Table
from forwarder.records.new_vm import new_vm
from forwarder.storage.making import making, recorded
from pooldb import Transaction
from pooldb.relations import MANY_ENDS

DOCS = Path(__file__).parents[3] / "docs" / "snapshots.md"
COPIES = (Operation.SNAPSHOT, Operation.CLONE, Operation.COPY)
OF_A_RUN = {"allowed_operations", "current_operations", "power_state"}
"""What only the lifecycle sets; it is looked at elsewhere."""


@pytest.mark.parametrize("cls", TABLES)
def test_each_field_of_a_class_has_one_fate(cls: str) -> None:
    named = [name for names in TABLES[cls].groups.values() for name in names.split()]
    assert sorted(named) == sorted(api.classes[cls].fields)


@pytest.mark.parametrize("cls", TABLES)
def test_the_docs_have_the_same_table(cls: str) -> None:
    assert "\n".join(rendered(TABLES[cls])) in DOCS.read_text()


def rendered(table: Table) -> list[str]:
    columns = [", ".join(names) for names in table.columns]
    rows = [
        [", ".join(f"`{name}`" for name in names.split()), *fates]
        for fates, names in table.groups.items()
    ]
    return [
        f"| {' | '.join(cells)} |"
        for cells in (["field", *columns], ["---"] * (len(columns) + 1), *rows)
    ]


class Values:
    """Values that no field has by itself, each time others, with objects that they name."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._count = itertools.count(2)

    def record(self, cls: str) -> dict[str, Any]:
        fields = api.classes[cls].fields.values()
        settable = [f for f in fields if f.name not in MANY_ENDS[cls] and f.name not in OF_A_RUN]
        return {field.name: self.value(field.type) for field in settable}

    def value(self, type_: Type) -> Any:
        number = next(self._count)
        match type_:
            case BoolType():
                return True
            case IntType():
                return number
            case FloatType():
                return number + 0.5
            case DateTimeType():
                return f"20240101T00:00:{number % 60:02}Z"
            case EnumType(_, values):
                return values[-1]
            case RefType(cls):
                return self._tx.create(cls, {}) if cls != "VM" else NULL_REF
            case SetType(item):
                return [self.value(item)]
            case MapType(key, value):
                return {self.value(key): self.value(value)}
        return f"text {number}"


def check(
    cls: str,
    operation: Operation,
    made: Any,
    source: Any,
    own: Any = None,
) -> None:
    """Compare each field with the table: ``source`` is copied, ``own`` was there before."""
    empty = default_record(api.classes[cls])
    for name, fate in TABLES[cls].fates(operation).items():
        expected = {Fate.SAME: source, Fate.BLANK: empty, Fate.STAYS: own}.get(fate)
        if expected is not None and name not in OF_A_RUN:
            assert made[name] == expected[name], f"{cls}.{name} is not {fate}"


def vm_with_values(tx: Transaction, **settings: Any) -> str:
    vm = new_vm(tx, {"name_label": "vm"})
    tx.update("VM", vm, {**Values(tx).record("VM"), "domain_type": "pvh", **settings})
    return vm


@pytest.mark.parametrize("operation", COPIES)
def test_a_vm_is_copied_as_the_table_says(context: Context, operation: Operation) -> None:
    with context.transaction() as tx:
        source = vm_with_values(tx, is_a_template=False)
    made = copy_vm(context, source, "copy", operation)
    with context.transaction() as tx:
        check("VM", operation, _without_overhead(tx, made), _without_overhead(tx, source))
        assert tx.get("VM", made)["is_a_template"] is (operation is Operation.SNAPSHOT)


def _without_overhead(tx: Transaction, vm: str) -> dict[str, Any]:
    """A VM but for what follows from its other fields, which are nonsense here."""
    return {**tx.get("VM", vm), "memory_overhead": 0}


def test_a_vm_is_reverted_as_the_table_says(context: Context) -> None:
    with context.transaction() as tx:
        vm = vm_with_values(tx, is_a_template=False, snapshot_of=NULL_REF)
        then = tx.get("VM", vm)
    snapshot = copy_vm(context, vm, "snapshot", Operation.SNAPSHOT)
    with context.transaction() as tx:
        tx.update("VM", vm, {**Values(tx).record("VM"), "power_state": "Halted"})
        before = tx.get("VM", vm)
    restore(context, vm, snapshot)
    with context.transaction() as tx:
        check("VM", Operation.REVERT, tx.get("VM", vm), then, before)


@pytest.mark.parametrize("operation", COPIES)
def test_a_disk_is_copied_as_the_table_says(context: Context, operation: Operation) -> None:
    with context.transaction() as tx:
        source = disk_with_values(tx)
    with making(context) as disks:
        made = disks.copy(source, operation)
        with context.transaction() as tx:
            check("VDI", operation, tx.get("VDI", recorded(tx, made)), tx.get("VDI", source))


def disk_with_values(tx: Transaction) -> str:
    source = tx.create("VDI", {"virtual_size": 5, "location": "here", "managed": True})
    values = {**Values(tx).record("VDI"), "sharable": False, "on_boot": "persist", "type": "rrd"}
    tx.update("VDI", source, {**values, "snapshot_of": NULL_REF})
    tx.update("SR", values["SR"], {"type": "dummy"})
    return source


def test_a_disk_is_reverted_as_the_table_says(context: Context) -> None:
    with context.transaction() as tx:
        vm, disk = new_vm(tx, {"name_label": "vm"}), disk_with_values(tx)
        tx.update("VDI", disk, {"is_a_snapshot": False, "read_only": False})
        devices.add_vbd(tx, {"VM": vm, "VDI": disk, "type": "Disk", "userdevice": "0"})
    snapshot = copy_vm(context, vm, "snapshot", Operation.SNAPSHOT)
    with context.transaction() as tx:
        image = tx.get("VBD", tx.get("VM", snapshot)["VBDs"][0])["VDI"]
        tx.update(
            "VDI",
            disk,
            {
                **Values(tx).record("VDI"),
                "is_a_snapshot": False,
                "read_only": False,
                "snapshot_of": NULL_REF,
            },
        )
        before = tx.get("VDI", disk)
        tx.update("SR", before["SR"], {"type": "dummy"})
    restore(context, vm, snapshot)
    with context.transaction() as tx:
        made = {**tx.get("VDI", disk), "VBDs": before["VBDs"]}
        check("VDI", Operation.REVERT, made, tx.get("VDI", image), before)


@pytest.mark.parametrize("cls", ["VBD", "VIF"])
@pytest.mark.parametrize("operation", COPIES)
def test_devices_are_copied_as_the_table_says(
    context: Context, cls: str, operation: Operation
) -> None:
    with context.transaction() as tx:
        vm = new_vm(tx, {"name_label": "vm"})
        values = {**Values(tx).record(cls), "VM": vm, "device": "3"}
        drive = {"VDI": NULL_REF, "type": "CD"} if cls == "VBD" else {}
        source = tx.create(cls, {**values, **drive})
    many = f"{cls}s"
    made = copy_vm(context, vm, "copy", operation)
    with context.transaction() as tx:
        check(cls, operation, tx.get(cls, tx.get("VM", made)[many][0]), tx.get(cls, source))
        image = tx.get(cls, tx.get("VM", made)[many][0])
    if operation is Operation.SNAPSHOT:
        restore(context, vm, made)
        with context.transaction() as tx:
            check(cls, Operation.REVERT, tx.get(cls, tx.get("VM", vm)[many][0]), image)
