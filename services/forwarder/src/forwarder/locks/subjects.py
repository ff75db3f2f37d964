"""The subjects of operations and doubts: any object, by its class and reference."""

from typing import Any, NamedTuple, TypeVar

from datamodel.classes import VM
from datamodel.objects import ClassName, Kind, name_of
from datamodel.refs import Ref, as_ref

Name = TypeVar("Name")


class Subject(NamedTuple):
    """An object; the database knows it by its `key`."""

    cls: ClassName
    ref: Ref[Any]

    @property
    def key(self) -> str:
        """For a VM its reference alone, as earlier versions wrote it, which had no other doubts."""
        return self.ref if self.cls == name_of(VM) else f"{self.cls} {self.ref}"


def subject(kind: Kind[Name, Any], ref: Ref[Name]) -> Subject:
    return Subject(name_of(kind), ref)


def of_key(key: str) -> Subject:
    cls, _, ref = key.rpartition(" ")
    return Subject(ClassName(cls or name_of(VM)), as_ref(ref))
