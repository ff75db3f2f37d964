"""The outside directory of users: Warren knows no kind of one, so none is ever in use."""

from datamodel import XenAPIError

from forwarder.core.context import Context
from forwarder.core.registry import implements

Config = dict[str, str]


@implements("pool.enable_external_auth", looked_at=())
def enable_external_auth(
    ctx: Context, pool: str, config: Config, service_name: str, auth_type: str
) -> None:
    raise XenAPIError("AUTH_UNKNOWN_TYPE", auth_type)


@implements("pool.disable_external_auth", looked_at=())
def disable_external_auth(ctx: Context, pool: str, config: Config) -> None:
    """What is not in use is given up already."""


@implements("pool.external_auth_set_ldaps", looked_at=())
def external_auth_set_ldaps(ctx: Context, pool: str, ldaps: bool, force: bool) -> None:
    raise XenAPIError("AUTH_IS_DISABLED")


@implements("pool.detect_nonhomogeneous_external_auth", looked_at=())
def detect_nonhomogeneous_external_auth(ctx: Context, pool: str) -> None:
    """All hosts are alike in having none."""
