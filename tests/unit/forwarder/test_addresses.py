"""Addresses that clients give are refused by the XenAPI's errors, whatever they are."""

from typing import Any

import pytest
from datamodel import XenAPIError
from forwarder.core import registry
from forwarder.core.context import Context

MESSAGES: dict[str, tuple[Any, str]] = {
    "Repository.introduce": (
        lambda url: ["r", "", url, "http://h/", True, "k"],
        "INVALID_BASE_URL",
    ),
    "Repository.introduce_remote_pool": (lambda url: ["r", "", url, ""], "INVALID_BASE_URL"),
    "pool.configure_repository_proxy": (
        lambda url: ["OpaqueRef:NULL", url, "", ""],
        "INVALID_REPOSITORY_PROXY_URL",
    ),
}


@pytest.mark.parametrize("url", ["", "x", "http://[::1", "http://a]b/", "//\u2100/", "\0"])
@pytest.mark.parametrize("wire", MESSAGES)
def test_what_is_no_address_is_refused(context: Context, wire: str, url: str) -> None:
    params, code = MESSAGES[wire]
    with pytest.raises(XenAPIError) as refused:
        registry.run(context, wire, params(url))
    assert refused.value.description == [code, url]
