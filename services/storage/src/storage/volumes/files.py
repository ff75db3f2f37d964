"""The disks of an SR that is a folder: each node is a file ``<node>.qcow2`` or ``<node>.raw``.
A file ``<map>.cbt`` says which blocks of a tracked disk have changed.

A file is announced in the index before it is made and until it is erased, so that after a crash
the index says which files belong to nobody; no other file is ever erased.
"""

import base64
import fcntl
import logging
import os
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from xenops.storage import UNMANAGED, SrHealth, SrInfo, VdiInfo

from storage.errors import BackendError
from storage.layers import Chain, Format, Layer, Merge
from storage.volumes import failures, images, tracking, wanted
from storage.volumes.index import BALLAST, FOLDER, Change, Index, Medium, owner
from storage.volumes.programs import ProgramFailed, Stopped
from storage.volumes.state import (
    DEEPEST,
    Changes,
    Disk,
    Hold,
    Merging,
    Node,
    State,
    Track,
    Wrong,
    applied,
    check,
    encoded,
)

log = logging.getLogger(__name__)

GIB = 1024**3
FILE = re.compile(rf"({wanted.UUID.pattern})\.(qcow2|raw|vhd)")
MAP = "cbt"
"""The ending of files that say which blocks have changed."""

METADATA = "cbt_metadata"
"""The type of a snapshot whose data was destroyed."""

UNREADABLE = (OSError, ProgramFailed, BackendError, images.HostileImage, Wrong)
"""What is raised if a map of changed blocks cannot be told."""

FIELDS = frozenset(
    {
        *("name_label", "name_description", "ty", "metadata_of_pool", "content_id", "tags"),
        *("snapshot_of", "snapshot_time", "read_only", "persistent", "sharable", "sm_config"),
    }
)
"""What `FileVolumes.set_fields` changes."""


