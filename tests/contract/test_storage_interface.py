"""The storage daemon's interface: what is declared of it is upstream's, or named here as ours."""

import dataclasses
import gzip
import json
import re
import typing
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import pytest
from xenops.client import Client
from xenops.codec import decode, encode
from xenops.envelope import Call
from xenops.storage import (
    STORAGE,
    STORAGE_METHODS,
    TYPES,
    AttachedSr,
    Backend,
    Completion,
    Implementation,
    Merges,
    Nbd,
    Pulled,
    QueryResult,
    SmapiVersion,
    SrHealth,
    StorageError,
    StorageReport,
    VdiInfo,
)

from tests.contract.test_xenops_samples import grammar

FACTS = json.loads(
    gzip.decompress((Path(__file__).parent / "data" / "storage.json.gz").read_bytes())
)["facts"]
METHODS = {fact["name"]: fact for fact in FACTS["methods"]}
EXTENSIONS = {
    "SR.attach": ["driver", "merges"],
    "SR.create": ["driver"],
}
"""Parameters that upstream does not have: its types of SR have queues of their own."""
OURS = {"DISKS.snapshot", "DISKS.copy", "DISKS.checksum", "DISKS.release"}
LEFT_OUT = re.compile(
    r"(DATA|UPDATES|Policy|Observer)\..*|get_by_name|DP\.(create|diagnostics)|SR\.(reset|scan)"
    r"|SR\.update_snapshot_info_.*|VDI\.(activate|attach2?|compose|get_by_name|get_url)"
    r"|VDI\.(add_tags|remove_tags|similar_content)"
)
"""What only upstream's own parts ask of each other, or what a newer call has replaced."""


def test_every_method_is_declared_or_left_out_by_name() -> None:
    assert set(STORAGE_METHODS) == OURS | {name for name in METHODS if not LEFT_OUT.fullmatch(name)}


@pytest.mark.parametrize("name", sorted(set(STORAGE_METHODS) - OURS))
def test_methods_are_the_same(name: str) -> None:
    method, fact = STORAGE_METHODS[name], METHODS[name]
    ours = EXTENSIONS.get(name, [])
    params = [(param, grammar(type_)) for param, type_ in method.params.items()]
    assert [param for param in params if param[0] not in ours] == [
        (param["name"], param["type"]) for param in fact["params"]
    ]
    assert [param for param, _ in params if param in ours] == ours
    assert method.optional == frozenset(ours)
    assert grammar(method.result) == fact["result"]


@pytest.mark.parametrize("name", sorted(TYPES))
def test_types_have_the_same_parts(name: str) -> None:
    fact, cls = FACTS["types"][name], typing.cast(Any, TYPES[name])
    if fact["kind"] == "record":
        hints = typing.get_type_hints(cls, include_extras=True)
        fields = dataclasses.fields(cls)
        assert [(field.name, grammar(hints[field.name])) for field in fields] == [
            (part["name"], part["type"]) for part in fact["fields"]
        ]
        for field, part in zip(fields, fact["fields"], strict=True):
            made = field.default_factory
            default = field.default if made is dataclasses.MISSING else made()
            if "default" in part:
                assert default == part["default"]
            else:
                assert default in (dataclasses.MISSING, None)
                assert (default is None) == part["type"].startswith("option(")
    elif issubclass(cls, StrEnum):
        assert [[member.value] for member in cls] == fact["tags"]
    else:
        assert [[tag, *([grammar(t)] if t else [])] for tag, t in cls.tags.items()] == fact["tags"]


# --- calls from one end to the other ----------------------------------------------------------

BIG = (1 << 62) + 1


def answered(answer: Any) -> tuple[Client, list[dict[str, Any]]]:
    """A client whose calls reach a server that reads them and gives this answer."""
    heard: list[dict[str, Any]] = []

    def transport(call: Call, body: dict[str, Any], operation: str) -> Any:
        wire = json.loads(json.dumps(body))
        method, params = STORAGE.read_request(wire)
        heard.append(params)
        reply = (
            STORAGE.failure(answer, operation)
            if isinstance(answer, StorageError)
            else STORAGE.success(method, answer, operation)
        )
        return json.loads(json.dumps(reply))

    return Client(transport, "debug"), heard


