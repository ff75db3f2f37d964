"""What an index says of an SR, without files: entries become a state, which is checked."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from xenops.storage import VdiInfo
from xenops.types import Json

from storage.layers import Format

RESULTS = 1000
"""So many of the last operations are answered again as they were."""

DEEPEST = 30
"""So many layers a disk may have."""


class Wrong(Exception):
    """A state that must not be: it says which object is wrong."""


@dataclass(frozen=True)
class Node:
    """An image: what it lacks is in its parent."""

    format: Format
    size: int
    parent: str | None = None


@dataclass(frozen=True)
class Disk:
    """A VDI: what clients know of it, and the node that is its leaf."""

    leaf: str
    info: VdiInfo

    @property
    def frozen(self) -> bool:
        """Whether it is never written, so that other disks may need its leaf as it is."""
        return self.info.is_a_snapshot or self.info.read_only


@dataclass(frozen=True)
class Hold:
    """A VM on a host uses a disk."""

    host: str
    vm: str
    writable: bool


@dataclass(frozen=True)
class Merging:
    """A node is being merged into another one; ``stop`` asks whoever does it to stop."""

    base: str
    stop: bool = False


@dataclass(frozen=True)
class Track:
    """The changed blocks of a disk: those in which it differs from the disk ``since``.

    They are those of the file ``kept``, and those that the layers above the node ``floor`` have.
    With no ``since`` the tracking begins with this disk, and its own changes are not known.
    """

    since: str | None = None
    floor: str | None = None
    kept: str | None = None


@dataclass(frozen=True)
class State:
    """Keys are the nodes' uuids, the disks' locations and the operations' ids."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    disks: Mapping[str, Disk] = field(default_factory=dict)
    holds: Mapping[str, tuple[Hold, ...]] = field(default_factory=dict)
    tracks: Mapping[str, Track] = field(default_factory=dict)
    """The disks whose changed blocks are tracked."""
    loose: Mapping[str, str] = field(default_factory=dict)
    """Files that may be there and belong to nobody, not yet or no longer: name to ending."""
    growing: Mapping[str, int] = field(default_factory=dict)
    """Nodes whose files are on their way to a larger size."""
    merging: Mapping[str, Merging] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """The SR's own names."""
    results: Mapping[str, Json] = field(default_factory=dict)

    def line(self, node: str) -> tuple[str, ...]:
        """A node and all below it, the base first."""
        nodes: list[str] = []
        below: str | None = node
        while below is not None:
            if below not in self.nodes:
                raise Wrong(f"node {nodes[-1] if nodes else node} needs node {below}: it is gone")
            if below in nodes:
                raise Wrong(f"node {below} is its own ancestor")
            nodes.append(below)
            below = self.nodes[below].parent
        return tuple(reversed(nodes))

    def children(self) -> dict[str, list[str]]:
        """The nodes above each node."""
        above: dict[str, list[str]] = {node: [] for node in self.nodes}
        for name, node in self.nodes.items():
            if node.parent is not None:
                above[node.parent].append(name)
        return above

    def leaves(self) -> dict[str, list[str]]:
        """The disks of each node that is a leaf of any."""
        of: dict[str, list[str]] = {}
        for vdi, disk in self.disks.items():
            of.setdefault(disk.leaf, []).append(vdi)
        return of

    def unneeded(self, leaf: str) -> Iterator[str]:
        """From ``leaf`` downwards the nodes of which no disk, node or merge has need."""
        needed = {disk.leaf for disk in self.disks.values()}
        needed |= {merging.base for merging in self.merging.values()} | set(self.merging)
        above = self.children()
        gone: set[str] = set()
        node: str | None = leaf
        while node is not None and node not in needed and not set(above[node]) - gone:
            yield node
            gone.add(node)
            node = self.nodes[node].parent


Changes = Mapping[str, Mapping[str, Any]]
"""For each table of the state the keys that get another value; with None the key goes."""


