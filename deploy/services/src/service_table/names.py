"""The names of the broker's queues and exchanges."""

FORWARDER_QUEUE = "org.xen.xapi.forwarder"
EVENTS_EXCHANGE = "org.xen.xapi.events"
XENOPSD_QUEUE = "org.xen.xapi.xenopsd.classic"
MEMORY_QUEUE = "org.xen.xapi.memory"
UPDATES_EXCHANGE = "org.xen.xapi.xenopsd.updates"
UPDATES_QUEUE = "org.xen.xapi.forwarder.updates"
STORAGE_QUEUE = "org.xen.xapi.storage"
