"""External directories of users: Warren supports no type of directory, so none is in use."""

from datamodel import XenAPIError
from datamodel.classes import PoolRef

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements

Config = dict[str, str]


@implements("pool.enable_external_auth", looked_at=())
def enable_external_auth(
    ctx: PoolContext, pool: PoolRef, config: dict[str, str], service_name: str, auth_type: str
) -> None:
    raise XenAPIError("AUTH_UNKNOWN_TYPE", auth_type)


@implements("pool.disable_external_auth", looked_at=())
def disable_external_auth(ctx: PoolContext, pool: PoolRef, config: dict[str, str]) -> None:
    """Nothing to do: none is in use."""


@implements("pool.external_auth_set_ldaps", looked_at=())
def external_auth_set_ldaps(ctx: PoolContext, pool: PoolRef, ldaps: bool, force: bool) -> None:
    raise XenAPIError("AUTH_IS_DISABLED")
