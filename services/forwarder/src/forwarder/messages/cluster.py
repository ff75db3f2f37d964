"""Cluster: hosts that watch each other for shared storage; Warren has no stack for that."""

from typing import NoReturn

from datamodel import XenAPIError
from datamodel.classes import NetworkRef, PIFRef
from datamodel.refusals import number
from datamodel.values import invalid_value

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements

TOKEN_TIMEOUT_MIN_S, TOKEN_COEFFICIENT_MIN_S = 1.0, 0.65


@implements("Cluster.create", looked_at=())
def create(
    ctx: PoolContext,
    pif: PIFRef,
    cluster_stack: str,
    pool_auto_join: bool,
    token_timeout: float,
    token_timeout_coefficient: float,
) -> NoReturn:
    """Refused: there is no cluster stack of any name."""
    raise XenAPIError("INVALID_CLUSTER_STACK", cluster_stack)


@implements("Cluster.pool_create", looked_at=())
def pool_create(
    ctx: PoolContext,
    network: NetworkRef,
    cluster_stack: str,
    token_timeout: float,
    token_timeout_coefficient: float,
) -> NoReturn:
    if token_timeout < TOKEN_TIMEOUT_MIN_S:
        raise invalid_value("token_timeout", number(token_timeout))
    if token_timeout_coefficient < TOKEN_COEFFICIENT_MIN_S:
        raise invalid_value("token_timeout_coefficient", number(token_timeout_coefficient))
    raise XenAPIError("INVALID_CLUSTER_STACK", cluster_stack)
