"""Repository: where updates of the hosts' software would come from, as records."""

import ipaddress
import re

from datamodel import XenAPIError, enums
from datamodel.classes import Pool, Repository, RepositoryRef
from datamodel.objects import ref_of
from pooldb import Transaction
from rules.values import urls

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import answered_by_hosts, implements

HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
KEY_NAME = re.compile(r"[A-Za-z0-9._-]*")
POOL_PATH = "/repository/enabled"

answered_by_hosts("Repository.apply", "Repository.apply_livepatch")


@implements("Repository.introduce")
def introduce(
    ctx: PoolContext,
    name_label: str,
    name_description: str,
    binary_url: str,
    source_url: str,
    update: bool,
    gpgkey_path: str,
) -> RepositoryRef:
    for url in (binary_url, source_url):
        _check_url(url)
    _check_key(gpgkey_path)
    values = {"binary_url": binary_url, "source_url": source_url, "update": update}
    with ctx.transaction() as tx:
        _check_new(tx, name_label, binary_url)
        repository = tx.new(
            Repository,
            {
                **{"name_label": name_label, "name_description": name_description, **values},
                **{"gpgkey_path": gpgkey_path, "origin": "remote"},
            },
        )
        return ref_of(repository)


@implements("Repository.introduce_bundle")
def introduce_bundle(ctx: PoolContext, name_label: str, name_description: str) -> RepositoryRef:
    with ctx.transaction() as tx:
        _check_new(tx, name_label, None)
        for ref, record in tx.all(Repository).items():
            if record.origin == "bundle":
                raise XenAPIError("BUNDLE_REPOSITORY_ALREADY_EXISTS", ref)
        values = {"name_label": name_label, "name_description": name_description}
        repository = tx.new(Repository, values)
        repository.update = True
        repository.origin = enums.Origin.bundle
        return ref_of(repository)


@implements("Repository.introduce_remote_pool")
def introduce_remote_pool(
    ctx: PoolContext, name_label: str, name_description: str, binary_url: str, certificate: str
) -> RepositoryRef:
    _check_pool_url(binary_url)
    with ctx.transaction() as tx:
        _check_new(tx, name_label, binary_url)
        repository = tx.new(
            Repository,
            {
                **{"name_label": name_label, "name_description": name_description},
                **{"binary_url": binary_url, "certificate": certificate},
                **{"update": True, "origin": "remote_pool"},
            },
        )
        return ref_of(repository)


@implements("Repository.forget")
def forget(ctx: PoolContext, self: RepositoryRef) -> None:
    with ctx.transaction() as tx:
        if any(self in pool.repositories for pool in tx.all(Pool).values()):
            raise XenAPIError("REPOSITORY_IS_IN_USE")
        tx.delete(Repository, self)


@implements("Repository.set_gpgkey_path")
def set_gpgkey_path(ctx: PoolContext, self: RepositoryRef, value: str) -> None:
    _check_key(value)
    with ctx.transaction() as tx:
        tx.edit(Repository, self).gpgkey_path = value


def _check_url(url: str) -> None:
    """Raise INVALID_BASE_URL[url] unless it is http or https and names a host."""
    parts = urls.split(url)
    named = parts is not None and HOST_NAME.fullmatch(parts.hostname or "")
    if parts is None or parts.scheme not in ("http", "https") or not named:
        raise XenAPIError("INVALID_BASE_URL", url)


def _check_pool_url(url: str) -> None:
    """Raise INVALID_BASE_URL[url] unless a pool's coordinator offers its updates there."""
    parts = urls.split(url)
    if parts is None or parts.scheme != "https" or parts.path != POOL_PATH:
        raise XenAPIError("INVALID_BASE_URL", url)
    try:
        ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        raise XenAPIError("INVALID_BASE_URL", url) from None


def _check_key(path: str) -> None:
    if not KEY_NAME.fullmatch(path):
        raise XenAPIError("INVALID_GPGKEY_PATH", path)


def _check_new(tx: Transaction, name_label: str, url: str | None) -> None:
    for ref, record in tx.all(Repository).items():
        if record.name_label == name_label or record.binary_url == url:
            raise XenAPIError("REPOSITORY_ALREADY_EXISTS", ref)
