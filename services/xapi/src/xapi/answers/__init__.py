"""The messages that xapi answers itself; importing a module declares its answers."""

from xapi.answers import events, messages, pool, roles, sessions, tasks

__all__ = ["events", "messages", "pool", "roles", "sessions", "tasks"]
