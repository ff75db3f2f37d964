"""The outside directory of users: Warren knows no kind of one, so none is ever in use."""

from datamodel import XenAPIError

from forwarder.core.context import Context
from forwarder.core.registry import implements

Config = dict[str, str]


@implements("pool.enable_external_auth", looked_at=())
def enable_in_pool(
    ctx: Context, pool: str, config: Config, service_name: str, auth_type: str
) -> None:
    raise XenAPIError("AUTH_UNKNOWN_TYPE", auth_type)


@implements("host.enable_external_auth")
def enable(ctx: Context, host: str, config: Config, service_name: str, auth_type: str) -> None:
    raise XenAPIError("AUTH_UNKNOWN_TYPE", auth_type)


@implements("pool.disable_external_auth", looked_at=())
def disable_in_pool(ctx: Context, pool: str, config: Config) -> None:
    """What is not in use is given up already."""


@implements("host.disable_external_auth")
def disable(ctx: Context, host: str, config: Config, force: bool) -> None:
    """What is not in use is given up already."""


@implements("pool.external_auth_set_ldaps", looked_at=())
def set_ldaps_in_pool(ctx: Context, pool: str, ldaps: bool, force: bool) -> None:
    raise XenAPIError("AUTH_IS_DISABLED")


@implements("host.external_auth_set_ldaps")
def set_ldaps(ctx: Context, host: str, ldaps: bool, force: bool) -> None:
    raise XenAPIError("AUTH_IS_DISABLED")


@implements("pool.detect_nonhomogeneous_external_auth", looked_at=())
def detect_nonhomogeneous(ctx: Context, pool: str) -> None:
    """All hosts are alike in having none."""
