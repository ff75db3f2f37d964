"""pool.*: the questions about xapi itself."""

from xapi import audit
from xapi.context import Context, answers


@answers("pool.audit_log_append")
async def audit_log_append(context: Context, line: str) -> None:
    audit.append(line)
