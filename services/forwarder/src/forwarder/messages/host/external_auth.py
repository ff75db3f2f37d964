"""External directories of users: Warren supports no type of directory, so none is in use."""

from datamodel import XenAPIError
from datamodel.classes import HostRef

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements

Config = dict[str, str]


@implements("host.enable_external_auth")
def enable_external_auth(
    ctx: PoolContext, host: HostRef, config: dict[str, str], service_name: str, auth_type: str
) -> None:
    raise XenAPIError("AUTH_UNKNOWN_TYPE", auth_type)


@implements("host.disable_external_auth")
def disable_external_auth(
    ctx: PoolContext, host: HostRef, config: dict[str, str], force: bool
) -> None:
    """Nothing to do: none is in use."""


@implements("host.external_auth_set_ldaps")
def external_auth_set_ldaps(ctx: PoolContext, host: HostRef, ldaps: bool, force: bool) -> None:
    raise XenAPIError("AUTH_IS_DISABLED")
