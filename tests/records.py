"""What constructors take, whole: the field's server refuses a record that leaves something out."""

from collections.abc import Mapping
from typing import Any

from datamodel import api
from datamodel.objects import present
from datamodel.refs import NULL_REF, as_ref

Record = dict[str, Any]

QOS: Record = {"qos_algorithm_type": "", "qos_algorithm_params": {}}


def vdi(sr: str, size: int | str, **more: Any) -> Record:
    """A disk of ``size`` bytes."""
    record = {
        **{"name_label": "disk", "name_description": "", "SR": sr, "virtual_size": str(size)},
        **{"type": "user", "sharable": False, "read_only": False, "other_config": {}},
    }
    return {**record, **more}


def vbd(vm: str, vdi: str, userdevice: str = "0", **more: Any) -> Record:
    """A disk of a VM that the guest may write."""
    record = {
        **{"VM": vm, "VDI": vdi, "userdevice": userdevice, "bootable": True, "mode": "RW"},
        **{"type": "Disk", "empty": False, "other_config": {}, **QOS},
    }
    return {**record, **more}


def drive(vm: str, userdevice: str) -> Record:
    """A CD drive without a medium."""
    return vbd(vm, "OpaqueRef:NULL", userdevice, mode="RO", type="CD", empty=True)


def vif(vm: str, network: str, device: str = "0", **more: Any) -> Record:
    """An interface with a MAC of the server's choice."""
    record = {"VM": vm, "network": network, "device": device, "MAC": "", "MTU": "1500"}
    return {**record, "other_config": {}, **QOS, **more}


def network(name: str, **more: Any) -> Record:
    """A network inside the host, without an interface to the outside."""
    return {"name_label": name, "name_description": "", "other_config": {}, **more}


def shown(cls: str, record: Mapping[str, Any], ref: str = NULL_REF) -> Any:
    """A record as the object that the services' code reads."""
    return present(api.kinds[cls], as_ref(ref), record)
