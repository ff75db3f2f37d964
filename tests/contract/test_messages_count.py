"""How many messages work, and which answer NOT_IMPLEMENTED: that number only falls."""

from collections import Counter

import pytest
from datamodel import api
from forwarder import messages
from forwarder.core import registry
from xapi import answers
from xapi.context import ANSWERS
from xapi.implicit import serves

NOT_IMPLEMENTED_MAX = 331
"""Lower it whenever the test says that fewer are missing."""


def test_the_number_of_missing_messages_only_falls(capsys: pytest.CaptureFixture[str]) -> None:
    assert answers.__all__ and messages.DRAWERS
    custom = [m for m in api.messages.values() if not serves(m) and m.state != "Removed"]
    missing = [
        message
        for message in custom
        if message.wire not in registry.FUNCTIONS and message.wire not in ANSWERS
    ]
    per_class = Counter(message.cls for message in missing)
    with capsys.disabled():
        implicit = sum(serves(message) for message in api.messages.values())
        print(f"\n{implicit} messages are answered from the declarations alone,")
        print(f"{len(custom) - len(missing)} by functions, {len(missing)} are NOT_IMPLEMENTED:")
        print(", ".join(f"{cls} {count}" for cls, count in per_class.most_common()))
    assert len(missing) <= NOT_IMPLEMENTED_MAX
