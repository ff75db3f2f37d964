"""Caller: clients whose calls are counted; calls are not counted yet."""

from typing import Any

from datamodel.values import invalid_value

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import refuses


@refuses("Caller.create")
def refuse_caller(ctx: PoolContext, args: dict[str, Any]) -> None:
    """Raise INVALID_VALUE unless user agent, address or both tell the caller from others."""
    patterns = (args["user_agent"], args["client_ip"])
    if not any(patterns):
        reason = "at least one of user_agent or client_ip must be set"
        raise invalid_value("user_agent/client_ip", reason)
    if all(pattern in ("", "*") for pattern in patterns):
        raise invalid_value("user_agent/client_ip", "all-wildcard pattern not allowed")


@refuses("Caller.query_group_call_count")
def refuse_call_count(ctx: PoolContext, group: str) -> None:
    _check_group(group)


@refuses("Caller.query_group_token_usage")
def refuse_token_usage(ctx: PoolContext, group: str) -> None:
    _check_group(group)


def _check_group(group: str) -> None:
    if not group:
        raise invalid_value("group", "empty group name")
