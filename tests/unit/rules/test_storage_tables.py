"""Which operation on a disk or an SR is refused in which state, and by which refusal first.

Each row says in order what refuses an operation; the tests try every pair of states, and any set.
"""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from datamodel import XenAPIError, api
from datamodel.refs import as_ref
from datamodel.values import default_record
from hypothesis import given, settings
from hypothesis import strategies as st
from pooldb import Reader
from rules.lifecycle import holds, sr, vbd, vdi

from tests.records import shown
from tests.unit.forwarder.paper import PAPER

BUSY = "OTHER_OPERATION_IN_PROGRESS"
RESET = ["VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION"]
UNSUPPORTED = ["SR_OPERATION_NOT_SUPPORTED", "sr"]


class Pool(Reader):
    """A disk on an SR that one host has plugged, and a VM that is off with a VBD of it."""

    def __init__(self) -> None:
        features = {*sr.FEATURES.values(), *(row.feature for row in vdi.ROWS.values())}
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.add("SM", "sm", type=PAPER, features=dict.fromkeys(features, 1))
        self.add("pool", "pool")
        self.add("VM", "vm", VBDs=["vbd"], power_state="Halted")
        self.add("PBD", "pbd", currently_attached=True)
        self.add("SR", "sr", type=PAPER, PBDs=["pbd"], VDIs=[])
        self.add("VDI", "vdi", SR="sr", VBDs=["vbd"], managed=True, type="user")
        self.add("VBD", "vbd", VM="vm", VDI="vdi", mode="RO", type="Disk")

    def add(self, cls: str, ref: str, **fields: Any) -> None:
        self.rows[cls, ref] = {**default_record(api.classes[cls]), **fields}

    def set(self, cls: str, **fields: Any) -> None:
        self.rows[cls, cls.lower()] |= fields

    def find_record(self, cls: str, ref: str) -> Mapping[str, Any] | None:
        return self.rows.get((cls, ref))

    def children(self, parent: str, many: str) -> list[str]:
        raise NotImplementedError

    def ref_by_uuid(self, cls: str, uuid: str) -> str:
        raise NotImplementedError

    def all_records(self, cls: str) -> dict[str, Mapping[str, Any]]:
        return {ref: row for (found, ref), row in self.rows.items() if found == cls}

    def refusal(self, cls: str, operation: str) -> list[str] | None:
        table: Any = {"VDI": vdi, "SR": sr, "VBD": vbd}[cls]
        try:
            table.check(self, cls.lower(), self.get(api.kinds[cls], as_ref(cls.lower())), operation)
        except XenAPIError as error:
            return list(error.description)
        return None


Change = Callable[[Pool], Any]
States = dict[str, tuple[Change, Callable[[str], list[str]]]]


def _set(cls: str, **fields: Any) -> Change:
    return lambda pool: pool.set(cls, **fields)


def _of_type(type_: str) -> Change:
    """An SR of another type, with a driver that can do as much."""

    def change(pool: Pool) -> None:
        for cls in ("SR", "SM"):
            pool.set(cls, type=type_)

    return change


def _code(*description: str) -> Callable[[str], list[str]]:
    return lambda operation: list(description)


def _in_use(operation: str) -> list[str]:
    return ["VDI_IN_USE", "vdi", operation]


# What there is to say against an operation: how it comes about, and the refusal.
OF_DISK: States = {
    "running VM": (
        _set("VM", power_state="Running"),
        _code("VM_BAD_POWER_STATE", "vm", "halted", "running"),
    ),
    "busy": (
        _set("VDI", current_operations={"task": "resize"}),
        _code(BUSY, "VDI", "vdi", "resize", "task"),
    ),
    "unplugged": (_set("PBD", currently_attached=False), _code("SR_HAS_NO_PBDS", "sr")),
    "read": (_set("VBD", currently_attached=True), _in_use),
    "written": (_set("VBD", reserved=True, mode="RW"), _in_use),
    "plugging": (
        _set("VBD", current_operations={"task": "plug"}),
        _code(BUSY, "VBD", "vbd", "plug", "task"),
    ),
    "no feature": (_set("SM", features={}), _code(*UNSUPPORTED)),
    "cbt_metadata": (
        _set("VDI", type="cbt_metadata"),
        _code("VDI_INCOMPATIBLE_TYPE", "vdi", "CBT metadata"),
    ),
    "cbt": (_set("VDI", cbt_enabled=True), _code("VDI_CBT_ENABLED", "vdi")),
    "no cbt": (_set("VDI", cbt_enabled=False), _code("VDI_NO_CBT_METADATA", "vdi")),
    "sharable": (_set("VDI", sharable=True), _code("VDI_IS_SHARABLE", "vdi")),
    "reset": (_set("VDI", on_boot="reset"), _code(*RESET)),
    "drive": (_of_type("udev"), _code("VDI_IS_A_PHYSICAL_DEVICE", "vdi")),
    "tools": (_set("SR", is_tools_sr=True), _code(*UNSUPPORTED)),
    "rrd": (_set("VDI", type="rrd"), _code("VDI_HAS_RRDS", "vdi")),
    "HA": (
        lambda pool: (pool.set("VDI", type="redo_log"), pool.set("pool", ha_enabled=True)),
        _code("HA_IS_ENABLED"),
    ),
    "redo_log": (
        _set("VDI", type="redo_log"),
        _code("OPERATION_NOT_ALLOWED", "VDI containing HA statefile or redo log cannot be copied"),
    ),
    "snapshot": (
        _set("VDI", is_a_snapshot=True),
        _code("OPERATION_NOT_ALLOWED", "VDI is a snapshot: vdi"),
    ),
    "no snapshot": (
        _set("VDI", is_a_snapshot=False),
        _code("OPERATION_NOT_ALLOWED", "VDI is not a snapshot: vdi"),
    ),
    "metadata": (
        _set("VDI", type="metadata"),
        _code("VDI_INCOMPATIBLE_TYPE", "vdi", "Metadata"),
    ),
}