def encoded(changes: Changes) -> dict[str, dict[str, Json]]:
    """Changes as JSON."""
    return {
        table: {
            key: None if value is None else ENCODE.get(table, _as_it_is)(value)
            for key, value in values.items()
        }
        for table, values in changes.items()
        if values
    }


def applied(state: State, changes: Mapping[str, Mapping[str, Any]]) -> State:
    """The state after changes that came as JSON."""
    tables: dict[str, dict[str, Any]] = {}
    for table, values in changes.items():
        present = dict(getattr(state, table))
        for key, value in values.items():
            if value is None:
                present.pop(key, None)
            else:
                present[key] = DECODE.get(table, _as_it_is)(value)
        tables[table] = present
    results = tables.get("results", {})
    for oldest in list(results)[: max(0, len(results) - RESULTS)]:
        del results[oldest]
    return replace(state, **tables)


def whole(state: State) -> dict[str, dict[str, Json]]:
    """A state as changes to an empty one."""
    return encoded({table: getattr(state, table) for table in State.__dataclass_fields__})


def check(state: State) -> None:
    """Raise Wrong if a disk or node lacks what it needs, or two VMs write one disk."""
    sound: set[str] = set()
    for name, node in state.nodes.items():
        if name not in sound:
            sound.update(state.line(name))
        if node.parent is not None and state.nodes[node.parent].size > node.size:
            raise Wrong(f"node {name} is smaller than its parent {node.parent}")
        if node.parent is not None and node.format is Format.RAW:
            raise Wrong(f"node {name} is raw and cannot have a parent")
    above = state.children()
    for vdi, disk in state.disks.items():
        if disk.leaf not in state.nodes:
            raise Wrong(f"VDI {vdi} needs node {disk.leaf}: it is gone")
        if above[disk.leaf] and not disk.frozen:
            raise Wrong(f"VDI {vdi} writes node {disk.leaf}, which others need as it is")
    for leaf, vdis in state.leaves().items():
        if len(vdis) > 1 and not all(state.disks[vdi].frozen for vdi in vdis):
            raise Wrong(f"VDIs {', '.join(vdis)} share node {leaf}, and one writes it")
    for vdi, holds in state.holds.items():
        if vdi not in state.disks:
            raise Wrong(f"VDI {vdi} is held and is gone")
        shared = len(holds) > 1 and not state.disks[vdi].info.sharable
        if shared and any(hold.writable for hold in holds):
            raise Wrong(f"VDI {vdi} has {len(holds)} holders, and one writes it")
    for vdi, track in state.tracks.items():
        if vdi not in state.disks:
            raise Wrong(f"the changes of VDI {vdi} are tracked, and it is gone")
        if track.since is not None and track.since not in state.tracks:
            raise Wrong(f"the changes of VDI {vdi} since VDI {track.since} are tracked: it is gone")
        if track.floor is not None and track.floor not in state.line(state.disks[vdi].leaf):
            raise Wrong(f"VDI {vdi} does not need node {track.floor}, above which it is tracked")
    for name in set(state.loose) & set(state.nodes):
        raise Wrong(f"node {name} is to be erased and is needed")


def _as_it_is(value: Any) -> Any:
    return value


ENCODE: Mapping[str, Any] = {
    "nodes": asdict,
    "disks": lambda disk: {"leaf": disk.leaf, "info": asdict(disk.info)},
    "holds": lambda holds: [asdict(hold) for hold in holds],
    "merging": asdict,
    "tracks": asdict,
}
DECODE: Mapping[str, Any] = {
    "nodes": lambda json: Node(Format(json["format"]), json["size"], json["parent"]),
    "disks": lambda json: Disk(json["leaf"], VdiInfo(**json["info"])),
    "holds": lambda json: tuple(Hold(**hold) for hold in json),
    "merging": lambda json: Merging(**json),
    "tracks": lambda json: Track(**json),
}
