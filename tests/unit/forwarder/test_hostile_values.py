"""Odd values, message by message, on a pool without hosts: errors are the API's own."""

import contextlib
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pooldb
import pytest
from datamodel import XenAPIError, api
from datamodel.model import Message, Native
from datamodel.values import to_native
from datamodel.wire import xmlrpc
from forwarder import firstboot
from forwarder.core import context as contexts
from forwarder.core import registry
from forwarder.core.context import Context, Work
from forwarder.locks import locking
from forwarder.records import devices
from forwarder.records.new_vm import new_vm
from pooldb import Database, Transaction
from xapi.implicit import constructor_record
from xenops.envelope import call_of

from tests.fuzz.judge import is_wrong
from tests.fuzz.values import CLASSES, DEAD, Drawer, Symbol

MIB = 1024 * 1024
NULL = "OpaqueRef:NULL"
XML = xmlrpc.Codec(api.classes)
POOL = {
    "pool_name": "pool",
    "hosts": [
        {
            **{"uuid": f"00000000-0000-0000-0000-00000000000{number}", "name": f"h{number}"},
            **{"address": "192.0.2.1", "cpus": 2, "memory_total_kib": 4 * MIB},
        }
        for number in (1, 2)
    ],
}
MESSAGES = [message for message in api.messages.values() if message.impl != "db"]
BY_CLASS = sorted({message.cls for message in MESSAGES})
EACH = 6
"""How many odd values each parameter gets; `make fuzz` draws more."""


class Obedient:
    """Hosts that can be asked nothing and do all work at once; both must have a form."""

    def ask(
        self,
        host: str,
        call: Callable[..., Any],
        operation: str,
        debug: str,
        timeout_s: float,
        *args: Any,
        **params: Any,
    ) -> Any:
        found = call_of(call)
        found.request(operation, "", found.bind(*args, **params))
        raise XenAPIError("HOST_OFFLINE", host)

    def run(self, context: Context, host: str, work: Work) -> dict[str, str]:
        work.call.interface.request(work.wire, {**work.params, "debug_info": ""}, work.operation)
        return {}

    def answering(self, hosts: list[str], *_: Any) -> dict[str, bool]:
        return dict.fromkeys(hosts, False)

    def drop_work(self, host: str) -> None:
        pass


def populate(tx: Transaction) -> None:
    """A pool with something of each class, and a VM in each state."""
    firstboot.populate(tx, POOL)
    for record in tx.all("host").values():
        tx.update("host_metrics", record["metrics"], {"live": True})
    for cls in CLASSES:
        if cls not in ("pool", "role"):
            tx.create(cls, {})
    host, sr, network = (next(iter(tx.all(cls))) for cls in ("host", "SR", "network"))
    limits = {f"memory_{limit}": 64 * MIB for limit in ("static_max", "static_min")}
    limits |= {f"memory_{limit}": 64 * MIB for limit in ("dynamic_max", "dynamic_min")}
    for state in ("Halted", "Running", "Paused", "Suspended"):
        vm = new_vm(tx, {**limits, "VCPUs_max": 1, "VCPUs_at_startup": 1})
        disk = tx.create("VDI", {"SR": sr, "virtual_size": MIB, "type": "user", "managed": True})
        for place, vdi, kind in (("0", disk, "Disk"), ("3", NULL, "CD")):
            values = {"userdevice": place, "type": kind, "mode": "RO", "empty": vdi == NULL}
            devices.add_vbd(tx, {"VM": vm, "VDI": vdi, **values})
        interface = {"network": network, "device": "0", "MAC": "02:00:00:00:00:01"}
        devices.add_vif(tx, {"VM": vm, **interface})
        here = host if state in ("Running", "Paused") else NULL
        tx.update("VM", vm, {"power_state": state, "resident_on": here})
    for cls in locking.TABLES:
        for ref in tx.all(cls):
            locking.refresh(tx, cls, ref)


def resolved(db: Database, symbol: Symbol) -> Any:
    match symbol:
        case {"$live": [cls, int(which)]}:
            refs = db.view.refs(cls) if cls in CLASSES else []
            return refs[which % len(refs)] if refs else DEAD
        case {"$uuid": [cls, which]}:
            ref = resolved(db, {"$live": [cls, which if isinstance(which, int) else 0]})
            return (db.view.find(cls, ref) or {}).get("uuid", "")
        case {"$text": parts}:
            return "".join(str(resolved(db, part)) for part in parts)
        case {"$map": pairs}:
            return {str(resolved(db, key)): resolved(db, value) for key, value in pairs}
        case list():
            return [resolved(db, item) for item in symbol]
    return symbol


def tries(db: Database, message: Message) -> Iterator[list[Native]]:
    """Parameters of a message, each odd in its turn; those of a wrong type go no further."""
    drawer = Drawer(Random(message.wire))
    for victim in message.params:
        for _ in range(EACH):
            given = [
                drawer.hostile(param.type, param.name)
                if param is victim
                else drawer.good(param.type, param.name)
                for param in message.params
            ]
            values = [resolved(db, value) for value in given]
            typed = list(zip(message.params, values, strict=True))
            if any(is_wrong(param.type, value) for param, value in typed):
                continue
            if message.implicit == "create":
                with contextlib.suppress(XenAPIError):
                    yield [constructor_record(message, *values)]
            else:
                yield [to_native(param.type, value, api.classes) for param, value in typed]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """One pool for all: what a message has written goes when its answer is judged."""
    db = pooldb.connect(f"sqlite:///{tmp_path_factory.mktemp('pool') / 'pool.db'}")
    with db.transaction() as tx:
        populate(tx)
    return db


@pytest.mark.parametrize("cls", BY_CLASS)
def test_what_is_odd_is_answered_in_the_apis_words(
    db: Database, context: Context, cls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contexts, "LOCK_WAIT_S", 0.0)
    monkeypatch.setattr(context, "hosts", Obedient())
    failed: list[tuple[str, list[Native], Exception]] = []
    for message in MESSAGES:
        for params in tries(db, message) if message.cls == cls else ():
            try:
                result = registry.run(context, message.wire, params)
                XML.encode(message.result, result)
                json.dumps(result, allow_nan=False)
            except XenAPIError as error:
                if error.code == "INTERNAL_ERROR":
                    failed.append((message.wire, params, error))
            except Exception as error:
                failed.append((message.wire, params, error))
            finally:
                context.abandon()
            # What goes outside commits its locks first.
            with db.transaction() as tx:
                locking.end_all(tx, context.task)
    assert failed == []


def test_a_drive_is_not_given_no_medium(db: Database, context: Context) -> None:
    drive = next(ref for ref, vbd in db.view.all("VBD").items() if vbd["empty"])
    with pytest.raises(XenAPIError) as refused:
        registry.run(context, "VBD.insert", [drive, NULL])
    assert refused.value.description == ["HANDLE_INVALID", "VDI", NULL]
    context.abandon()


@pytest.mark.parametrize("call", ["[" * 9000, '{"a":' * 9000])
def test_an_extension_called_by_what_nests_too_deep_is_unknown(
    db: Database, context: Context, call: str
) -> None:
    host = db.view.refs("host")[0]
    with pytest.raises(XenAPIError) as refused:
        registry.run(context, "host.call_extension", [host, call])
    assert refused.value.description == ["MESSAGE_METHOD_UNKNOWN", call]
    context.abandon()
