"""XML-RPC for any FastAPI application.

``XMLRPCRouter`` declares methods as FastAPI declares routes. ``XMLRPCEndpoint`` is the lower level,
for applications that dispatch calls themselves.
"""

from xmlrpc_fastapi.codec import Codec, StandardCodec
from xmlrpc_fastapi.endpoint import MethodCall, XMLRPCEndpoint, charset_of
from xmlrpc_fastapi.faults import Fault
from xmlrpc_fastapi.limits import Limits
from xmlrpc_fastapi.parser import parse_call
from xmlrpc_fastapi.router import XMLRPCRouter
from xmlrpc_fastapi.values import DateTime

__all__ = [
    "Codec",
    "DateTime",
    "Fault",
    "Limits",
    "MethodCall",
    "StandardCodec",
    "XMLRPCEndpoint",
    "XMLRPCRouter",
    "charset_of",
    "parse_call",
]
