"""SR.*: which types of SR there are, and which hosts use an SR."""

from datamodel import XenAPIError
from datamodel.classes import PBD, SM, SR, Host, HostRef, SRRef
from pooldb import Reader
from rules.lifecycle.host import is_live

from xapi.questions import asks


@asks("SR.get_supported_types")
def get_supported_types(view: Reader) -> list[str]:
    return [driver.type for driver in view.all(SM).values()]


@asks("SR.assert_supports_database_replication")
def assert_supports_database_replication(view: Reader, sr: SRRef) -> None:
    """Refused: every host would have to use the SR; and no type can keep a copy of the database."""
    pbds = [view.get(PBD, pbd) for pbd in view.get(SR, sr).PBDs]
    using = {pbd.host for pbd in pbds if pbd.currently_attached}
    if len(pbds) > len(using) or using != set(view.refs(Host)):
        raise XenAPIError("SR_HAS_NO_PBDS", sr)
    raise XenAPIError("SR_OPERATION_NOT_SUPPORTED", sr)


@asks("SR.get_live_hosts", looked_at=())
def get_live_hosts(view: Reader, sr: SRRef) -> list[HostRef]:
    """The hosts that answer and whose PBD of the SR is plugged; none if there is no such SR."""
    record = view.find(SR, sr)
    pbds = [] if record is None else [view.get(PBD, pbd) for pbd in record.PBDs]
    plugged = {pbd.host for pbd in pbds if pbd.currently_attached}
    return [host for host in view.refs(Host) if host in plugged and is_live(view, host)]
