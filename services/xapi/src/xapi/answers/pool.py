"""pool.*, as far as xapi itself is what is asked for."""

from xapi import audit
from xapi.context import Context, answers


@answers("pool.audit_log_append")
async def audit_log_append(context: Context, line: str) -> None:
    audit.append(line)
