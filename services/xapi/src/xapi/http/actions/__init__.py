"""The functions of the actions that are served, one file for what belongs together."""

from xapi.http.actions import services

__all__ = ["services"]
