"""What an atomic is: a repeatable step of the back end that has a text."""

from dataclasses import dataclass, fields

from daemon import plans
from xenops.types import Disk, Pci, Vbd, Vgpu, Vif, Vm, Vusb

from xenopsd.host import Host


@dataclass(frozen=True)
class Atomic(plans.Atomic[Host]):
    """An atomic whose text names VMs, devices and disks as people know them."""

    def __str__(self) -> str:
        parts = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None or isinstance(value, Vm):
                continue
            if isinstance(value, Disk):
                value = value.value
            parts.append(
                value.id[1] if isinstance(value, Vbd | Vif | Pci | Vgpu | Vusb) else str(value)
            )
        return " ".join([type(self).__name__, *parts])
