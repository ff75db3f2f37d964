"""What an engine's nodes, exports and jobs are called: a daemon reads from a name what it is.

QEMU's names begin with a letter, and a node's has 31 characters at most.
"""

import base64
import re
import uuid

from storage.engine.errors import EngineError
from storage.layers import Layer

LAYER, EXPORTED, OWN, COMMIT, MIRROR = "n", "disk.", "own.", "commit.", "mirror."


def node_name(node: str) -> str:
    """The node of the layer with this uuid."""
    try:
        code = base64.b32encode(uuid.UUID(node).bytes)
    except ValueError as error:
        raise EngineError(f"the layer {node!r} has no uuid") from error
    return LAYER + code.decode().rstrip("=").lower()


def layer_uuid(name: str) -> str:
    """The uuid of the layer that `node_name` has named."""
    code = name.removeprefix(LAYER).upper()
    return str(uuid.UUID(bytes=base64.b32decode(code + "=" * (-len(code) % 8))))


def own_name() -> str:
    """A name for what is needed only within a call."""
    return OWN + uuid.uuid4().hex[:20]


def export_id(disk: str) -> str:
    """The export of a disk, whose name may have any characters."""
    return EXPORTED + re.sub(
        "[^A-Za-z0-9-]", lambda sign: "".join(f"_{byte:02x}" for byte in sign[0].encode()), disk
    )


def exported_disk(id: str) -> str:
    """The disk whose export `export_id` has named."""
    coded = id.removeprefix(EXPORTED).encode()
    return re.sub(b"_(..)", lambda sign: bytes.fromhex(sign[1].decode()), coded).decode()


def commit_id(top: Layer, base: Layer) -> str:
    return f"{COMMIT}{node_name(top.node)}.{node_name(base.node)}"


def mirror_id(disk: str) -> str:
    """The mirror of a disk, and the node that it writes to."""
    return MIRROR + uuid.uuid5(uuid.NAMESPACE_OID, disk).hex[:20]
