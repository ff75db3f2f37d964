"""Rate_limit: how often callers may call; calls are not counted yet."""

from typing import Any

from datamodel.refusals import number
from datamodel.values import invalid_value

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import refuses


@refuses("Rate_limit.create")
def refuse_rate_limit(ctx: PoolContext, args: dict[str, Any]) -> None:
    for name in ("fill_rate", "burst_size"):
        if args[name] <= 0:
            raise invalid_value(name, number(args[name]))
