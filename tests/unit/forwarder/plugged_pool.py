"""A pool of one host with one SR, and messages called on it, each as a task of its own."""

from typing import Any

import pytest
from datamodel import XenAPIError
from forwarder.core.context import Context
from forwarder.core.registry import FUNCTIONS
from forwarder.locks import locking
from forwarder.records import installed

from tests.unit.forwarder.paper import PAPER

CONFIG = {"shelf": "a"}
SIZE = 2**20


class Pool:
    """A host, and an SR that it has plugged."""

    def __init__(self, context: Context, type_: str = PAPER.upper()) -> None:
        self.context = context
        with context.transaction() as tx:
            self.host = tx.create("host", {})
            tx.create("pool", {"master": self.host})
            installed.settle_drivers(tx)
        self.sr = self.call("SR.create", self.host, CONFIG, 0, "sr", "", type_, "", False, {})
        (self.pbd,) = self.get("SR", self.sr)["PBDs"]

    def call(self, name: str, *args: Any) -> Any:
        try:
            return FUNCTIONS[name](self.context, *args)
        finally:
            with self.context.transaction() as tx:
                locking.end_all(tx, "task")

    def refused(self, name: str, *args: Any) -> list[str]:
        with pytest.raises(XenAPIError) as refusal:
            self.call(name, *args)
        return refusal.value.description

    def get(self, cls: str, ref: str) -> Any:
        """An object as clients see it."""
        self.context.commit()
        return self.context.view.get(cls, ref)

    def disk(self, size: int = SIZE) -> str:
        values = {"SR": self.sr, "virtual_size": size, "type": "user", "name_label": "disk"}
        return str(self.call("VDI.create", values))
