"""VM_appliance.*: what its VMs would need in the pool of another session."""

from datamodel.classes import SessionRef, SRRef, VM_appliance, VM_applianceRef
from pooldb import Reader

from xapi.answers import vm as vms
from xapi.questions import asks


@asks("VM_appliance.get_SRs_required_for_recovery")
def get_srs_required_for_recovery(
    view: Reader, self: VM_applianceRef, session_to: SessionRef
) -> list[SRRef]:
    members = view.get(VM_appliance, self).VMs
    return list(dict.fromkeys(sr for vm in members for sr in vms.missing(view, vm)))


@asks("VM_appliance.assert_can_be_recovered")
def assert_can_be_recovered(view: Reader, self: VM_applianceRef, session_to: SessionRef) -> None:
    for vm in view.get(VM_appliance, self).VMs:
        vms.assert_can_be_recovered(view, vm, session_to)
