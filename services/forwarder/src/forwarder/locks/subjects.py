"""What operations and doubts are of: any object, by its class and reference."""

from typing import Any, NamedTuple, TypeVar, cast

from datamodel.classes import VM
from datamodel.objects import ClassName, Kind, name_of
from datamodel.refs import Ref, as_ref

Name = TypeVar("Name")


class Subject(NamedTuple):
    """An object; in the database it is `key`."""

    cls: ClassName
    ref: Ref[Any]

    @property
    def key(self) -> str:
        """A VM is its reference alone, as versions write it that have doubts of VMs only."""
        return self.ref if self.cls == name_of(VM) else f"{self.cls} {self.ref}"


def subject(kind: Kind[Name, Any], ref: Ref[Name]) -> Subject:
    return Subject(name_of(kind), ref)


def of_key(key: str) -> Subject:
    cls, _, ref = key.rpartition(" ")
    return Subject(cast(ClassName, cls) if cls else name_of(VM), as_ref(ref))
