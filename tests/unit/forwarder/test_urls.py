"""URLs that are none are refused in the API's words, wherever they are said."""

from typing import Any

import pytest
from datamodel import XenAPIError
from forwarder.core import registry
from forwarder.core.context import Context
from pooldb import Database
from rules.values.urls import split

NONE = ("http://[", "https://[x]/", "http://a]b/", "http://℀/", "http://a:99999/", "https://a:x/")
GOOD = "https://updates.example.org/base"
POOL = "OpaqueRef:00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("url", NONE)
def test_what_is_no_url_has_no_parts(url: str) -> None:
    assert split(url) is None


@pytest.mark.parametrize("url", NONE)
@pytest.mark.parametrize(
    "wire, params, code",
    [
        ("Repository.introduce", ("r", "", "URL", GOOD, True, ""), "INVALID_BASE_URL"),
        ("Repository.introduce", ("r", "", GOOD, "URL", True, ""), "INVALID_BASE_URL"),
        ("Repository.introduce_remote_pool", ("r", "", "URL", ""), "INVALID_BASE_URL"),
        (
            "pool.configure_repository_proxy",
            (POOL, "URL", "", ""),
            "INVALID_REPOSITORY_PROXY_URL",
        ),
    ],
)
def test_a_url_that_is_none_is_named(
    db: Database, context: Context, wire: str, params: tuple[Any, ...], code: str, url: str
) -> None:
    with pytest.raises(XenAPIError) as refused:
        registry.run(context, wire, [url if param == "URL" else param for param in params])
    assert refused.value.description == [code, url]
