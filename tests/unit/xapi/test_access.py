"""Who may send what."""

from typing import Any

import pytest
from datamodel import XenAPIError, api
from datamodel.classes import Session
from datamodel.objects import present
from datamodel.refs import NULL_REF
from datamodel.values import default_record
from xapi import access


def session(*roles: str) -> Session:
    said = {**default_record(api.classes["session"]), "rbac_permissions": list(roles)}
    return present(Session, NULL_REF, said)


def refusal(wire: str, params: list[Any], *roles: str) -> list[str]:
    message = api.messages[wire]
    with pytest.raises(XenAPIError) as refused:
        access.check(message, params, session(*roles))
    return refused.value.description


def test_a_weaker_role_is_told_which_roles_would_do() -> None:
    assert refusal("pool.eject", ["h"], "vm-admin") == [
        "RBAC_PERMISSION_DENIED",
        "pool.eject",
        "No permission in user session. (Roles with this permission: pool-admin, pool-operator)",
    ]


@pytest.mark.parametrize(
    ("key", "permission", "strongest_refused"),
    [
        ("folder", "vm.add_to_other_config/key:folder", "read-only"),
        (
            "XenCenter.CustomFields.x",
            "vm.add_to_other_config/key:xencenter.customfields.*",
            "read-only",
        ),
        ("pci", "vm.add_to_other_config/key:pci", "pool-operator"),
        ("PCI", "vm.add_to_other_config", "vm-operator"),
        ("anything", "vm.add_to_other_config", "vm-operator"),
    ],
)
def test_some_keys_have_roles_of_their_own(
    key: str, permission: str, strongest_refused: str
) -> None:
    params = ["vm", key, "value"]
    assert refusal("VM.add_to_other_config", params, strongest_refused)[1] == permission
    access.check(api.messages["VM.add_to_other_config"], params, session("pool-admin"))


def test_root_may_do_everything() -> None:
    access.check(api.messages["pool.audit_log_append"], ["x"], access.SUPERUSER)
