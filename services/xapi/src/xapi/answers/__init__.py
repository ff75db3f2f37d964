"""The messages that xapi answers itself; importing a module declares its answers."""

from xapi.answers import (
    events,
    gpu_group,
    host,
    messages,
    pgpu,
    pool,
    roles,
    sessions,
    sr,
    tasks,
    vbd,
    vdi,
    vm,
    vm_appliance,
)

__all__ = [
    "events",
    "gpu_group",
    "host",
    "messages",
    "pgpu",
    "pool",
    "roles",
    "sessions",
    "sr",
    "tasks",
    "vbd",
    "vdi",
    "vm",
    "vm_appliance",
]
