"""A token leads to the daemon that gave it, and to nothing else."""

from pathlib import Path

import pytest
from daemon.door import Doorway, Where, announce, daemon_of, is_token
from xenops.errors import XenopsError


def test_a_token_names_its_daemon_and_is_like_no_other(tmp_path: Path) -> None:
    doorway = Doorway(tmp_path, "xenopsd")
    tokens = {doorway.token() for _ in range(100)}
    assert len(tokens) == 100
    assert {daemon_of(token) for token in tokens} == {"xenopsd"}


@pytest.mark.parametrize(
    ("kept", "said", "same"),
    [("a:b", "a:b", True), ("a:b", "a:c", False), ("a:b", None, False), ("a:b", "a:ü", False)],
)
def test_a_token_is_the_one_that_was_given(kept: str, said: object, same: bool) -> None:
    assert is_token(kept, said) is same


def test_a_daemon_is_told_where_the_door_is(tmp_path: Path) -> None:
    where = Where("192.0.2.1", 8443, "f")
    announce(tmp_path, where)
    assert Doorway(tmp_path, "xenopsd").where() == where


def test_a_host_without_a_door_is_named_as_that(tmp_path: Path) -> None:
    with pytest.raises(XenopsError, match="has no door") as refused:
        Doorway(tmp_path, "xenopsd").where()
    assert refused.value.tag == "Failed_to_contact_remote_service"
