"""Secrets: passwords, kept apart from the records that use them."""

import re

from datamodel import XenAPIError
from datamodel.classes import Secret, SecretRef
from datamodel.objects import ref_of
from datamodel.values import invalid_value

from forwarder.core.patterns import creator, destroyer
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

implements("secret.create")(creator(Secret))
implements("secret.destroy")(destroyer(Secret))


@implements("secret.introduce")
def introduce(ctx: PoolContext, uuid: str, value: str, other_config: dict[str, str]) -> SecretRef:
    """Make a secret under a uuid of the caller's choice."""
    if not UUID.fullmatch(uuid):
        raise invalid_value("uuid", uuid)
    with ctx.transaction() as tx:
        if any(record.uuid == uuid for record in tx.all(Secret).values()):
            raise XenAPIError("INVALID_VALUE", "uuid: a secret with it exists", uuid)
        values = {"uuid": uuid, "value": value, "other_config": other_config}
        return ref_of(tx.new(Secret, values))
