"""What a service says of itself: structured logs, with the way of each request hop by hop.

Every service writes JSON lines to ``<log folder>/<service>.jsonl`` and short warnings to stderr;
without a folder it writes JSON to stderr. A *hop* is a log line that says where a request is: which
service, queue, message or atomic, and for how long it stayed there. The trace context
(``traceparent``, W3C Trace Context) ties the hops of one request together across the services.
"""

from telemetry.alive import Alive
from telemetry.hops import hop
from telemetry.logs import BoundedFile, setup
from telemetry.trace import child, new_traceparent

__all__ = ["Alive", "BoundedFile", "child", "hop", "new_traceparent", "setup"]
