"""The functions of the actions that are served, one file for what belongs together."""

from xapi.http.actions import audit_log, blob, cli, services

__all__ = ["audit_log", "blob", "cli", "services"]
