"""Which fields are derived from others, and which others change when a field does."""

from collections.abc import Iterator, Mapping
from typing import Any

from datamodel import api
from datamodel.objects import ClassName
from datamodel.refs import NULL_REF

ONE_ENDS: dict[str, list[tuple[str, ClassName, str]]] = {}
"""By class: its reference fields that have a set at the other end: (field, class, set field)."""

MANY_ENDS: dict[str, list[str]] = {name: [] for name in api.classes}
"""By class: its sets that are derived."""

BOTH_ENDS: dict[tuple[str, str], tuple[ClassName, str]] = {}
"""Of many-to-many relations: each end to the other."""

for _relation in api.relations:
    if _relation.kind == "one-to-many":
        ONE_ENDS.setdefault(_relation.one[0], []).append((_relation.one[1], *_relation.many))
        MANY_ENDS[_relation.many[0]].append(_relation.many[1])
    elif _relation.kind == "many-to-many":
        BOTH_ENDS[_relation.one] = _relation.many
        BOTH_ENDS[_relation.many] = _relation.one


def parents(cls: str, record: Mapping[str, Any] | None) -> Iterator[tuple[ClassName, str, str]]:
    """The sets that an object belongs to: (class, reference, set field) of each."""
    if record is None:
        return
    for field, parent_cls, many in ONE_ENDS.get(cls, ()):
        parent = record.get(field, NULL_REF)
        if parent != NULL_REF:
            yield parent_cls, parent, many
