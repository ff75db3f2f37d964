"""pool_patch: patches of the old kind, of which there are none any more."""

from datamodel.classes import HostRef, PoolPatchRef

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import answered_by_hosts, implements

answered_by_hosts("pool_patch.apply", "pool_patch.precheck", "pool_patch.clean_on_host")


@implements("pool_patch.clean", looked_at=())
def clean(ctx: PoolContext, self: PoolPatchRef) -> None:
    """Nothing to do: no files of patches are left."""


@implements("pool_patch.clean_on_host", looked_at=())
def clean_on_host(ctx: PoolContext, self: PoolPatchRef, host: HostRef) -> None:
    """Nothing to do: no files of patches are left."""
