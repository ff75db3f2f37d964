"""A log line for each place that a request passes."""

import logging

HOPS = logging.getLogger("hop")


def hop(
    *,
    service: str,
    queue: str | None = None,
    message: str | None = None,
    task: str | None = None,
    vm: str | None = None,
    host: str | None = None,
    atomic: str | None = None,
    ms: float | None = None,
    traceparent: str | None = None,
    **extra: object,
) -> None:
    """Log that a request passed here. ``ms`` is how long it stayed; None is left out."""
    facts: dict[str, object] = {
        "service": service,
        "queue": queue,
        "message": message,
        "task": task,
        "vm": vm,
        "host": host,
        "atomic": atomic,
        "ms": None if ms is None else round(ms, 3),
        "traceparent": traceparent,
        **extra,
    }
    line = {name: value for name, value in facts.items() if value is not None}
    text = " ".join(f"{name}={value}" for name, value in line.items())
    HOPS.info("%s", text, extra={"facts": {"hop": True, **line}})