class FileVolumes:
    """The disks in a folder; any number of hosts may use it at once."""

    def __init__(self, root: Path, sr: str, medium: Medium | None = None) -> None:
        self.root = root
        self.sr = sr
        self._index = Index(root, sr, medium)

    def begin(self) -> "FileVolumes":
        """Undo what crashes have left half done; raises BackendError 47 if this is not the SR."""
        with self._change():
            self._load_ballast()
        return self

    # The SR.

    def stat(self) -> SrInfo:
        with self._change() as change:
            names = change.state.names
        space = os.statvfs(self.root)
        return SrInfo(
            sr_uuid=self.sr,
            name_label=names.get("name_label", ""),
            name_description=names.get("name_description", ""),
            total_space=space.f_blocks * space.f_frsize,
            free_space=space.f_bavail * space.f_frsize,
            clustered=False,
            health=SrHealth.Healthy,
        )

    def set_name(self, label: str | None, description: str | None) -> None:
        given = {"name_label": label, "name_description": description}
        with self._change() as change:
            change.enter({"names": {key: text for key, text in given.items() if text is not None}})

    def scan(self) -> list[VdiInfo]:
        with self._change() as change:
            self._introduce(change)
            state = change.state
        leaves = state.leaves()
        told = [self._info(state, vdi, leaves) for vdi in state.disks]
        return told + [
            self._layer_info(state, node, leaves) for node in set(state.nodes) - {*leaves}
        ]

    def volume(self, vdi: str) -> VdiInfo:
        with self._change() as change:
            self._disk(change.state, vdi)
            return self._info(change.state, vdi)

    def erase(self) -> None:
        """Erase all disks and the SR itself; files of others stay. May be repeated."""
        folder = self.root / FOLDER
        with failures.told(self.root):
            if owner(self.root) is not None:
                with self._change() as change:
                    for name, node in change.state.nodes.items():
                        self._path(name, node.format).unlink(missing_ok=True)
                    for track in change.state.tracks.values():
                        if track.kept is not None:
                            self._path(track.kept, MAP).unlink(missing_ok=True)
                for name in ("index.copy", "index"):
                    (folder / name).unlink(missing_ok=True)
            if folder.exists():
                for path in folder.iterdir():
                    path.unlink()
                folder.rmdir()
                images.synced(self.root)

    # Operations.

    def create(self, operation: str, wanted_: VdiInfo) -> VdiInfo:
        operation = _one(operation, "create", wanted_.uuid)
        node = Node(wanted.format_(wanted_), wanted.size(wanted_.virtual_size))
        with self._change() as change:
            if operation in change.state.results:
                return _answered(change, operation)
            vdi = self._new(change.state, wanted_)
            self._check_room()
            name = str(uuid.uuid4())
            made = self._made(change, {name: node})
            info = replace(wanted_, content_id=wanted_.content_id or str(uuid.uuid4()))
            return self._enter(
                change, operation, vdi, {**made, "disks": {vdi: _named(vdi, name, info)}}
            )

    def destroy(self, operation: str, vdi: str) -> None:
        operation = _one(operation, "destroy", vdi)
        with self._change() as change:
            if operation in change.state.results or vdi not in change.state.disks:
                return
            self._check_unused(change.state, vdi)
            leaf = change.state.disks[vdi].leaf
            made = self._untracked(change, vdi)
            changes = {**made, "disks": {vdi: None}, "holds": {vdi: None}}
            change.enter(_pruned(change.state, changes, leaf), operation)
            self._erase_loose(change)
            self._load_ballast()

    def snapshot(self, operation: str, vdi: str, wanted_: VdiInfo) -> VdiInfo:
        operation = _one(operation, "snapshot", vdi)
        with self._change() as change:
            state = change.state
            if operation in state.results:
                return _answered(change, operation)
            new, source = self._new(state, wanted_), self._disk(state, vdi)
            info = replace(wanted_, is_a_snapshot=True, content_id=source.info.content_id)
            _require_data(vdi, source)
            if source.frozen:
                return self._enter(
                    change, operation, new, {"disks": {new: _named(new, source.leaf, info)}}
                )
            made, above = self._overlays(change, vdi, 1)
            made["disks"] = {
                vdi: replace(source, leaf=above[0]),
                new: _named(new, source.leaf, info),
            }
            if vdi in state.tracks:
                made["tracks"] = {new: state.tracks[vdi], vdi: Track(new, source.leaf)}
            return self._enter(change, operation, new, made)

    def clone(self, operation: str, vdi: str, wanted_: VdiInfo) -> VdiInfo:
        operation = _one(operation, "clone", vdi)
        with self._change() as change:
            state = change.state
            if operation in state.results:
                return _answered(change, operation)
            new, source = self._new(state, wanted_), self._disk(state, vdi)
            _require_data(vdi, source)
            info = replace(wanted_, is_a_snapshot=False, read_only=False)
            info = replace(info, content_id=source.info.content_id)
            made, above = self._overlays(change, vdi, 1 if source.frozen else 2)
            made["disks"] = {new: _named(new, above[0], info)}
            if not source.frozen:
                made["disks"][vdi] = replace(source, leaf=above[1])
            return self._enter(change, operation, new, made)

    def resize(self, operation: str, vdi: str, size: int) -> VdiInfo:
        operation = _one(operation, "resize", vdi)
        size = wanted.size(size)
        with self._undisturbed(vdi) as change:
            if operation in change.state.results:
                return _answered(change, operation)
            disk = self._disk(change.state, vdi)
            self._check_unused(change.state, vdi)
            present = change.state.nodes[disk.leaf].size
            if size < present:
                raise BackendError(79, "VDI Invalid size [opterr=shrinking not allowed]")
            if disk.frozen:
                raise _unavailable(f"VDI {vdi} is a snapshot or read-only and keeps its size")
            if size > present:
                change.enter({"growing": {disk.leaf: size}})
                self._grow(change, disk.leaf, size)
            return self._enter(change, operation, vdi, {})

    def revert(self, operation: str, vdi: str, snapshot: str) -> VdiInfo:
        operation = _one(operation, "revert", vdi)
        with self._change() as change:
            state = change.state
            if operation in state.results:
                return _answered(change, operation)
            disk, source = self._disk(state, vdi), self._disk(state, snapshot)
            self._check_unused(state, vdi)
            _require_data(snapshot, source)
            if disk.frozen or not source.frozen:
                raise _unavailable(f"VDI {snapshot} is no snapshot, or VDI {vdi} is one")
            made, above = self._overlays(change, snapshot, 1)
            info = replace(disk.info, content_id=source.info.content_id)
            changes = {**made, "disks": {vdi: Disk(above[0], info)}}
            if vdi in state.tracks:
                is_known = snapshot in state.tracks
                now = Track(snapshot, source.leaf) if is_known else Track()
                self._retrack(change, changes, vdi, now)
            told = self._enter(change, operation, vdi, _pruned(state, changes, disk.leaf))
            self._erase_loose(change)
            return told

    def set_fields(self, operation: str, vdi: str, changes: Mapping[str, object]) -> VdiInfo:
        operation = _one(operation, "set_fields", vdi)
        if not FIELDS.issuperset(changes):
            raise _unavailable(f"{', '.join(set(changes) - FIELDS)} of a VDI cannot be set")
        with self._change() as change:
            if operation in change.state.results:
                return _answered(change, operation)
            disk = self._disk(change.state, vdi)
            fields: dict[str, Any] = dict(changes)
            info = replace(disk.info, **fields)
            return self._enter(
                change, operation, vdi, {"disks": {vdi: _named(vdi, disk.leaf, info)}}
            )

    # Changed blocks.

    def track(self, operation: str, vdi: str, *, enabled: bool) -> VdiInfo:
        operation = _one(operation, f"track {enabled}", vdi)
        with self._change() as change:
            state = change.state
            if operation in state.results:
                return _answered(change, operation)
            disk = self._disk(state, vdi)
            changes: dict[str, Any] = {}
            if enabled and vdi not in state.tracks:
                if disk.frozen:
                    raise _unavailable(f"VDI {vdi} is never written, so nothing can be tracked")
                changes = {"tracks": {vdi: Track()}}
            elif not enabled:
                changes = self._untracked(change, vdi)
            told = self._enter(change, operation, vdi, changes)
            self._erase_loose(change)
            return told

    def data_destroy(self, operation: str, vdi: str) -> VdiInfo:
        operation = _one(operation, "data_destroy", vdi)
        with self._change() as change:
            state = change.state
            if operation in state.results:
                return _answered(change, operation)
            disk = self._disk(state, vdi)
            self._check_unused(state, vdi)
            track = state.tracks.get(vdi)
            if track is None or not disk.info.is_a_snapshot:
                raise _unavailable(f"VDI {vdi} is no snapshot whose changes are tracked")
            blocks = None if track.since is None else self._own_map(change, vdi)
            name = str(uuid.uuid4())
            node = Node(Format.QCOW2, state.nodes[disk.leaf].size)
            changes = self._made(change, {name: node})
            now = Track(track.since)
            if blocks is not None:
                now = replace(now, kept=self._stored(change, changes, blocks))
            self._retrack(change, changes, vdi, now)
            info = replace(disk.info, ty=METADATA)
            changes["disks"] = {vdi: Disk(name, info)}
            told = self._enter(change, operation, vdi, _pruned(state, changes, disk.leaf))
            self._erase_loose(change)
            return told

    def changed_blocks(self, since: str, until: str) -> str:
        with self._change() as change:
            state = change.state
            disk = self._disk(state, until)
            self._disk(state, since)
            if not disk.frozen:
                self._check_unused(state, until)
            maps = []
            vdi: str | None = until if since != until else None
            while vdi is not None and vdi != since and vdi in state.tracks:
                try:
                    maps.append(self._own_map(change, vdi))
                except UNREADABLE as failed:
                    raise BackendError(
                        459,
                        f"Changed block tracking log is in an inconsistent state [opterr=VDI {vdi}:"
                        f" {failed}; disable and enable tracking, and make a full backup]",
                    ) from failed
                vdi = state.tracks[vdi].since
            if vdi != since or since not in state.tracks:
                raise BackendError(
                    460,
                    f"Failed to calculate changed blocks for given VDIs [opterr=the changes from "
                    f"VDI {since} to VDI {until} are not tracked]",
                )
            return base64.b64encode(tracking.joined(maps, state.nodes[disk.leaf].size)).decode()

    def differing(self, one: str, other: str) -> str:
        with self._change() as change:
            state = change.state
            leaves = [self._disk(state, vdi).leaf for vdi in (one, other)]
            lines = [state.line(leaf) for leaf in leaves]
            common = {*lines[0]} & {*lines[1]}
            try:
                if not common:
                    raise Wrong("they have no layer in common")
                above = [node for line in lines for node in line if node not in common]
                maps = [self._allocated(change, node) for node in above]
            except UNREADABLE as failed:
                raise BackendError(
                    460,
                    f"Failed to calculate changed blocks for given VDIs [opterr=VDI {one} and VDI "
                    f"{other}: {failed}]",
                ) from failed
            size = max(state.nodes[leaf].size for leaf in leaves)
            return base64.b64encode(tracking.joined(maps, size)).decode()

    # Use.

    def chain(self, vdi: str) -> Chain:
        with self._change() as change:
            chain = self._layers(change.state, self._disk(change.state, vdi).leaf)
            for layer in chain:
                self._check_file(layer, vdi)
            return chain

    def hold(self, vdi: str, host: str, vm: str, *, writable: bool) -> None:
        with self._undisturbed(vdi) as change:
            disk = self._disk(change.state, vdi)
            _require_data(vdi, disk)
            if writable and disk.frozen:
                raise _unavailable(
                    f"VDI {vdi} is a snapshot or read-only and cannot be written; clone it"
                )
            holds = change.state.holds.get(vdi, ())
            others = tuple(hold for hold in holds if (hold.host, hold.vm) != (host, vm))
            if others and not disk.info.sharable:
                for other in others:
                    if writable or other.writable:
                        raise _in_use(vdi, other)
            new = (*others, Hold(host, vm, writable))
            if new != holds:
                change.enter({"holds": {vdi: new}})

    def release(self, vdi: str, host: str, vm: str) -> None:
        self._release(lambda name, hold: (name, hold.host, hold.vm) == (vdi, host, vm))

    def release_host(self, host: str, vm: str | None) -> None:
        self._release(lambda name, hold: hold.host == host and vm in (None, hold.vm))

    # Merges.

    def merges(self) -> Sequence[Merge]:
        with self._change() as change:
            return list(self._merges(change.state))

    def merge(self, merge: Merge) -> None:
        top = merge.top.node
        with self._merging_lock() as lock:
            with self._change() as change:
                self._forget_merges(change)
                state = change.state
                free = {each.top.node for each in self._merges(state) if each.leaf_of is None}
                if top not in free:
                    return
                chain = self._layers(state, top)
                for layer in chain:
                    self._check_file(layer, top)
                changes = self._kept_apart(change, top, chain[-2].node)
                change.enter({**changes, "merging": {top: Merging(chain[-2].node)}})
            try:
                with failures.told(self.root):
                    images.mend(chain[-2], lock)
                    images.commit(chain, lock, lambda: self._to_stop(top))
                    images.synced(chain[-2].path)
            except (Stopped, BackendError) as failed:
                with self._change() as change:
                    self._forget_merges(change)
                if isinstance(failed, BackendError):
                    raise
                return
            with self._change() as change:
                self._point_children(change, top, chain[-2])
                self._enter_merged(change, top, chain[-2].node)

    def _point_children(self, change: Change, top: str, base: Layer) -> None:
        """Have the images above a merged layer name the one that has its bytes now."""
        for name, node in change.state.nodes.items():
            if node.parent == top:
                images.point(self._path(name, node.format), base, change.lock)

    def keep_maps(self, merge: Merge) -> None:
        with self._change() as change:
            if merge.top.node in change.state.nodes:
                changes = self._kept_apart(change, merge.top.node, merge.base.node)
                if changes:
                    change.enter(changes)
                    self._erase_loose(change)

    def merged(self, merge: Merge) -> None:
        with self._change() as change:
            if merge.top.node not in change.state.nodes:
                return
            if merge.base.node in change.state.leaves() or change.state.children()[
                merge.base.node
            ] != [merge.top.node]:
                raise _unavailable(f"node {merge.base.node} is needed as it was before the merge")
            images.synced(merge.base.path)
            # An engine has renamed the layer that it has open, and keeps others from doing so.
            with suppress(ProgramFailed):
                self._point_children(change, merge.top.node, merge.base)
            self._enter_merged(change, merge.top.node, merge.base.node)

    # Below: what these have in common.

    @contextmanager
    def _change(self) -> Iterator[Change]:
        """Lock the index; what crashes have left half done is finished or undone first."""
        with failures.told(self.root), self._index.change() as change:
            self._erase_loose(change)
            self._finish_growing(change)
            yield change

    def _load_ballast(self) -> None:
        if self._free() > self._reserve() + BALLAST:
            self._index.load_ballast()

    def _free(self) -> int:
        space = os.statvfs(self.root)
        return space.f_bavail * space.f_frsize

    def _reserve(self) -> int:
        """What is kept for merges."""
        space = os.statvfs(self.root)
        return min(GIB, space.f_blocks * space.f_frsize // 50)

    def _erase_loose(self, change: Change) -> None:
        loose = change.state.loose
        if loose:
            for name, ending in loose.items():
                self._path(name, ending).unlink(missing_ok=True)
            images.synced(self.root)
            change.enter({"loose": dict.fromkeys(loose)})

    def _finish_growing(self, change: Change) -> None:
        for name, size in change.state.growing.items():
            try:
                self._grow(change, name, size)
            except (OSError, BackendError, ProgramFailed, images.HostileImage) as failed:
                # The others of this SR are not to suffer; whoever wants it can ask once more.
                log.error("node %s of SR %s did not grow: %s", name, self.sr, failed)
                change.enter({"growing": {name: None}})

    def _grow(self, change: Change, name: str, size: int) -> None:
        (*_, layer) = self._layers(change.state, name)
        self._check_file(layer, name)
        images.grow(layer, size, change.lock)
        images.synced(layer.path)
        node = replace(change.state.nodes[name], size=size)
        change.enter({"nodes": {name: node}, "growing": {name: None}})

    def _made(self, change: Change, nodes: Mapping[str, Node]) -> dict[str, Any]:
        """Make the files of new nodes; the changes that make them known."""
        change.enter({"loose": {name: node.format for name, node in nodes.items()}})
        for name, node in nodes.items():
            below = None if node.parent is None else self._layer(change.state, node.parent)
            path = self._path(name, node.format)
            images.create(path, node.format, node.size, below, change.lock)
            images.synced(path)
        images.synced(self.root)
        return {"nodes": dict(nodes), "loose": dict.fromkeys(nodes)}

    def _overlays(self, change: Change, vdi: str, number: int) -> tuple[dict[str, Any], list[str]]:
        """Make empty nodes above a disk's leaf; the changes that make them known, and their names.

        Raises BackendError 109 if the disk would get too many layers, 44 if there is no space, 46
        if a file is gone.
        """
        state = change.state
        leaf = state.disks[vdi].leaf
        depth = len(state.line(leaf))
        if depth >= DEEPEST:
            line = {*state.line(leaf)}
            waiting = sum(merge.top.node in line for merge in self._merges(state))
            raise BackendError(
                109,
                f"The snapshot chain is too long [opterr=VDI {vdi} has {depth} layers, of which "
                f"{waiting} can be merged; let them be merged, or destroy snapshots that are not "
                f"needed]",
            )
        self._check_room()
        for layer in self._layers(state, leaf):
            self._check_file(layer, vdi)
        names = [str(uuid.uuid4()) for _ in range(number)]
        node = Node(Format.QCOW2, state.nodes[leaf].size, leaf)
        return self._made(change, dict.fromkeys(names, node)), names

    def _enter(self, change: Change, operation: str, vdi: str, changes: Changes) -> VdiInfo:
        """Make changes with the disk as it is then as the result."""
        after = applied(change.state, encoded(changes))
        check(after)
        told = self._info(after, vdi)
        change.enter(changes, operation, asdict(told))
        return told

    def _enter_merged(self, change: Change, top: str, base: str) -> None:
        state = change.state
        nodes = state.nodes
        above = [name for name, node in nodes.items() if node.parent == top]
        changes = {
            "nodes": {
                top: None,
                base: replace(nodes[base], size=nodes[top].size),
                **{name: replace(nodes[name], parent=base) for name in above},
            },
            "disks": {
                vdi: replace(disk, leaf=base)
                for vdi, disk in state.disks.items()
                if disk.leaf == top
            },
            "tracks": {
                vdi: replace(track, floor=base)
                for vdi, track in state.tracks.items()
                if track.floor == top
            },
            "merging": {top: None},
            "loose": {top: nodes[top].format},
        }
        change.enter(_pruned(state, changes, base))
        self._erase_loose(change)

    # The maps of changed blocks.

    def _own_map(self, change: Change, vdi: str) -> bytes:
        """The blocks in which a disk differs from the one since which it is tracked.

        Raises one of `UNREADABLE`.
        """
        state, track = change.state, change.state.tracks[vdi]
        leaf = state.disks[vdi].leaf
        size = state.nodes[leaf].size
        maps = [self._kept(change, vdi)]
        if track.floor is not None:
            line = state.line(leaf)
            for node in line[line.index(track.floor) + 1 :]:
                maps.append(self._allocated(change, node))
        return tracking.joined(maps, size)

    def _allocated(self, change: Change, node: str) -> bytes:
        layer = self._layer(change.state, node)
        images.header(layer.path)
        return tracking.allocated(layer, change.state.nodes[node].size, change.lock)

    def _stored(self, change: Change, changes: dict[str, Any], blocks: bytes) -> str:
        """Store a map in a new file, which becomes known by ``changes``; its name."""
        name = str(uuid.uuid4())
        change.enter({"loose": {name: MAP}})
        tracking.store(self._path(name, MAP), blocks)
        images.synced(self.root)
        changes["loose"] = {**changes.get("loose", {}), name: None}
        return name

    def _retrack(
        self, change: Change, changes: dict[str, Any], vdi: str, now: Track | None
    ) -> None:
        """Add to ``changes`` how a disk is tracked from now on; its map goes if it is another."""
        before = change.state.tracks[vdi].kept
        changes["tracks"] = {**changes.get("tracks", {}), vdi: now}
        if before is not None and (now is None or now.kept != before):
            changes["loose"] = {**changes.get("loose", {}), before: MAP}

    def _untracked(self, change: Change, vdi: str) -> dict[str, Any]:
        """The changes by which a disk is tracked no longer; those that came after it have its map.

        Its layers may still be written, by an engine that has not gone over to later ones, so what
        they have is told later if it can be.
        """
        changes: dict[str, Any] = {}
        state, gone = change.state, change.state.tracks.get(vdi)
        if gone is None:
            return changes
        for later, track in state.tracks.items():
            if track.since != vdi:
                continue
            if gone.since is None:
                self._retrack(change, changes, later, Track())
            elif None in (gone.floor, track.floor):
                now = replace(track, since=gone.since)
                self._keep(change, changes, later, now, lambda: self._own_map(change, vdi))
            else:
                now = replace(track, since=gone.since, floor=gone.floor)
                if gone.kept is None:
                    self._retrack(change, changes, later, now)
                else:
                    self._keep(change, changes, later, now, lambda: self._kept(change, vdi))
        self._retrack(change, changes, vdi, None)
        return changes

    def _kept_apart(self, change: Change, top: str, base: str) -> dict[str, Any]:
        """Changes after which nobody needs to tell the blocks of ``top`` from those of ``base``."""
        changes: dict[str, Any] = {}
        for vdi, track in change.state.tracks.items():
            if track.floor == base:
                self._keep(change, changes, vdi, track, lambda: self._allocated(change, top))
        return changes

    def _keep(
        self,
        change: Change,
        changes: dict[str, Any],
        vdi: str,
        now: Track,
        more: Callable[[], bytes],
    ) -> None:
        """Add to ``changes`` that a disk is tracked as ``now`` says, with more blocks in its map.

        Where a map cannot be read or stored, the tracking begins anew: that costs a full backup,
        and merging or destroying must not depend on it.
        """
        try:
            maps = [more(), self._kept(change, vdi)]
            size = change.state.nodes[change.state.disks[vdi].leaf].size
            now = replace(now, kept=self._stored(change, changes, tracking.joined(maps, size)))
        except UNREADABLE as failed:
            log.warning("changes of VDI %s are tracked anew: %s", vdi, failed)
            now = Track()
        self._retrack(change, changes, vdi, now)

    def _kept(self, change: Change, vdi: str) -> bytes:
        """The map that is kept of a disk; raises one of `UNREADABLE`."""
        state, kept = change.state, change.state.tracks[vdi].kept
        size = state.nodes[state.disks[vdi].leaf].size
        return b"" if kept is None else tracking.load(self._path(kept, MAP), size)

    def _new(self, state: State, info: VdiInfo) -> str:
        """The uuid, and location, of a disk that is to be made."""
        if info.uuid is None:
            return str(uuid.uuid4())
        new = wanted.uuid(info.uuid, "the VDI's uuid")
        if new in state.disks or new in state.nodes:
            raise BackendError(43, f"The VDI already exists [opterr={new}]")
        return new

    def _disk(self, state: State, vdi: str) -> Disk:
        if vdi not in state.disks:
            raise BackendError(144, f"The VDI is not available [opterr=SR {self.sr} has no {vdi}]")
        return state.disks[vdi]

    def _check_unused(self, state: State, vdi: str) -> None:
        for hold in state.holds.get(vdi, ()):
            raise _in_use(vdi, hold)

    def _check_room(self) -> None:
        """Raise BackendError 44 if there is not even what merges may need."""
        reserve, free = self._reserve(), self._free()
        if free < reserve:
            raise BackendError(
                44,
                f"{failures.NO_SPACE} [opterr=SR {self.sr} has {free} bytes, and keeps {reserve} "
                f"for merging layers; destroy snapshots or VDIs]",
            )

    def _check_file(self, layer: Layer, of: str) -> None:
        """Raise BackendError 46 if a layer's file is not what the index says."""
        try:
            if layer.format is Format.QCOW2:
                images.header(layer.path)
            elif layer.path.is_symlink() or not layer.path.is_file():
                raise images.HostileImage("it is no plain file, or it is gone")
        except FileNotFoundError:
            raise _unavailable(
                f"{layer.path}, a layer of VDI {of}, is gone; put it back from a backup, or "
                f"destroy the VDI"
            ) from None
        except images.HostileImage as hostile:
            raise _unavailable(f"{layer.path}, a layer of VDI {of}: {hostile}") from None

    def _path(self, name: str, ending: str) -> Path:
        return self.root / f"{name}.{ending}"

    def _layer(self, state: State, node: str) -> Layer:
        format_ = state.nodes[node].format
        return Layer(node, self._path(node, format_), format_)

    def _layers(self, state: State, leaf: str) -> Chain:
        return tuple(self._layer(state, node) for node in state.line(leaf))

    def _release(self, given: Any) -> None:
        with self._change() as change:
            changed = {}
            for vdi, holds in change.state.holds.items():
                kept = tuple(hold for hold in holds if not given(vdi, hold))
                if kept != holds:
                    changed[vdi] = kept or None
            if changed:
                change.enter({"holds": changed})

    # What clients are told.

    def _info(
        self, state: State, vdi: str, leaves: Mapping[str, Sequence[str]] | None = None
    ) -> VdiInfo:
        disk = state.disks[vdi]
        modes = {
            f"host_{hold.host}": "RW" if hold.writable else "RO"
            for hold in state.holds.get(vdi, ())
        }
        sm_config = {**disk.info.sm_config, **self._sm_config(state, disk.leaf, leaves), **modes}
        return replace(
            disk.info,
            virtual_size=state.nodes[disk.leaf].size,
            physical_utilisation=self._used(state, disk.leaf),
            sm_config=sm_config,
            cbt_enabled=vdi in state.tracks,
        )

    def _layer_info(self, state: State, node: str, leaves: Mapping[str, Sequence[str]]) -> VdiInfo:
        return VdiInfo(
            vdi=node,
            uuid=node,
            name_label="base copy",
            read_only=True,
            virtual_size=state.nodes[node].size,
            physical_utilisation=self._used(state, node),
            sm_config={**self._sm_config(state, node, leaves), UNMANAGED: "true"},
        )

    def _sm_config(
        self, state: State, node: str, leaves: Mapping[str, Sequence[str]] | None
    ) -> dict[str, str]:
        keys = {"image-format": str(state.nodes[node].format)}
        parent = state.nodes[node].parent
        if parent is not None:
            known = state.leaves() if leaves is None else leaves
            keys["vhd-parent"] = known.get(parent, [parent])[0]
        return keys

    def _used(self, state: State, node: str) -> int:
        try:
            return self._path(node, state.nodes[node].format).stat().st_blocks * 512
        except FileNotFoundError:
            return 0

    # Files that were put here by hand.

    def _introduce(self, change: Change) -> None:
        state = change.state
        known = {self._path(name, node.format).name for name, node in state.nodes.items()}
        nodes, disks = {}, {}
        for entry in sorted(self.root.iterdir()):
            match = FILE.fullmatch(entry.name)
            if match is None or entry.name in known:
                continue
            name = match[1]
            if name in state.nodes or name in state.disks or name in nodes:
                log.warning("%s is not a VDI: its uuid is another one's", entry)
                continue
            try:
                nodes[name] = self._found(entry, match[2])
            except (images.HostileImage, OSError) as refused:
                log.warning("%s is not a VDI: %s", entry, refused)
                continue
            disks[name] = Disk(name, VdiInfo(vdi=name, uuid=name, name_label=""))
        if disks:
            change.enter({"nodes": nodes, "disks": disks})

    def _found(self, path: Path, format_: str) -> Node:
        if format_ not in set(Format):
            raise images.HostileImage(f"convert it with qemu-img: {format_} is not read here")
        if format_ == Format.QCOW2:
            header = images.header(path)
            if header.backing is not None:
                raise images.HostileImage(
                    f"it needs the backing file {header.backing!r}, which is not in the index; "
                    f"flatten it with qemu-img convert"
                )
            size = header.size
        elif path.is_symlink() or not path.is_file():
            raise images.HostileImage("it is not a plain file")
        else:
            size = path.stat().st_size
        if not 0 < size <= wanted.LARGEST or size % 512:
            raise images.HostileImage(
                f"its size, {size} bytes, is not a disk's; use qemu-img resize"
            )
        return Node(Format(format_), size)

    # Merges, which hold a lock of their own for as long as they take.

    def _merges(self, state: State) -> Iterator[Merge]:
        """What can be merged, the longest chains first."""
        above, leaves = state.children(), state.leaves()
        lines = {vdi: state.line(disk.leaf) for vdi, disk in state.disks.items()}
        height: dict[str, int] = {}
        users: dict[str, list[str]] = {}
        for vdi, line in lines.items():
            for node in line:
                height[node] = max(height.get(node, 0), len(line))
                if state.holds.get(vdi):
                    users.setdefault(node, []).append(vdi)
        for base in sorted(state.nodes, key=lambda node: (-height.get(node, 0), node)):
            if base in leaves or len(above[base]) != 1:
                continue
            (top,) = above[base]
            using = users.get(top, [])
            in_use_as_leaf = any(vdi in using for vdi in leaves.get(top, []))
            tracked = any(
                vdi in state.tracks and not state.disks[vdi].frozen for vdi in leaves.get(top, [])
            )
            if len(using) <= 1 and not in_use_as_leaf and not tracked:
                layers = self._layer(state, top), self._layer(state, base)
                yield Merge(*layers, using[0] if using else None)

    @contextmanager
    def _merging_lock(self) -> Iterator[int]:
        """Wait until no merge runs on this SR, on any host."""
        with failures.told(self.root):
            lock = os.open(self.root / FOLDER / "merge.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with failures.told(self.root):
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock
        finally:
            os.close(lock)

    def _to_stop(self, top: str) -> bool:
        with self._change() as change:
            merging = change.state.merging.get(top)
            return merging is None or merging.stop

    def _forget_merges(self, change: Change) -> None:
        """No merge runs: those that are noted were stopped or killed."""
        for top in change.state.merging:
            change.enter(_pruned(change.state, {"merging": {top: None}}, top))
        self._erase_loose(change)

    @contextmanager
    def _undisturbed(self, vdi: str) -> Iterator[Change]:
        """Lock the index while no merge has any layer of a disk open; one that does is stopped."""
        while True:
            with self._change() as change:
                state = change.state
                line = state.line(self._disk(state, vdi).leaf)
                merging = {top: done for top, done in state.merging.items() if top in line}
                if not merging:
                    yield change
                    return
                stop = {top: replace(done, stop=True) for top, done in merging.items()}
                change.enter({"merging": stop})
            with self._merging_lock(), self._change() as change:
                self._forget_merges(change)


def _named(vdi: str, leaf: str, info: VdiInfo) -> Disk:
    return Disk(leaf, replace(info, vdi=vdi, uuid=vdi))


def _pruned(state: State, changes: Mapping[str, Any], leaf: str) -> dict[str, Any]:
    """``changes``, and from ``leaf`` downwards the end of what nobody needs after them."""
    after = applied(state, encoded(changes))
    gone = list(after.unneeded(leaf)) if leaf in after.nodes else []
    return {
        **changes,
        "nodes": {**changes.get("nodes", {}), **dict.fromkeys(gone)},
        "loose": {
            **changes.get("loose", {}),
            **{node: after.nodes[node].format for node in gone},
        },
    }


def _one(operation: str, call: str, of: str | None) -> str:
    """One change of an operation, which may do several things to several disks."""
    return f"{operation} {call} {of}"


def _answered(change: Change, operation: str) -> VdiInfo:
    """What an operation has answered before."""
    (said,) = change.state.results[operation]
    return VdiInfo(**said)


def _require_data(vdi: str, disk: Disk) -> None:
    if disk.info.ty == METADATA:
        raise _unavailable(f"the data of VDI {vdi} was destroyed")


def _in_use(vdi: str, hold: Hold) -> BackendError:
    how = "writes" if hold.writable else "reads"
    return BackendError(
        24, f"The VDI is currently in use [opterr=VM {hold.vm} on host {hold.host} {how} {vdi}]"
    )


def _unavailable(text: str) -> BackendError:
    return BackendError(46, f"The VDI is not available [opterr={text}]")
