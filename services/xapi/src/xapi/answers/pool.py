"""pool.*: the questions about the pool, and xapi's own log."""

from datamodel.classes import HostRef, PoolRef
from pooldb import Reader
from rules.values.restrictions import EDITION

from xapi import audit
from xapi.context import Context, answers
from xapi.questions import asks


@answers("pool.audit_log_append")
async def audit_log_append(context: Context, line: str) -> None:
    audit.append(line)


@asks("pool.is_slave", looked_at=())
def is_slave(view: Reader, host: HostRef) -> bool:
    """False: every xapi answers every call, so no host is only a member."""
    return False


@asks("pool.get_license_state")
def get_license_state(view: Reader, self: PoolRef) -> dict[str, str]:
    return {"edition": EDITION, "expiry": "never"}


@asks("pool.has_extension", looked_at=())
def has_extension(view: Reader, self: PoolRef, name: str) -> bool:
    return False


@asks("pool.certificate_list")
def list_certificates(view: Reader) -> list[str]:
    """None: none can be installed."""
    return []


@asks("pool.crl_list")
def list_crls(view: Reader) -> list[str]:
    """None: none can be installed."""
    return []


@asks("pool.detect_nonhomogeneous_external_auth", looked_at=())
def detect_nonhomogeneous_external_auth(view: Reader, pool: PoolRef) -> None:
    """Nothing to find: the hosts are alike, as none of them uses a directory."""
