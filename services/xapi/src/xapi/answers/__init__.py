"""The messages that xapi answers itself; importing a module declares its answers."""

from xapi.answers import events, roles, sessions, tasks

__all__ = ["events", "roles", "sessions", "tasks"]