# By operation what refuses it, in the order that counts.
DISK: dict[str, tuple[str, ...]] = {
    "snapshot": ("busy", "plugging", "no feature", "cbt_metadata", "sharable", "reset"),
    "clone": ("busy", "plugging", "no feature", "cbt_metadata"),
    "copy": ("busy", "written", "plugging", "cbt_metadata", "reset", "redo_log"),
    "resize": (
        *("busy", "unplugged", "read", "written", "plugging", "no feature", "cbt_metadata"),
        "HA",
    ),
    "resize_online": ("busy", "unplugged", "plugging", "no feature", "cbt_metadata", "HA"),
    "destroy": (
        *("busy", "read", "written", "plugging", "no feature", "drive", "tools", "rrd", "HA"),
    ),
    "forget": ("busy", "read", "written", "plugging", "HA", "rrd"),
    "update": ("busy", "read", "written", "plugging", "no feature"),
    "generate_config": ("busy", "read", "written", "plugging", "no feature"),
    "mirror": ("busy", "plugging", "no feature", "cbt_metadata", "cbt"),
    "set_on_boot": (
        *("running VM", "busy", "read", "written", "plugging", "no feature", "cbt_metadata"),
        "cbt",
    ),
    **dict.fromkeys(
        ("enable_cbt", "disable_cbt"),
        ("busy", "plugging", "no feature", "cbt_metadata", "snapshot", "metadata", "reset"),
    ),
    "data_destroy": (
        *("busy", "no feature", "no snapshot", "no cbt", "drive", "tools", "rrd", "HA"),
        *("read", "written"),
    ),
    "list_changed_blocks": ("busy", "read", "written", "plugging", "no feature"),
    "revert_from": (
        *("busy", "read", "written", "plugging", "no feature", "cbt_metadata"),
        *("drive", "tools", "rrd", "HA"),
    ),
}

OF_SR: States = {
    "no feature": (_set("SM", features={}), _code(*UNSUPPORTED)),
    "tools": (_set("SR", is_tools_sr=True), _code(*UNSUPPORTED)),
    "plugged": (_set("PBD", currently_attached=True), _code("SR_HAS_PBD", "sr")),
    "no PBD": (_set("SR", PBDs=[]), _code("SR_HAS_NO_PBDS", "sr")),
    "disks": (_set("SR", VDIs=["vdi"]), _code("SR_NOT_EMPTY")),
    "busy": (
        _set("SR", current_operations={"task": "scan"}),
        _code(BUSY, "SR", "sr", "scan", "task"),
    ),
    "being plugged": (
        _set("SR", current_operations={"task": "plug"}),
        _code(BUSY, "SR", "sr", "plug", "task"),
    ),
}
ANY_OF_SR = ("busy", "being plugged")
SR: dict[str, tuple[str, ...]] = {
    "destroy": ("plugged", "no PBD", "disks", *ANY_OF_SR),
    "forget": ("plugged", *ANY_OF_SR),
    "plug": ("busy",),
    **dict.fromkeys(("unplug", "pbd_create", "pbd_destroy", "scan", "vdi_clone"), ANY_OF_SR),
    **dict.fromkeys(("update", *sr.FEATURES), ("no feature", *ANY_OF_SR)),
    **dict.fromkeys(("vdi_create", "vdi_destroy"), ("no feature", "tools", *ANY_OF_SR)),
}

TYPES = {"cbt_metadata", "rrd", "HA", "redo_log", "metadata"}
OF_SOME_TYPES = ("copy", "enable_cbt", "disable_cbt")
"""Operations that refuse several types alike, of which their row names one."""

