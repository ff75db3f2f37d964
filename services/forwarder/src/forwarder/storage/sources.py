"""Which disks' contents can be copied."""

from datamodel import XenAPIError
from datamodel.classes import VDI, VDIRef
from rules.lifecycle import vdi as table

from forwarder.records.fields import Operation


def check_source(vdi: VDIRef, record: VDI, operation: Operation) -> None:
    """Raise the XenAPI's error for a disk whose contents cannot be copied."""
    require_managed(vdi, record)
    if record.type == "cbt_metadata":
        raise XenAPIError("VDI_INCOMPATIBLE_TYPE", vdi, table.type_word(record.type))
    if operation is Operation.SNAPSHOT and record.sharable:
        raise XenAPIError("VDI_IS_SHARABLE", vdi)
    if operation in (Operation.SNAPSHOT, Operation.COPY):
        table.check_on_boot(record)


def require_managed(vdi: VDIRef, record: VDI) -> None:
    """Raise VDI_NOT_MANAGED[VDI] for a disk that belongs to the driver."""
    if not record.managed:
        raise XenAPIError("VDI_NOT_MANAGED", vdi)
