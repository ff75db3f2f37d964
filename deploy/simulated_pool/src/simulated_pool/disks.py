"""What the simulated guests of a pool have on their disks, for people."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from xenports.simulated.hypervisor import SimulatedHypervisor

from simulated_pool.layout import Layout
from simulated_pool.services import xen_socket

COLUMNS = ("host", "VM", "device", "SR/VDI", "marks written", "flushes", "state")


def xens(layout: Layout) -> dict[str, SimulatedHypervisor]:
    """The simulated Xens of a pool that runs, by the names of their hosts."""
    return {h.name: SimulatedHypervisor(str(xen_socket(layout, h))) for h in layout.hosts}


def print_disks(xens: Mapping[str, SimulatedHypervisor], console: Console) -> None:
    """Have each guest compare its disks that have bytes with what it wrote on them."""
    table = Table(*COLUMNS, box=None)
    for host, xen in xens.items():
        for domain in xen.domains():
            for disk in xen.call("disks", domid=domain.domid)[0]:
                said = (disk["device"], disk["disk"], str(disk["writes"]), str(disk["flushes"]))
                table.add_row(host, domain.uuid, *said, _state(xen, domain.domid, disk))
    if table.row_count:
        console.print(table, soft_wrap=True)
    else:
        console.print("no guest has a disk with bytes")


def _state(xen: SimulatedHypervisor, domid: int, disk: dict[str, object]) -> str:
    if disk["pulled"]:
        return f"[red]pulled: {disk['error']}[/red]"
    found = xen.call("verify_disk", domid=domid, device=disk["device"])[0]
    faults = [f"{kind} in blocks {blocks}" for kind, blocks in found.items() if blocks]
    return f"[red]{', '.join(faults)}[/red]" if faults else "as written"
