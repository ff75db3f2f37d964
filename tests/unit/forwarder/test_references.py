"""What is looked at before a message's function runs."""

from typing import Any, cast

import pytest
from datamodel import XenAPIError, api
from datamodel.model import RefType
from forwarder.core import registry
from forwarder.core.context import Context
from forwarder.daemons.hosts import Hosts
from pooldb import Database
from rules import references

from tests.unit.forwarder.test_adrift import Silence

DEAD = "OpaqueRef:00000000-0000-0000-0000-000000000000"


def host(db: Database, *, live: bool) -> str:
    with db.transaction() as tx:
        metrics = tx.create("host_metrics", {"live": live})
        return tx.create("host", {"metrics": metrics, "name_label": "h"})


def refusal(context: Context, wire: str, *params: Any) -> list[str]:
    with pytest.raises(XenAPIError) as refused:
        registry.run(context, wire, list(params))
    return refused.value.description


@pytest.mark.parametrize("wire", sorted(registry.ON_HOST))
def test_a_message_that_a_host_answers_names_one(wire: str) -> None:
    message = api.message(wire)
    assert message is not None
    assert sum(param.type == RefType("host") for param in message.params) == 1


@pytest.mark.parametrize("wire", sorted({**references.ORDER, **registry.LOOKED_AT}))
def test_what_is_looked_at_are_parameters(wire: str) -> None:
    message = api.message(wire)
    assert message is not None
    order = registry.LOOKED_AT.get(wire, references.ORDER.get(wire, ()))
    assert set(order) <= {param.name for param in message.params}


def test_a_host_that_does_not_answer_is_offline(db: Database, context: Context) -> None:
    silent = host(db, live=False)
    assert refusal(context, "host.dmesg", silent) == ["HOST_OFFLINE", silent]
    assert refusal(context, "network.attach", DEAD, DEAD) == ["HOST_OFFLINE", DEAD]
    assert refusal(context, "host.dmesg", host(db, live=True)) == ["NOT_IMPLEMENTED", "host.dmesg"]


def test_references_are_looked_at_in_order(db: Database, context: Context) -> None:
    assert refusal(context, "VM.start_on", DEAD, DEAD, False, False) == [
        "HANDLE_INVALID",
        "VM",
        DEAD,
    ]
    said = refusal(context, "Bond.create", DEAD, [DEAD], "", "balance-slb", {})
    assert said == ["HANDLE_INVALID", "PIF", DEAD]


def test_what_does_not_work_yet_refuses_bad_values_first(context: Context) -> None:
    assert refusal(context, "pool.crl_install", "x", "") == ["CRL_NAME_INVALID", "x"]
    assert refusal(context, "pool.crl_install", "x.pem", "") == [
        "NOT_IMPLEMENTED",
        "pool.crl_install",
    ]


def test_a_silent_host_is_declared_dead_and_destroyed(db: Database, context: Context) -> None:
    silent = host(db, live=False)
    with db.transaction() as tx:
        control = tx.create("VM", {"is_control_domain": True, "resident_on": silent})
        running = {"power_state": "Running", "resident_on": silent}
        vm = tx.create("VM", {**running, "metrics": tx.create("VM_metrics", {})})
        cpu = tx.create("host_cpu", {"host": silent})
        tx.update("host", silent, {"control_domain": control})
        vbd = tx.create("VBD", {"VM": control, "currently_attached": True})
        console = tx.create("console", {"VM": control})
    host(db, live=True)
    context.hosts = cast(Hosts, Silence())
    assert refusal(context, "host.destroy", silent) == ["HOST_HAS_RESIDENT_VMS", silent]
    registry.run(context, "host.declare_dead", [silent])
    assert context.view.get("VM", vm)["power_state"] == "Halted"
    assert not context.view.get("VBD", vbd)["currently_attached"]
    registry.run(context, "host.destroy", [silent])
    context.commit()
    records = {"host": silent, "VM": control, "host_cpu": cpu, "VBD": vbd, "console": console}
    for cls, ref in records.items():
        assert db.view.find(cls, ref) is None
    assert db.view.count("host_metrics") == 1
