"""The XenAPI, declared: classes, fields, messages, roles and errors, and both its wire protocols.

``api`` is the frozen description that everything else is derived from.
"""

from datamodel.errors import XenAPIError, handle_invalid, internal_error, not_implemented
from datamodel.registry import Api, load

api: Api = load()

__all__ = ["Api", "XenAPIError", "api", "handle_invalid", "internal_error", "not_implemented"]
