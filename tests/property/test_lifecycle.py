"""What `allowed_operations` shows is exactly what may be begun."""

from typing import Any, cast

from datamodel import XenAPIError, api
from datamodel.enums import VmOperations, VmPowerState
from datamodel.refs import as_ref
from datamodel.values import default_record
from hypothesis import given
from hypothesis import strategies as st
from pooldb import Reader
from rules.lifecycle import vm as table

from tests.records import shown

OPERATIONS = [operation.value for operation in VmOperations]


class NoMetrics:
    def find(self, cls: object, ref: str) -> None:
        return None


RECORDS = st.builds(
    lambda **fields: {**default_record(api.classes["VM"]), **fields},
    power_state=st.sampled_from([state.value for state in VmPowerState]),
    is_a_template=st.booleans(),
    is_a_snapshot=st.booleans(),
    is_control_domain=st.booleans(),
    domain_type=st.sampled_from(["hvm", "pv", "pvh"]),
    blocked_operations=st.dictionaries(st.sampled_from(OPERATIONS), st.just("no"), max_size=3),
    current_operations=st.dictionaries(
        st.sampled_from(["t1", "t2"]), st.sampled_from(OPERATIONS), max_size=2
    ),
)


@given(RECORDS)
def test_allowed_is_what_may_begin(record: dict[str, Any]) -> None:
    vm, reader, ref = shown("VM", record), cast(Reader, NoMetrics()), as_ref("vm")
    allowed = table.allowed(reader, ref, vm)
    for operation in set(OPERATIONS) - table.UNLISTED:
        try:
            table.check(reader, ref, vm, operation)
            may = True
        except XenAPIError:
            may = False
        assert (operation in allowed) == may


@given(RECORDS)
def test_hard_shutdown_gives_way_to_itself_alone(record: dict[str, Any]) -> None:
    record = {**record, "blocked_operations": {}, "is_a_template": False, "is_a_snapshot": False}
    record |= {"power_state": "Running", "is_control_domain": False}
    allowed = table.allowed(cast(Reader, NoMetrics()), as_ref("vm"), shown("VM", record))
    running = set(record["current_operations"].values())
    assert ("hard_shutdown" in allowed) == ("hard_shutdown" not in running)
