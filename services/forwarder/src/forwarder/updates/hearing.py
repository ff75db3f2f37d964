"""When each host was last heard, and which are silent."""

import logging
from collections.abc import Mapping

from datamodel.classes import Host, HostMetrics, HostRef
from pooldb import Transaction
from rules.lifecycle.host import is_live

from forwarder.doubts import keeping

log = logging.getLogger(__name__)

SILENCE_MAX_S = 30.0

HEARD = "heard"
"""kv namespace: host → when it was last heard, by the database's clock.

All forwarders share it, because each report goes to only one of them, not always the same.
"""


def hear(tx: Transaction, host: HostRef) -> None:
    """A host has said something, so it is live if it belongs to the pool."""
    record = tx.find(Host, host)
    if record is None:
        return
    tx.kv_set(HEARD, host, tx.now())
    if not is_live(tx, host):
        keeping.is_heard_again(tx, host)
        tx.edit(HostMetrics, record.metrics).live = True


def look_for_unheard(tx: Transaction) -> dict[HostRef, float]:
    """The live hosts that have been silent for too long, with when they were heard last.

    A host that was never heard counts as heard now.
    """
    heard = tx.kv_items(HEARD)
    unheard = {}
    for ref in [ref for ref in tx.all(Host) if is_live(tx, ref)]:
        if ref not in heard:
            tx.kv_set(HEARD, ref, tx.now())
        elif tx.now() - heard[ref] > SILENCE_MAX_S:
            unheard[ref] = heard[ref]
    return unheard


def conclude(
    tx: Transaction, unheard: Mapping[HostRef, float], said: Mapping[HostRef, bool]
) -> None:
    """Count hosts that answered as heard, the others as silent unless they were heard meanwhile."""
    for ref, answers in said.items():
        if answers:
            hear(tx, ref)
        elif tx.find(Host, ref) is not None and tx.kv_get(HEARD, ref) == unheard[ref]:
            host = tx.get(Host, ref)
            log.warning("host %s is silent", host.name_label)
            tx.edit(HostMetrics, host.metrics).live = False
