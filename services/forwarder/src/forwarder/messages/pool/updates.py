"""The proxy through which the pool would fetch updates, and whether its hosts are ready for one."""

from datamodel import XenAPIError
from datamodel.classes import Host, Pool, PoolRef, Secret, SecretRef
from datamodel.objects import name_of, ref_of
from datamodel.refs import NULL_REF, new_uuid
from pooldb import Transaction
from rules.lifecycle.host import is_live
from rules.values import urls

from forwarder.core.context import Context
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.messages.host.evacuation import get_vms_which_prevent_evacuation


@implements("pool.configure_repository_proxy", looked_at=())
def configure_repository_proxy(
    ctx: PoolContext, self: PoolRef, url: str, username: str, password: str
) -> None:
    """Set the proxy; its password is kept as a secret, and the previous secret is destroyed."""
    parts = urls.split(url)
    if parts is None or parts.scheme not in ("http", "https"):
        raise XenAPIError("INVALID_REPOSITORY_PROXY_URL", url)
    if bool(username) != bool(password) or "\n" in username + password:
        raise XenAPIError("INVALID_REPOSITORY_PROXY_CREDENTIAL")
    with ctx.transaction() as tx:
        secret = ref_of(tx.new(Secret, {"value": password})) if password else NULL_REF
        _set_proxy(tx, self, url, username, secret)


@implements("pool.disable_repository_proxy")
def disable_repository_proxy(ctx: PoolContext, self: PoolRef) -> None:
    with ctx.transaction() as tx:
        _set_proxy(tx, self, "", "", NULL_REF)


def _set_proxy(tx: Transaction, pool: PoolRef, url: str, username: str, secret: SecretRef) -> None:
    changes = {"repository_proxy_url": url, "repository_proxy_username": username}
    _replace_secret(tx, pool, "repository_proxy_password", secret)
    tx.update(name_of(Pool), pool, changes)


@implements("pool.reset_telemetry_uuid")
def reset_telemetry_uuid(ctx: PoolContext, self: PoolRef) -> None:
    """Make a new uuid, by which gatherers of telemetry would know the pool."""
    with ctx.transaction() as tx:
        new_secret = tx.new(Secret)
        new_secret.value = new_uuid()
        secret = ref_of(new_secret)
        _replace_secret(tx, self, "telemetry_uuid", secret)


def _replace_secret(tx: Transaction, pool: PoolRef, field: str, secret: SecretRef) -> None:
    old: SecretRef = vars(tx.get(Pool, pool))[field]
    tx.update(name_of(Pool), pool, {field: secret})
    if tx.find(Secret, old) is not None:
        tx.delete(Secret, old)


@implements("pool.check_update_readiness", looked_at=())
def check_update_readiness(ctx: Context, self: PoolRef, requires_reboot: bool) -> list[list[str]]:
    """The errors that an update would meet: hosts that do not answer, VMs that cannot move."""
    errors: list[list[str]] = []
    for host in ctx.view.refs(Host):
        if not is_live(ctx.view, host):
            errors.append(["HOST_OFFLINE", host])
        elif requires_reboot:
            errors += get_vms_which_prevent_evacuation(ctx, host).values()
    return errors