def test_a_disk_goes_there_and_back() -> None:
    disk = VdiInfo(vdi="1", name_label="ディスク", virtual_size=BIG, uuid="1")
    client, heard = answered(disk)
    assert client(STORAGE.VDI.create, "op", "sr", disk) == disk
    assert heard == [{"dbg": "debug", "sr": "sr", "vdi_info": disk}]


def test_an_absent_option_is_none() -> None:
    done = Completion(duration=1.0)
    assert decode(Completion, encode(Completion, done)) == done
    assert encode(Completion, done) == {"duration": 1.0}


def test_what_is_not_said_has_its_default() -> None:
    call = {"method": "VDI.create", "params": [{"dbg": "", "sr": "1", "vdi_info": {}}], "id": "1"}
    with pytest.raises(StorageError, match="lacks vdi"):
        STORAGE.read_request(call)
    call["params"][0]["vdi_info"] = {"vdi": "", "name_label": "disk", "virtual_size": str(BIG)}  # type: ignore[index]
    _, params = STORAGE.read_request(call)
    assert params["vdi_info"] == VdiInfo(vdi="", name_label="disk", virtual_size=BIG)


@pytest.mark.parametrize(
    "named", [{}, {"driver": "file"}, {"driver": "nfs", "merges": Merges.OPEN}]
)
def test_options_may_be_left_out(named: dict[str, Any]) -> None:
    client, heard = answered(None)
    client(STORAGE.SR.attach, "op", "sr", [("location", "/srv")], **named)
    assert heard == [
        {
            "dbg": "debug",
            "sr": "sr",
            "device_config": [("location", "/srv")],
            **{"driver": None, "merges": None, **named},
        }
    ]


def test_a_way_to_a_disk_is_a_variant() -> None:
    way = Backend(implementations=[Implementation("Nbd", Nbd(uri="nbd:unix:/x:exportname=1"))])
    client, _ = answered(way)
    assert client(STORAGE.VDI.attach3, "op", "vbd/1/xvda", "sr", "vdi", "1", True) == way


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("Backend_error", ("SR_BACKEND_FAILURE_24", ["", "VM 1 on host 2 has it", ""])),
        ("Sr_unhealthy", ("sr", SrHealth.Unreachable)),
        ("Vdi_does_not_exist", "vdi"),
    ],
)
def test_errors_pass_through(tag: str, value: Any) -> None:
    client, _ = answered(StorageError(tag, value))
    with pytest.raises(StorageError) as failed:
        client(STORAGE.VDI.stat, "op", "sr", "vdi")
    assert (failed.value.tag, failed.value.value) == (tag, value)


def test_a_report_goes_there_and_back() -> None:
    driver = QueryResult(
        driver="file",
        name="file",
        description="files",
        vendor="",
        copyright="",
        version="1",
        required_api_version="2.0",
        features=["VDI_CREATE"],
        configuration={"location": "the folder"},
        required_cluster_stack=[],
        supported_image_formats=["qcow2"],
        smapi_version=SmapiVersion.SMAPIv2,
    )
    report = StorageReport(
        daemon="one run",
        number=1,
        drivers=[driver],
        srs={
            "sr": AttachedSr(
                driver="file",
                health=SrHealth.Healthy,
                total=BIG,
                free=1,
                backlog=2,
                merging=0.5,
                merges=Merges.ALL,
                not_merged=["Cancelled", "task"],
            )
        },
        pulled=[Pulled(sr="sr", vdi="vdi", vm="vm", why="its engine ended")],
    )
    body = json.loads(json.dumps(msgspec.to_builtins(report)))
    assert msgspec.convert(body, StorageReport) == report
