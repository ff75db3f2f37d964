"""Every function takes what its message is declared to carry."""

import inspect

import pytest
from datamodel import api
from forwarder import messages, registry


@pytest.mark.parametrize("wire", sorted(registry.FUNCTIONS))
def test_a_function_takes_its_messages_parameters(wire: str) -> None:
    assert messages.__all__
    message = api.message(wire)
    assert message is not None
    inspect.signature(registry.FUNCTIONS[wire]).bind("context", *message.params)
