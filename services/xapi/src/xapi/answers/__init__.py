"""The messages that xapi answers itself; importing a module declares its answers."""

from xapi.answers import events, messages, roles, sessions, tasks

__all__ = ["events", "messages", "roles", "sessions", "tasks"]
