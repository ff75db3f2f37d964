"""What the installed version of Warren gives to every pool, also to a pool older than it."""

from typing import Any

from datamodel.classes import SM, Host, Pool
from datamodel.objects import name_of
from pooldb import Transaction
from rules.values.restrictions import EDITION, LICENSE_PARAMS, RESTRICTIONS

from forwarder import drivers
from forwarder.updates import storage

API_VERSION = (2, 23)
_API = ".".join(map(str, API_VERSION))

PRODUCT: dict[str, str] = {
    "product_brand": "Warren",
    # The releases whose XenAPI Warren speaks: clients decide from them what they may call.
    **{"product_version": "8.3.0", "product_version_text": "8.3"},
    **{"product_version_text_short": "8.3", "platform_name": "XCP", "platform_version": "3.4.0"},
    **{"xapi": "26.17", "xapi_build": "26.17.0", "xencenter_min": _API, "xencenter_max": _API},
}
"""The part of ``host.software_version`` that is the same on all hosts; docs/clients.md says why."""

LICENCE: dict[str, Any] = {
    "edition": EDITION,
    "editions": [EDITION],
    "license_params": LICENSE_PARAMS,
}
"""Fields of a host."""


def settle(tx: Transaction) -> None:
    """Bring the pool's records up to this version; records that are so already are not written."""
    for ref in tx.refs(Pool):
        tx.edit(Pool, ref).restrictions = RESTRICTIONS
    for host_ref, host in tx.all(Host).items():
        software = {"software_version": {**host.software_version, **PRODUCT}}
        tx.update(name_of(Host), host_ref, {**LICENCE, **software})
    settle_drivers(tx)


def settle_drivers(tx: Transaction) -> None:
    """Have a record for each driver and each type that hosts serve, and for no other."""
    known = {record.type: ref for ref, record in tx.all(SM).items()}
    for type_ in drivers.DRIVERS:
        if type_ not in known:
            tx.new(SM, drivers.record(type_))
        else:
            tx.update(name_of(SM), known[type_], drivers.record(type_))
    storage.settle_types(tx)
