"""Whatever the values, what a message raises is the API's own: each is tried with odd ones."""

from collections.abc import Iterator
from typing import Any

import pytest
from datamodel import XenAPIError, api
from datamodel.model import (
    BoolType,
    EnumType,
    FloatType,
    IntType,
    MapType,
    Message,
    RecordType,
    RefType,
    SetType,
    Type,
)
from datamodel.refs import NULL_REF
from datamodel.values import default_record
from forwarder.core import context as contexts
from forwarder.core import registry
from forwarder.core.context import Context

MODULES = {
    f"forwarder.messages.{name}"
    for name in (
        *("vif", "vif_addresses", "vm_settings", "vm_memory", "plain", "vm_services"),
        *("groups", "vm_appliance", "vbd", "vm_create"),
    )
}
MESSAGES = sorted(
    wire for wire, function in registry.FUNCTIONS.items() if function.__module__ in MODULES
)
TEXTS = [
    *("", " ", "-1", "0", "\u0663", "x" * 5000, "autodetect", "<p/>", "a/b c", "9" * 5000),
    *("00:16:3e:00:00:01", "10.0.0.1", "fe80::1%0", "10.0.0.1/24", NULL_REF),
]
INTEGERS = [0, 1, -1, 4096, 2**31, 2**63 - 1, -(2**63)]
OF_A_FIELD = 7
"""So many values of each of a record's fields, which are many, are tried."""

FLOATS = [0.0, 1.0, -1.0, 1e308, float("nan"), float("inf")]


class Objects:
    """One object of each class, for references to name."""

    def __init__(self, context: Context) -> None:
        self.refs: dict[str, str] = {}
        with context.transaction() as tx:
            for cls in ("pool", "host", "SR", "network", "VM_appliance", "GPU_group", "USB_group"):
                self.refs[cls] = tx.create(cls, {})
            self.refs["VDI"] = tx.create("VDI", {"SR": self.refs["SR"], "type": "user"})
            limits = dict.fromkeys(
                ["static_max", "static_min", "dynamic_max", "dynamic_min"], 2**27
            )
            vm = {f"memory_{name}": size for name, size in limits.items()}
            vm |= {"VCPUs_max": 2, "VCPUs_at_startup": 1, "HVM_shadow_multiplier": 1.0}
            vm |= {"power_state": "Halted", "domain_type": "hvm", "is_a_template": True}
            self.refs["VM"] = tx.create("VM", vm)
            owned = {"VM": self.refs["VM"], "currently_attached": False}
            vbd = {**owned, "userdevice": "0", "type": "CD", "mode": "RO", "empty": True}
            self.refs["VBD"] = tx.create("VBD", vbd)
            vif = {**owned, "device": "0", "network": self.refs["network"]}
            self.refs["VIF"] = tx.create("VIF", vif)

    def odd(self, type_: Type) -> list[Any]:
        match type_:
            case RefType(cls):
                return [self.refs.get(cls, NULL_REF), NULL_REF, "", "OpaqueRef:dead"]
            case EnumType(_, values):
                return list(values)
            case IntType():
                return INTEGERS
            case FloatType():
                return FLOATS
            case BoolType():
                return [False, True]
            case MapType(key, value):
                keys, values = self.odd(key), self.odd(value)
                return [{}, *({k: v} for k, v in zip(keys, values * len(keys), strict=False))]
            case SetType(item):
                found = self.odd(item)
                return [[], *([one] for one in found), found]
            case RecordType(cls):
                return list(self._records(cls))
        return TEXTS

    def _records(self, cls: str) -> Iterator[dict[str, Any]]:
        declared = api.classes[cls]
        empty = default_record(declared)
        plain = {name: empty[name] for name in declared.ctor_fields}
        for name in declared.ctor_fields:
            match declared.fields[name].type:
                case RefType("VM" | "network" as target):
                    plain[name] = self.refs[target]
        disk = {"userdevice": "1", "VDI": self.refs["VDI"], "type": "Disk", "mode": "RW"}
        plain |= disk if cls == "VBD" else {}
        plain |= {"device": "1", "MAC": "00:16:3e:00:00:01"} if cls == "VIF" else {}
        yield plain
        for name in declared.ctor_fields:
            for value in self.odd(declared.fields[name].type)[:OF_A_FIELD]:
                yield {**plain, name: value}

    def calls(self, message: Message) -> Iterator[list[Any]]:
        """Each parameter odd in turn, the others as they should be."""
        plain = [self.odd(param.type)[0] for param in message.params]
        for position, param in enumerate(message.params):
            for value in self.odd(param.type):
                yield [*plain[:position], value, *plain[position + 1 :]]


@pytest.mark.parametrize("wire", MESSAGES)
def test_what_is_raised_is_the_apis_own(
    context: Context, wire: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contexts, "LOCK_WAIT_S", 0.0)
    message = api.message(wire)
    assert message is not None
    objects = Objects(context)
    context.commit()
    for params in objects.calls(message):
        try:
            registry.run(context, wire, params)
        except XenAPIError as error:
            assert error.code != "INTERNAL_ERROR", params
        finally:
            context.abandon()  # the next call finds the objects as they were
