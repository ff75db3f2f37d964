"""A SMAPIv3 plug-in as others write them: each call is a link to this file, by its name.

Volumes are files in the folder of the device_config's ``uri``; the datapath gives the file itself.
"""

import json
import shutil
import sys
import uuid
from pathlib import Path
from typing import Any


class Failed(Exception):
    """A call failed, with the code and parameters that the caller gets."""


def metadata(sr: str, key: str) -> Path:
    path = Path(sr) / f"{key}.json"
    if not path.exists():
        raise Failed("Volume_does_not_exist", key)
    return path


def described(sr: str, key: str) -> dict[str, Any]:
    file = Path(sr) / f"{key}.img"
    said: dict[str, Any] = json.loads(metadata(sr, key).read_text())
    sizes = {
        "virtual_size": file.stat().st_size,
        "physical_utilisation": file.stat().st_blocks * 512,
    }
    return {**said, **sizes, "key": key, "uuid": key, "uri": [f"copy+file://{file}"]}


def make(sr: str, read_write: bool = True, **fields: Any) -> str:
    key = str(uuid.uuid4())
    said = {"name": "", "description": "", "sharable": False, **fields}
    content = {**said, "read_write": read_write, "keys": {}}
    (Path(sr) / f"{key}.json").write_text(json.dumps(content))
    return key


def change(sr: str, key: str, **fields: Any) -> None:
    path = metadata(sr, key)
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def duplicate(sr: str, key: str, read_write: bool) -> dict[str, Any]:
    source = described(sr, key)
    new = make(sr, read_write, name=source["name"], description=source["description"])
    shutil.copy(Path(sr) / f"{key}.img", Path(sr) / f"{new}.img")
    return described(sr, new)


def call(name: str, given: dict[str, Any]) -> Any:
    sr, key = given.get("sr", ""), given.get("key", "")
    match name:
        case "Plugin.Query":
            about = {"plugin": "folder-ng", "name": "Folder", "description": "for tests"}
            return {**about, "configuration": {"uri": "a file:// URI"}, "features": []}
        case "SR.create":
            Path(given["configuration"]["uri"].removeprefix("file://")).mkdir()
            return {**given["configuration"], "sr_uuid": given["uuid"]}
        case "SR.attach":
            return given["configuration"]["uri"].removeprefix("file://")
        case "SR.detach":
            return None
        case "SR.destroy":
            shutil.rmtree(sr)
        case "SR.stat":
            space = {"free_space": 1, "total_space": 2, "health": ["Healthy", ""]}
            return {**space, "name": "n", "description": "d", "uuid": None, "sr": sr}
        case "SR.ls":
            return [described(sr, path.stem) for path in sorted(Path(sr).glob("*.json"))]
        case "Volume.create":
            key = make(sr, name=given["name"], description=given["description"])
            with open(Path(sr) / f"{key}.img", "wb") as file:
                file.truncate(given["size"])
            return described(sr, key)
        case "Volume.stat":
            return described(sr, key)
        case "Volume.snapshot" | "Volume.clone":
            return duplicate(sr, key, name == "Volume.clone")
        case "Volume.destroy":
            metadata(sr, key).unlink()
            (Path(sr) / f"{key}.img").unlink()
        case "Volume.resize":
            with open(Path(sr) / f"{key}.img", "r+b") as file:
                file.truncate(given["new_size"])
        case "Volume.set":
            keys = described(sr, key)["keys"]
            change(sr, key, keys={**keys, given["k"]: given["v"]})
        case "Volume.set_name":
            change(sr, key, name=given["new_name"])
        case "Volume.set_description":
            change(sr, key, description=given["new_description"])
        case "Datapath.attach":
            path = given["uri"].removeprefix("copy+file://")
            return {"domain_uuid": "0", "implementations": [["File", {"path": path}]]}
        case "Datapath.open" | "Datapath.activate" | "Datapath.deactivate" | "Datapath.detach":
            return None
        case _:
            raise Failed("Unimplemented", name)


def main() -> None:
    try:
        print(json.dumps(call(Path(sys.argv[0]).name, json.loads(sys.stdin.read()))))
    except Failed as failed:
        code, *params = failed.args
        print(json.dumps({"code": code, "params": params, "backtrace": ""}))
        sys.exit(1)


if __name__ == "__main__":
    main()
