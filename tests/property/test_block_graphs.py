"""Which layers an engine still needs: compared with a model that opens and closes disks."""

import itertools
import uuid

from hypothesis import given
from hypothesis import strategies as st
from storage.engine.graph import Edge, Graph
from storage.engine.names import export_id, exported_disk, layer_uuid, node_name

NAMES = [node_name(str(uuid.uuid5(uuid.NAMESPACE_OID, str(number)))) for number in range(12)]
TREES = st.lists(st.integers(0, 11), min_size=1, max_size=12)
"""For each layer the one below it: itself, for a base, or one with a lower number."""


def below(tree: list[int], number: int) -> int | None:
    lower = tree[number] % (number + 1)
    return None if lower == number else lower


def needed(tree: list[int], leaves: set[int]) -> set[int]:
    found = set()
    for leaf in leaves:
        number: int | None = leaf
        while number is not None:
            found.add(number)
            number = below(tree, number)
    return found


def graph(tree: list[int], exported: set[int]) -> Graph:
    """Each layer has a file; QEMU numbers what has no name."""
    edges: dict[str, tuple[Edge, ...]] = {}
    for number in range(len(tree)):
        edges[f"#block{number}"] = ()
        lower = below(tree, number)
        backing = () if lower is None else (Edge("backing", NAMES[lower]),)
        edges[NAMES[number]] = (Edge("file", f"#block{number}"), *backing)
    nodes = frozenset(edges)
    for number in exported:
        edges[str(number)] = (Edge("root", NAMES[number]),)
    return Graph(nodes, edges, {})


@given(TREES, st.data())
def test_what_no_disk_needs_is_closed_from_the_leaves_down(
    tree: list[int], data: st.DataObject
) -> None:
    layers = range(len(tree))
    exported = data.draw(st.sets(st.sampled_from(layers)))
    opened = data.draw(st.sets(st.sampled_from(layers)))
    order = graph(tree, exported).unneeded(NAMES[number] for number in opened)
    closed = [NAMES.index(name) for name in order]
    assert set(closed) == set(layers) - needed(tree, exported | opened)
    for place, number in enumerate(closed):
        assert below(tree, number) not in closed[:place]


@given(TREES)
def test_a_chain_goes_from_its_base_to_its_leaf(tree: list[int]) -> None:
    shown = graph(tree, set())
    for number in range(len(tree)):
        chain = shown.chain(NAMES[number])
        assert chain[-1] == NAMES[number]
        assert {NAMES.index(name) for name in chain} == needed(tree, {number})
        for lower, upper in itertools.pairwise(chain):
            assert upper in shown.parents(lower)


@given(st.uuids())
def test_a_layer_is_known_by_its_name(layer: uuid.UUID) -> None:
    name = node_name(str(layer))
    assert len(name) <= 31
    assert name[0].isalpha()
    assert layer_uuid(name) == str(layer)


@given(st.text(min_size=1))
def test_a_disk_is_known_by_its_exports_id(disk: str) -> None:
    assert exported_disk(export_id(disk)) == disk
    assert set(export_id(disk).removeprefix("disk.")) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    )
