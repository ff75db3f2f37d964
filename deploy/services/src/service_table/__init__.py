"""One table of Warren's services; see README.md for what comes from it.

It imports nothing else, so that whatever installs, starts or describes services can import it.
"""

from service_table.rows import Need, Per, Rights, Service, at_hosts, at_pool
from service_table.table import HOST_FOLDER, SERVICES

__all__ = ["HOST_FOLDER", "SERVICES", "Need", "Per", "Rights", "Service", "at_hosts", "at_pool"]