# States that say different things of one field, so that only one of them can be.
EXCLUSIVE = (
    TYPES,
    {"cbt", "no cbt"},
    {"snapshot", "no snapshot"},
    {"read", "written"},
    {"plugged", "no PBD"},
    {"busy", "being plugged"},
)


def _of(cls: str) -> tuple[States, dict[str, tuple[str, ...]]]:
    return (OF_DISK, DISK) if cls == "VDI" else (OF_SR, SR)


def _try(cls: str, operation: str, chosen: tuple[str, ...]) -> None:
    states, rows = _of(cls)
    pool = Pool()
    if cls == "SR":
        pool.set("PBD", currently_attached=False)
    if operation == "data_destroy":
        pool.set("VDI", is_a_snapshot=True, cbt_enabled=True)
    for name in chosen:
        states[name][0](pool)
    first = next((name for name in rows[operation] if name in chosen), None)
    expected = None if first is None else states[first][1](operation)
    assert pool.refusal(cls, operation) == expected, (operation, chosen)


def _can_be(operation: str, chosen: tuple[str, ...]) -> bool:
    if operation in OF_SOME_TYPES and TYPES & set(chosen) - set(DISK[operation]):
        return False
    return all(len(group & set(chosen)) < 2 for group in EXCLUSIVE)


CASES = [("VDI", operation) for operation in DISK] + [("SR", operation) for operation in SR]


@pytest.mark.parametrize(("cls", "operation"), CASES, ids=lambda found: str(found))
def test_of_two_refusals_the_first_counts(cls: str, operation: str) -> None:
    states, _ = _of(cls)
    for size in range(3):
        for chosen in itertools.combinations(states, size):
            if _can_be(operation, chosen):
                _try(cls, operation, chosen)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_of_any_refusals_the_first_counts(data: st.DataObject) -> None:
    cls, operation = data.draw(st.sampled_from(CASES))
    chosen = data.draw(st.lists(st.sampled_from(sorted(_of(cls)[0])), unique=True))
    kept: tuple[str, ...] = ()
    for name in chosen:
        kept = (*kept, name) if _can_be(operation, (*kept, name)) else kept
    _try(cls, operation, kept)


def test_every_operation_has_a_row() -> None:
    assert set(DISK) == set(vdi.ROWS)
    assert set(SR) == set(sr.OPERATIONS)


def test_every_operation_is_a_word_of_the_xenapi() -> None:
    assert all(holds.is_shown("VDI", operation) for operation in vdi.ROWS)
    assert all(holds.is_shown("SR", operation) for operation in sr.OPERATIONS)


# --- beside another operation -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "refusal"),
    [
        *(("copy", None), ("clone", None), ("mirror", None), ("enable_cbt", None)),
        *((name, ["VDI_IN_USE", "vdi", name]) for name in ("destroy", "resize", "forget")),
        (
            "snapshot",
            ["OPERATION_NOT_ALLOWED", "Snapshot operation not allowed during copy."],
        ),
    ],
)
def test_a_copy_that_runs_reads_the_disk(operation: str, refusal: list[str] | None) -> None:
    pool = Pool()
    pool.set("VDI", current_operations={"task": "copy"})
    assert pool.refusal("VDI", operation) == refusal


def test_a_disk_that_was_moved_may_go_before_the_move_ends() -> None:
    pool = Pool()
    pool.set("VDI", current_operations={"task": "mirror"})
    assert pool.refusal("VDI", "destroy") is None
    assert pool.refusal("VDI", "forget") == [BUSY, "VDI", "vdi", "mirror", "task"]


def test_the_image_of_a_suspended_vm_stays() -> None:
    pool = Pool()
    pool.set("VDI", type="suspend", VBDs=[])
    pool.set("VM", power_state="Suspended", suspend_VDI="vdi")
    for operation in ("destroy", "forget", "resize"):
        assert pool.refusal("VDI", operation) == ["VDI_IN_USE", "vdi", operation]
    assert pool.refusal("VDI", "copy") is None


def test_the_disks_of_a_checkpoint_are_compared_though_they_are_attached() -> None:
    pool = Pool()
    pool.set("VBD", currently_attached=True)
    pool.set("VM", is_a_snapshot=True)
    assert pool.refusal("VDI", "list_changed_blocks") is None


@pytest.mark.parametrize("disk", [{"managed": False}, {"type": "rrd"}])
def test_what_goes_with_an_sr_does_not_keep_it(disk: dict[str, Any]) -> None:
    pool = Pool()
    pool.set("PBD", currently_attached=False)
    pool.set("SR", VDIs=["vdi"])
    pool.set("VDI", **disk)
    assert pool.refusal("SR", "destroy") is None


# --- what a client sees -------------------------------------------------------------------------

