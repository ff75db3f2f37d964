"""The rows; ``rows`` says what each attribute means."""

from service_table.names import (
    EVENTS_EXCHANGE,
    FORWARDER_QUEUE,
    MEMORY_QUEUE,
    STORAGE_QUEUE,
    UPDATES_EXCHANGE,
    UPDATES_QUEUE,
    XENOPSD_QUEUE,
)
from service_table.rows import Need, Per, Rights, Service

HOST_FOLDER = "xenopsd"
"""The folder with the settings of a host's services."""

SERVICES = (
    Service(
        name="door",
        module="door",
        does="lets other hosts' bytes in to the services of this host",
        per=Per.HOST,
        order=2,
        needs=frozenset({Need.STATE, Need.ADDRESS, Need.DOOR}),
        rights=None,
        folder=HOST_FOLDER,
    ),
    Service(
        name="squeezed",
        module="squeezed",
        does="shares the memory of this host",
        per=Per.HOST,
        order=2,
        needs=frozenset({Need.STATE, Need.XEN, Need.XENSTORE}),
        rights=Rights(takes=(MEMORY_QUEUE,)),
        queue=MEMORY_QUEUE,
        folder=HOST_FOLDER,
        capabilities=("DAC_OVERRIDE", "SYS_ADMIN", "IPC_LOCK"),
    ),
    Service(
        name="storage",
        module="storage",
        does="keeps the disks of this host's VMs",
        per=Per.HOST,
        order=2,
        needs=frozenset({Need.STATE, Need.HOST, Need.SRS}),
        rights=Rights(takes=(STORAGE_QUEUE,), publishes=(UPDATES_EXCHANGE,)),
        queue=STORAGE_QUEUE,
        folder=HOST_FOLDER,
        # All hosts of the pool share the folder that has its name.
        state="disks",
        # It mounts file systems, makes logical volumes, and reads files whoever they belong to.
        capabilities=("DAC_OVERRIDE", "SYS_ADMIN", "IPC_LOCK", "MKNOD", "NET_BIND_SERVICE"),
        outlived=True,
    ),
    Service(
        name="xenopsd",
        module="xenopsd",
        does="runs the VMs of this host",
        per=Per.HOST,
        order=2,
        needs=frozenset(
            {
                *(Need.STATE, Need.XEN, Need.XENSTORE, Need.MACHINE, Need.SHARED_STORAGE),
                *(Need.HOOKS, Need.DOOR, Need.BOOTLOADER),
            }
        ),
        rights=Rights(takes=(XENOPSD_QUEUE,), publishes=(UPDATES_EXCHANGE,)),
        queue=XENOPSD_QUEUE,
        folder=HOST_FOLDER,
        capabilities=("DAC_OVERRIDE", "NET_ADMIN", "SYS_ADMIN", "IPC_LOCK"),
        outlived=True,
    ),
    Service(
        name="mpathalert-watch",
        module="mpathalert.watch",
        does="the storage paths of this host",
        per=Per.HOST,
        order=2,
        needs=frozenset({Need.MULTIPATH}),
        rights=Rights(publishes=(UPDATES_EXCHANGE,)),
        folder=HOST_FOLDER,
    ),
    Service(
        name="forwarder",
        module="forwarder",
        does="what calls mean for the hosts",
        per=Per.SEVERAL,
        order=3,
        needs=frozenset({Need.DATABASE}),
        rights=Rights(
            takes=(FORWARDER_QUEUE,), hears=(EVENTS_EXCHANGE,), publishes=(EVENTS_EXCHANGE,)
        ),
        queue=FORWARDER_QUEUE,
        # The forwarder purges the queue of xenopsd on a host that is declared dead.
        host_rights=Rights(takes=(UPDATES_QUEUE, XENOPSD_QUEUE), hears=(UPDATES_EXCHANGE,)),
    ),
    Service(
        name="xapi",
        module="xapi",
        does="the gateway of the XenAPI",
        per=Per.SEVERAL,
        order=4,
        needs=frozenset({Need.DATABASE, Need.CLIENTS, Need.ROOT_PASSWORD, Need.POOL_SECRET}),
        rights=Rights(hears=(EVENTS_EXCHANGE,), publishes=(EVENTS_EXCHANGE,)),
    ),
    Service(
        name="mpathalert",
        module="mpathalert.alert",
        does="tells operators of lost storage paths",
        per=Per.POOL,
        order=5,
        needs=frozenset({Need.GATEWAY, Need.POOL_SECRET}),
        rights=None,
        port=9442,
    ),
)
"""Every service of Warren itself, without the broker, the database server and Prometheus."""
