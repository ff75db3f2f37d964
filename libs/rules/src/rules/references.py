"""Which references of a call are checked, and in which order, before its function runs."""

from typing import Any

from datamodel import XenAPIError, api, handle_invalid
from datamodel.classes import Host, HostRef
from datamodel.model import Message, RefType, SetType, Type
from datamodel.objects import ClassName, name_of
from datamodel.refs import is_null
from pooldb import Reader

from rules.lifecycle.host import is_live

ORDER = {
    "Bond.create": ("members", "network"),
    "PGPU.set_GPU_group": ("value", "self"),
    "PVS_proxy.create": ("VIF", "site"),
    "Rate_limit.add_caller": ("caller", "self"),
    "Rate_limit.remove_caller": ("caller", "self"),
    "host.allocate_resources_for_vm": ("vm", "self"),
    "VDI.generate_config": ("vdi", "host"),
    "pool.ha_compute_vm_failover_plan": ("failed_vms", "failed_hosts"),
}
"""The parameters whose references are checked, where it is not all of them in their order."""


def check(tx: Reader, message: Message, params: list[Any], order: tuple[str, ...]) -> None:
    """Raise HANDLE_INVALID[class, reference] for the first reference to no object.

    ``order`` names the parameters to check, in that order.
    """
    types = {param.name: param.type for param in message.params}
    values = dict(zip(types, params, strict=False))
    for name in order:
        for cls, ref in _references(types[name], values.get(name)):
            if not is_null(ref) and tx.find(cls, ref) is None:
                raise handle_invalid(cls, ref)


def order_of(message: Message) -> tuple[str, ...]:
    """The parameters to check unless a message's function says otherwise."""
    return ORDER.get(message.wire) or tuple(param.name for param in message.params)


def require_host(tx: Reader, message: Message, params: list[Any]) -> None:
    """Raise HOST_OFFLINE[host] unless the first host that the call names is there and answers."""
    named = zip(message.params, params, strict=False)
    require_live(tx, next(value for param, value in named if param.type == RefType(name_of(Host))))


def require_live(tx: Reader, host: HostRef) -> None:
    """Raise HOST_OFFLINE[host] unless the host is there and answers."""
    if not is_live(tx, host):
        raise XenAPIError("HOST_OFFLINE", host)


def _references(type_: Type, value: Any) -> list[tuple[ClassName, str]]:
    match type_:
        case RefType(cls) if api.classes[cls].in_database:
            return [(cls, value)]
        case SetType(RefType(cls)) if api.classes[cls].in_database:
            return [(cls, ref) for ref in value]
    return []
