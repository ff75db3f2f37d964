"""Objects that are only records: made and removed as they are told, and no more."""

import re
from typing import Any, NoReturn

from datamodel import XenAPIError
from datamodel.values import invalid_value

from forwarder.core.context import Context
from forwarder.core.registry import Function, implements

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CLASSES = ("secret", "user", "VM_group")


def _create(cls: str) -> Function:
    def create(ctx: Context, args: dict[str, Any]) -> str:
        with ctx.transaction() as tx:
            return tx.create(cls, args)

    return create


def _destroy(cls: str) -> Function:
    def destroy(ctx: Context, self: str) -> None:
        with ctx.transaction() as tx:
            tx.delete(cls, self)

    return destroy


for _cls in CLASSES:
    implements(f"{_cls}.create")(_create(_cls))
    implements(f"{_cls}.destroy")(_destroy(_cls))


@implements("secret.introduce")
def introduce_secret(ctx: Context, uuid: str, value: str, other_config: dict[str, str]) -> str:
    """A secret under a uuid of the caller's choice."""
    if not UUID.fullmatch(uuid):
        raise invalid_value("uuid", uuid)
    with ctx.transaction() as tx:
        if any(record["uuid"] == uuid for record in tx.all("secret").values()):
            raise XenAPIError("INVALID_VALUE", "uuid: a secret with it exists", uuid)
        values = {"uuid": uuid, "value": value, "other_config": other_config}
        return tx.create("secret", values)


@implements("network.add_purpose")
def add_purpose(ctx: Context, self: str, value: str) -> None:
    with ctx.transaction() as tx:
        old = tx.get("network", self)["purpose"]
        if value in old:
            return
        # NBD with and without encryption must not be mixed in one pool.
        other = {"nbd": "insecure_nbd", "insecure_nbd": "nbd"}[value]
        if any(other in network["purpose"] for network in tx.all("network").values()):
            raise XenAPIError("NETWORK_INCOMPATIBLE_PURPOSES", value, other)
        tx.update("network", self, {"purpose": [*old, value]})


@implements("network.remove_purpose")
def remove_purpose(ctx: Context, self: str, value: str) -> None:
    with ctx.transaction() as tx:
        kept = [purpose for purpose in tx.get("network", self)["purpose"] if purpose != value]
        tx.update("network", self, {"purpose": kept})


def _no_directory(ctx: Context, *_: object) -> NoReturn:
    """No outside directory is joined, so there is nobody whom one could ask."""
    raise XenAPIError("AUTH_IS_DISABLED")


for _wire in (
    *("subject.create", "subject.destroy", "subject.add_to_roles", "subject.remove_from_roles"),
    *("subject.get_permissions_name_label", "auth.get_group_membership"),
    *("auth.get_subject_identifier", "auth.get_subject_information_from_identifier"),
):
    implements(_wire)(_no_directory)
