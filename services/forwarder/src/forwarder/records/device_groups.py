"""Groups of devices: records that GPUs or USB devices, and what VMs ask of them, are put into."""

from datamodel import XenAPIError
from pooldb import Transaction

from forwarder.core.context import Context


def create(
    ctx: Context, cls: str, name_label: str, name_description: str, other_config: dict[str, str]
) -> str:
    values = {"name_label": name_label, "name_description": name_description}
    with ctx.transaction() as tx:
        return tx.create(cls, {**values, "other_config": other_config})


def destroy(tx: Transaction, cls: str, group: str, virtual: str, physical: str) -> None:
    """Remove a group without physical devices; what VMs asked of it goes with it."""
    record = tx.get(cls, group)
    devices = record[f"{virtual}s"]
    attached = [device for device in devices if tx.get(virtual, device)["currently_attached"]]
    if attached:
        raise XenAPIError(f"{cls.upper()}_CONTAINS_{virtual}", *attached)
    if record[f"{physical}s"]:
        raise XenAPIError(f"{cls.upper()}_CONTAINS_{physical}", *record[f"{physical}s"])
    for device in devices:
        tx.delete(virtual, device)
    tx.delete(cls, group)
