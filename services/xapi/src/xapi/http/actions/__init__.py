"""The functions of the actions that are served, in one file for each subject."""

from xapi.http.actions import audit_log, blob, cli, services

__all__ = ["audit_log", "blob", "cli", "services"]
