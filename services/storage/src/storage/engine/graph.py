"""What an engine has open: block nodes, and who uses them; functions of what QEMU says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from storage.engine.names import LAYER

UNNAMED = "#"
"""What QEMU begins the names of nodes with that were given none."""


@dataclass(frozen=True)
class Edge:
    role: str
    child: str


@dataclass(frozen=True)
class Graph:
    """Each user of nodes with its edges: other nodes, and by their numbers exports and jobs."""

    nodes: frozenset[str]
    edges: Mapping[str, tuple[Edge, ...]]
    jobs: Mapping[str, str]
    """The jobs: the number of each, and its id."""

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Graph":
        """Read the answer of x-debug-query-block-graph."""
        named = {
            node["id"]: node["name"] if node["type"] == "block-driver" else str(node["id"])
            for node in answer["nodes"]
        }
        edges: dict[str, tuple[Edge, ...]] = dict.fromkeys(named.values(), ())
        for edge in answer["edges"]:
            edges[named[edge["parent"]]] += (Edge(edge["name"], named[edge["child"]]),)
        return cls(
            frozenset(node["name"] for node in answer["nodes"] if node["type"] == "block-driver"),
            edges,
            {
                str(node["id"]): node["name"]
                for node in answer["nodes"]
                if node["type"] == "block-job"
            },
        )

    @property
    def layers(self) -> frozenset[str]:
        """The nodes that are layers: not their files, nor the filters that jobs put between."""
        return frozenset(name for name in self.nodes if name.startswith(LAYER))

    def chain(self, leaf: str) -> tuple[str, ...]:
        """The layers of a disk, the base first."""
        found = []
        below: list[str] = [leaf]
        while below:
            [node] = below
            if node in self.layers:
                found.append(node)
            below = [edge.child for edge in self.edges[node] if edge.role == "backing"]
        return tuple(reversed(found))

    def parents(self, layer: str) -> frozenset[str]:
        """The layers directly above one."""
        return frozenset(name for name in self.layers if self.chain(name)[-2:-1] == (layer,))

    def leaf(self, node: str) -> str:
        """The layer that an export or a job shows: a mirror puts a filter above it."""
        return self.chain(node)[-1]

    def jobs_on(self, leaf: str) -> frozenset[str]:
        """The ids of the jobs that work on the disk with this leaf."""
        return frozenset(
            id
            for number, id in self.jobs.items()
            for edge in self.edges[number]
            if edge.role == "main node" and self.leaf(edge.child) == leaf
        )

    def unneeded(self, opened: Iterable[str]) -> list[str]:
        """The nodes that neither a disk in ``opened`` needs nor an export or a job uses.

        They are those that were opened by name; others go with them. Each comes before the layers
        below it, so that they can be closed in this order.
        """
        users = [name for name in self.edges if name not in self.nodes]
        needed = frozenset(self._below([*users, *opened]))
        named = {name for name in self.nodes if not name.startswith(UNNAMED)}
        return sorted(named - needed, key=lambda name: (-len(self.chain(name)), name))

    def _below(self, names: Iterable[str]) -> Iterator[str]:
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                yield name
                waiting += [edge.child for edge in self.edges.get(name, ())]
