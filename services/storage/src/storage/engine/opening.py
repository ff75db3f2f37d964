"""How a layer is opened: its file, its format and the layer below it are all said explicitly."""

from typing import Any

from storage.engine.errors import EngineError, EngineGone, SilentError
from storage.engine.monitor import Monitor
from storage.engine.names import node_name, own_name
from storage.layers import Format, Layer

WHOLE_IMAGE = "'data-file' can only be set for images with an external data file"
NO_DIRECT = "does not support O_DIRECT"


def open_layer(monitor: Monitor, layer: Layer, below: str | None, *, writable: bool) -> None:
    """Open a layer above the node ``below``; nothing is open if it raises EngineError.

    What an image's header says of other files is not followed.
    """
    options = {
        "driver": layer.format,
        "node-name": node_name(layer.node),
        "read-only": not writable,
        "discard": "unmap",
        "cache": {"direct": True},
        "file": _file(layer),
    }
    if layer.format is Format.QCOW2:
        _assert_whole(monitor, layer)
        # Zeros that a guest writes to a raw image stay: it is raw to have all its space.
        options |= {"backing": below, "detect-zeroes": "unmap" if writable else "off"}
    elif below is not None:
        raise EngineError(f"{layer.path} is raw and has no other layer below it")
    if (refusal := _refusal(monitor, options)) is None:
        return
    if NO_DIRECT not in str(refusal):
        raise refusal
    monitor.execute("blockdev-add", options | {"cache": {"direct": False}})


def _assert_whole(monitor: Monitor, layer: Layer) -> None:
    """Refuse an image that says that its bytes are in another file.

    QEMU opens that file, whichever it is, unless it is given another one; and it takes another one
    only for an image that says so.
    """
    name = own_name()
    options = {
        "driver": Format.QCOW2,
        "node-name": name,
        "read-only": True,
        "backing": None,
        "data-file": {"driver": "null-co", "size": 0},
        "file": _file(layer),
    }
    if (refusal := _refusal(monitor, options)) is None:
        monitor.execute("blockdev-del", {"node-name": name})
        raise EngineError(f"{layer.path} has its data in another file; only whole images are used")
    if WHOLE_IMAGE not in str(refusal):
        raise refusal


def _refusal(monitor: Monitor, options: dict[str, Any]) -> EngineError | None:
    """Why QEMU does not open a node; None if it does."""
    try:
        monitor.execute("blockdev-add", options)
    except (SilentError, EngineGone):
        raise
    except EngineError as error:
        return error
    return None


def _file(layer: Layer) -> dict[str, Any]:
    """The file of a layer; in what is not said here it takes after the layer.

    The kernel's locks on it keep other processes from writing what this one reads, and die with it.
    """
    driver = "host_device" if layer.is_device else "file"
    return {"driver": driver, "filename": str(layer.path), "locking": "on"}
