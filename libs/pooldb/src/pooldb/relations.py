"""Which fields are derived from others, and which others change when a field does."""

from collections.abc import Iterator, Mapping
from typing import Any

from datamodel import api
from datamodel.classes import Host
from datamodel.objects import ClassName, name_of
from datamodel.refs import NULL_REF

ONE_ENDS: dict[str, list[tuple[str, ClassName, str]]] = {}
"""By class: its reference fields that are asked backwards: (field, class, name of the set).

The set is a field of the other class, but for those fields that have none there.
"""

MANY_ENDS: dict[str, list[str]] = {name: [] for name in api.classes}
"""By class: its sets that are derived."""

BOTH_ENDS: dict[tuple[str, str], tuple[ClassName, str]] = {}
"""Of many-to-many relations: each end to the other."""

ASKED_BACKWARDS = [("VM", "scheduled_to_be_resident_on", name_of(Host))]
"""Reference fields without a set at the other end, whose owners are asked for all the same."""

for _relation in api.relations:
    if _relation.kind == "one-to-many":
        ONE_ENDS.setdefault(_relation.one[0], []).append((_relation.one[1], *_relation.many))
        MANY_ENDS[_relation.many[0]].append(_relation.many[1])
    elif _relation.kind == "many-to-many":
        BOTH_ENDS[_relation.one] = _relation.many
        BOTH_ENDS[_relation.many] = _relation.one
for _cls, _field, _other in ASKED_BACKWARDS:
    ONE_ENDS[_cls].append((_field, _other, f"{_cls}.{_field}"))


def parents(cls: str, record: Mapping[str, Any] | None) -> Iterator[tuple[ClassName, str, str]]:
    """The sets that an object belongs to: (class, reference, name of the set) of each."""
    if record is None:
        return
    for field, parent_cls, many in ONE_ENDS.get(cls, ()):
        parent = record.get(field, NULL_REF)
        if parent != NULL_REF:
            yield parent_cls, parent, many


def set_of(cls: str, field: str) -> str:
    """The name of the set that a reference field puts its owner into; raises KeyError."""
    return {name: many for name, _, many in ONE_ENDS.get(cls, ())}[field]
