"""What the roles may do, counted as upstream has it."""

import pytest
from datamodel.permissions import permissions, permissions_of


@pytest.mark.parametrize(
    ("role", "count"),
    [
        ("pool-admin", 2284),
        ("pool-operator", 2150),
        ("vm-power-admin", 1666),
        ("vm-admin", 1626),
        ("vm-operator", 1464),
        ("client-cert", 1428),
        ("read-only", 1384),
    ],
)
def test_a_role_has_its_permissions(role: str, count: int) -> None:
    assert len(permissions_of(role)) == count


def test_what_only_root_may_do_is_no_permission() -> None:
    assert "host.propose_new_master" not in permissions()
    assert permissions()["pool.eject"] == ("pool-admin", "pool-operator")
