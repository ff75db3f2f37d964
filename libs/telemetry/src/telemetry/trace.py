"""Trace context in the form of W3C Trace Context: ``00-<32 hex trace>-<16 hex span>-01``."""

import secrets


def new_traceparent() -> str:
    """Start a trace."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child(traceparent: str | None) -> str:
    """A new span in the trace of ``traceparent``; a new trace if that is missing or malformed."""
    parts = (traceparent or "").split("-")
    if len(parts) != 4 or len(parts[1]) != 32:
        return new_traceparent()
    return f"00-{parts[1]}-{secrets.token_hex(8)}-01"
