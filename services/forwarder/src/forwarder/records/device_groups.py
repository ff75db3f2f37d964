"""Groups of GPUs or USB devices, and of the virtual devices with which VMs ask for them."""

from collections.abc import Sequence
from typing import Any, TypeVar

from datamodel import XenAPIError
from datamodel.objects import Kind, name_of, ref_of
from datamodel.refs import Ref
from pooldb import Transaction

from forwarder.core.pool_context import PoolContext

Name = TypeVar("Name")
Device = TypeVar("Device")


def create(
    ctx: PoolContext,
    cls: Kind[Name, Any],
    name_label: str,
    name_description: str,
    other_config: dict[str, str],
) -> Ref[Name]:
    values = {"name_label": name_label, "name_description": name_description}
    with ctx.transaction() as tx:
        return ref_of(tx.new(cls, {**values, "other_config": other_config}))


def destroy(
    tx: Transaction,
    cls: Kind[Name, Any],
    group: Ref[Name],
    physical: tuple[str, Sequence[str]],
    virtual: tuple[Kind[Device, Any], Sequence[Ref[Device]]],
) -> None:
    """Remove a group without physical devices, and the virtual devices that belong to it.

    ``physical`` has the name by which errors call the group's devices, and the devices; ``virtual``
    has the class of its virtual devices, and those devices. Raises for a virtual device that is
    attached, and for a physical one.
    """
    name = name_of(cls).upper()
    kind, devices = virtual
    attached = [device for device in devices if tx.get(kind, device).currently_attached]
    if attached:
        raise XenAPIError(f"{name}_CONTAINS_{name_of(kind)}", *attached)
    called, present = physical
    if present:
        raise XenAPIError(f"{name}_CONTAINS_{called}", *present)
    for device in devices:
        tx.delete(kind, device)
    tx.delete(cls, group)
