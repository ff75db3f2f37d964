"""Logins: bcrypt works once for each client and password, and an old password is right no more."""

from typing import Any

import bcrypt
import pytest
from datamodel import XenAPIError
from xapi import passwords, sessions
from xapi.context import Caller
from xapi.passwords import Verifier, hash_password

from tests.unit.xapi.conftest import Gateway

NAME, PASSWORD = "operator", "a password"


@pytest.fixture(autouse=True)
def checks(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What bcrypt checked, by a process that remembers nothing."""
    monkeypatch.setattr(passwords, "BCRYPT_ROUNDS", 4)
    monkeypatch.setattr(sessions, "VERIFIER", Verifier())
    checked: list[bytes] = []
    check = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        checked.append(hashed)
        return check(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counted)
    return checked


def set_password(gateway: Gateway, password: str, role: str | None = "pool-admin") -> None:
    with gateway.db.transaction() as tx:
        sessions.add_user(tx, NAME, password, role)


def login(gateway: Gateway, password: str = PASSWORD, name: str = NAME) -> Any:
    """The session's record; raises XenAPIError."""
    params = [name, password, "1.0", "test"]
    call = gateway.dispatcher.call("session.login_with_password", params, Caller())
    _, session = gateway.run(call)
    return gateway.call("session.get_record", session, session)


def refused(gateway: Gateway, password: str = PASSWORD, name: str = NAME) -> None:
    with pytest.raises(XenAPIError) as caught:
        login(gateway, password, name)
    assert caught.value.description[:2] == ["SESSION_AUTHENTICATION_FAILED", name]


def test_bcrypt_checks_a_password_once(gateway: Gateway, checks: list[bytes]) -> None:
    set_password(gateway, PASSWORD)
    for _ in range(5):
        login(gateway)
    assert len(checks) == 1


def test_a_wrong_password_is_checked_each_time(gateway: Gateway, checks: list[bytes]) -> None:
    set_password(gateway, PASSWORD)
    login(gateway)
    for _ in range(3):
        refused(gateway, "another")
    assert len(checks) == 4


@pytest.mark.parametrize("knows", [True, False])
def test_a_changed_password_counts_at_once(gateway: Gateway, knows: bool) -> None:
    set_password(gateway, PASSWORD)
    if knows:
        login(gateway)
    set_password(gateway, "the new one")
    refused(gateway)
    login(gateway, "the new one")
    set_password(gateway, PASSWORD)
    refused(gateway, "the new one")
    login(gateway)


@pytest.mark.parametrize("new, fits", [("the new one", False), (PASSWORD, True)])
def test_a_password_that_changes_during_a_login_counts(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, new: str, fits: bool
) -> None:
    """The session is opened in the transaction that compares the user's hash."""
    set_password(gateway, PASSWORD)
    login(gateway)
    recall = sessions.VERIFIER.recall

    def change(name: str, password: str) -> str | None:
        matched = recall(name, password)
        set_password(gateway, new)
        return matched

    monkeypatch.setattr(sessions.VERIFIER, "recall", change)
    if fits:
        login(gateway)
    else:
        refused(gateway)


def test_a_user_that_is_gone_is_refused(gateway: Gateway) -> None:
    set_password(gateway, PASSWORD)
    login(gateway)
    with gateway.db.transaction() as tx:
        tx.kv_delete(sessions.USERS, NAME)
    refused(gateway)


@pytest.mark.parametrize("role", [None, "read-only", "pool-admin"])
def test_the_session_has_the_role_that_the_user_has_now(gateway: Gateway, role: str | None) -> None:
    set_password(gateway, PASSWORD, "vm-admin")
    login(gateway)
    with gateway.db.transaction() as tx:
        user = tx.kv_get(sessions.USERS, NAME)
        tx.kv_set(sessions.USERS, NAME, {**user, "role": role})
    record = login(gateway)
    assert record["is_local_superuser"] == (role is None)
    assert record["rbac_permissions"] == ([] if role is None else [role])


class TestWhatIsRemembered:
    def test_users_with_the_same_password_are_apart(self) -> None:
        verifier, hashed = Verifier(), hash_password(PASSWORD)
        assert verifier.matches("a", PASSWORD, hashed)
        assert verifier.recall("a", PASSWORD) == hashed
        assert verifier.recall("b", PASSWORD) is None
        assert verifier.recall("a", "another") is None

    def test_no_password_can_be_read(self) -> None:
        verifier = Verifier()
        assert verifier.matches(NAME, PASSWORD, hash_password(PASSWORD))
        assert PASSWORD not in repr(vars(verifier))
        assert Verifier()._digest(NAME, PASSWORD) != verifier._digest(NAME, PASSWORD)

    def test_only_so_many_are_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(passwords, "_RIGHT_KEPT", 2)
        verifier, hashed = Verifier(), hash_password(PASSWORD)
        for name in ("a", "b", "a", "c"):
            assert verifier.matches(name, PASSWORD, hashed)
        assert [verifier.recall(name, PASSWORD) is None for name in "abc"] == [False, True, False]