FILE_FEATURES = {
    *("SR_PROBE", "SR_UPDATE", "VDI_ATTACH", "VDI_CLONE", "VDI_CONFIG_CBT", "VDI_CREATE"),
    *("VDI_DELETE", "VDI_GENERATE_CONFIG", "VDI_MIRROR", "VDI_RESET_ON_BOOT", "VDI_RESIZE"),
    *("VDI_SNAPSHOT", "VDI_UPDATE"),
}
ISO_FEATURES = {"SR_ATTACH", "SR_DETACH", "SR_SCAN", "VDI_ATTACH", "VDI_CREATE", "VDI_DELETE"}


def allowed(pool: Pool, table: Any, cls: str) -> str:
    record = pool.get(api.kinds[cls], as_ref(cls.lower()))
    return " ".join(table.allowed(pool, cls.lower(), record))


@pytest.mark.parametrize(
    ("features", "changes", "listed"),
    [
        (FILE_FEATURES, {}, "copy generate_config clone forget update resize snapshot destroy"),
        (FILE_FEATURES, {"PBD": {"currently_attached": False}}, "copy generate_config clone forget"
         " update snapshot destroy"),
        (FILE_FEATURES, {"VDI": {"sharable": True}}, "copy generate_config clone forget update"
         " resize destroy"),
        (FILE_FEATURES, {"VDI": {"on_boot": "reset"}}, "generate_config clone forget update"
         " resize destroy"),
        (FILE_FEATURES, {"VDI": {"type": "ha_statefile"}}, "generate_config clone forget update"
         " resize snapshot destroy"),
        (FILE_FEATURES, {"VBD": {"currently_attached": True}}, "copy clone snapshot"),
        (FILE_FEATURES, {"VBD": {"currently_attached": True, "mode": "RW"}}, "clone snapshot"),
        (ISO_FEATURES, {}, "copy forget destroy"),
        (ISO_FEATURES, {"VBD": {"currently_attached": True}}, "copy"),
    ],
)  # fmt: skip
def test_a_disk_allows_what_the_originals_does(
    features: set[str], changes: dict[str, dict[str, Any]], listed: str
) -> None:
    pool = Pool()
    pool.set("SM", features=dict.fromkeys(features, 1))
    for cls, fields in changes.items():
        pool.set(cls, **fields)
    assert allowed(pool, vdi, "VDI") == listed


@pytest.mark.parametrize(
    ("features", "plugged", "disks", "listed"),
    [
        (FILE_FEATURES, True, ["vdi"], "vdi_enable_cbt vdi_list_changed_blocks unplug plug"
         " pbd_create vdi_disable_cbt update pbd_destroy vdi_resize vdi_clone vdi_data_destroy"
         " scan vdi_snapshot vdi_mirror vdi_create vdi_destroy vdi_set_on_boot"),
        (FILE_FEATURES, False, ["vdi"], "vdi_enable_cbt vdi_list_changed_blocks unplug plug"
         " pbd_create vdi_disable_cbt update pbd_destroy vdi_resize forget vdi_clone"
         " vdi_data_destroy scan vdi_snapshot vdi_mirror vdi_create vdi_destroy vdi_set_on_boot"),
        (FILE_FEATURES, False, [], "vdi_enable_cbt vdi_list_changed_blocks destroy unplug plug"
         " pbd_create vdi_disable_cbt update pbd_destroy vdi_resize forget vdi_clone"
         " vdi_data_destroy scan vdi_snapshot vdi_mirror vdi_create vdi_destroy vdi_set_on_boot"),
        (ISO_FEATURES, True, ["vdi"], "unplug plug pbd_create pbd_destroy vdi_clone scan"
         " vdi_create vdi_destroy"),
    ],
)  # fmt: skip
def test_an_sr_allows_what_the_originals_does(
    features: set[str], plugged: bool, disks: list[str], listed: str
) -> None:
    pool = Pool()
    pool.set("SM", features=dict.fromkeys(features, 1))
    pool.set("PBD", currently_attached=plugged)
    pool.set("SR", VDIs=disks)
    assert allowed(pool, sr, "SR") == listed


def test_what_dom0_has_is_no_vms_use_of_it() -> None:
    pool = Pool()
    pool.add("VM", "dom0", is_control_domain=True, power_state="Running")
    mine = {"VM": "vm", "VDI": "vdi", "mode": "RW", "type": "Disk"}
    pool.add("VBD", "other", VM="dom0", VDI="vdi", currently_attached=True, mode="RW")
    pool.set("VDI", VBDs=["vbd", "other"])
    vbd.check_disk(pool, as_ref("vbd"), shown("VBD", {**pool.get("VBD", "vbd"), **mine}))
    pool.set("VM", power_state="Running")
    pool.set("VBD", currently_attached=True, mode="RW")
    vbd.check_disk(
        pool,
        as_ref("other"),
        shown("VBD", {**pool.get("VBD", "other"), "currently_attached": False}),
    )
