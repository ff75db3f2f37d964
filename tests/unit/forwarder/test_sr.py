"""How large a dummy SR is, and of which types there are SRs."""

import pytest
from datamodel import XenAPIError
from forwarder import drivers
from forwarder.core.context import Context
from forwarder.drivers import dummy
from forwarder.messages import sr


def create(context: Context, size: int, type_: str = drivers.DUMMY) -> str:
    return sr.create(context, "host", {}, size, "sr", "", type_, "user", True, {})


@pytest.mark.parametrize(
    ("asked", "size"), [(10**12, 10**12), (512, 512), (2**50, 2**50), (0, dummy.SIZE_BYTES)]
)
def test_an_sr_is_as_large_as_it_was_asked_for(context: Context, asked: int, size: int) -> None:
    made = create(context, asked)
    with context.transaction() as tx:
        assert tx.get("SR", made)["physical_size"] == size


@pytest.mark.parametrize("asked", [-1, -(2**40), 1, 1000, 2**40 + 1])
def test_a_size_that_no_disk_has_is_refused(context: Context, asked: int) -> None:
    with pytest.raises(XenAPIError) as refused:
        create(context, asked)
    assert refused.value.code == "INVALID_VALUE"
    assert list(refused.value.params) == ["physical_size", str(asked)]
    with context.transaction() as tx:
        assert not tx.all("SR")


def test_only_types_that_a_driver_serves_are_made(context: Context) -> None:
    with pytest.raises(XenAPIError, match="SR_UNKNOWN_DRIVER"):
        create(context, 0, "nfs")
