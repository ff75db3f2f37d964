"""USB_group: groups of USB devices, of which VMs can ask for one."""

from datamodel.classes import VUSB, USB_group, USB_groupRef

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.records import device_groups


@implements("USB_group.create")
def create(
    ctx: PoolContext, name_label: str, name_description: str, other_config: dict[str, str]
) -> USB_groupRef:
    return device_groups.create(ctx, USB_group, name_label, name_description, other_config)


@implements("USB_group.destroy")
def destroy(ctx: PoolContext, self: USB_groupRef) -> None:
    with ctx.transaction() as tx:
        group = tx.get(USB_group, self)
        device_groups.destroy(tx, USB_group, self, ("PUSB", group.PUSBs), (VUSB, group.VUSBs))
