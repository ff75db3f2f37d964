"""Builds, saves and restores one domain in a process of its own, as libxenguest may abort.

``python -m xenports.libxen.helper`` reads one request, a packet of JSON from the socket that is
its standard input; the descriptor of the file for the domain's memory, if any, comes with it. It
answers with a line of JSON. In a save it asks by ``{"suspend": true}`` to have the guest suspended,
and goes on once it has read ``true``: the guest stands still. Xen's libraries log to stderr.
"""

import ctypes
import json
import os
import signal
import socket
import sys
from functools import cache
from pathlib import Path
from typing import Any

from _libxen import ffi, lib

from xenports.libxen import acpi

KIB, MIB = 1 << 10, 1 << 20
# Where a PVH guest has its special pages and ACPI tables: below the local APIC, above its memory.
HOLE_START, SPECIAL_START = 0xF0000000, 0xFC000000
ACPI_AT = SPECIAL_START - acpi.SIZE
E820_RAM, E820_RESERVED, E820_ACPI = 1, 2, 3
PAGES_A_MIB = 256
# What an emulated machine's firmware expects, in pages of 4 KiB and bytes.
VGA_HOLE_PAGES, LOW_START = 0x20, 1 << 20
SEABIOS = "/usr/share/seabios/bios-256k.bin"
PR_SET_PDEATHSIG = 1  # linux/prctl.h
REQUEST_MAX = 65536


@cache
def line() -> socket.socket:
    """The socket to the process that asks."""
    return socket.socket(fileno=sys.stdin.fileno())


class CallFailed(Exception):
    """A call of Xen's libraries failed; the text names it."""


def checked(name: str, result: int) -> int:
    if result < 0:
        raise CallFailed(f"{name}: {os.strerror(ffi.errno)}")
    return result


def opened() -> Any:
    log = lib.errors_to_stderr()
    handle = lib.xc_interface_open(log, log, 0)
    if handle == ffi.NULL:
        raise CallFailed(f"xc_interface_open: {os.strerror(ffi.errno)}")
    return handle


def channels(xc: Any, domid: int, kind: str) -> tuple[int, int]:
    """The event channels of xenstore and console; a PVH guest is told of them by parameters."""
    store, console = (
        checked("xc_evtchn_alloc_unbound", lib.xc_evtchn_alloc_unbound(xc, domid, 0))
        for _ in range(2)
    )
    if kind != "pv":
        emulated = (lib.HVM_PARAM_HPET_ENABLED, lib.HVM_PARAM_VPT_ALIGN) if kind == "hvm" else ()
        for name, value in (
            *((name, 1) for name in emulated),
            (lib.HVM_PARAM_TIMER_MODE, 1),
            (lib.HVM_PARAM_STORE_EVTCHN, store),
            (lib.HVM_PARAM_CONSOLE_EVTCHN, console),
        ):
            checked("xc_hvm_param_set", lib.xc_hvm_param_set(xc, domid, name, value))
    return store, console


def build(xc: Any, asked: dict[str, Any]) -> dict[str, int]:
    domid, kind = asked["domid"], asked["kind"]
    memory_mib, most_mib = asked["memory_kib"] // 1024, asked["most_kib"] // 1024
    store_port, console_port = channels(xc, domid, kind)
    dom = lib.xc_dom_allocate(xc, asked["cmdline"].encode(), ffi.NULL)
    if dom == ffi.NULL:
        raise CallFailed("xc_dom_allocate")
    try:
        dom.container_type = lib.XC_DOM_PV_CONTAINER if kind == "pv" else lib.XC_DOM_HVM_CONTAINER
        dom.max_vcpus = asked["vcpus"]
        dom.xenstore_evtchn, dom.console_evtchn = store_port, console_port
        dom.xenstore_domid = dom.console_domid = 0
        checked("xc_dom_kernel_file", lib.xc_dom_kernel_file(dom, asked["kernel"].encode()))
        if asked["ramdisk"]:
            ramdisk = asked["ramdisk"].encode()
            checked("xc_dom_module_file", lib.xc_dom_module_file(dom, ramdisk, ffi.NULL))
        kept = None
        if kind == "pv":
            # What its kernel takes for the size of its machine, to grow into.
            limited = lib.xc_domain_set_memmap_limit(xc, domid, most_mib * KIB)
            checked("xc_domain_set_memmap_limit", limited)
            most_mib = memory_mib
        elif kind == "pvh":
            kept = lay_out(xc, dom, domid, most_mib, asked["vcpus"])
        else:
            memory_mib, most_mib = (size - asked["video_mib"] for size in (memory_mib, most_mib))
            kept = lay_out_emulated(xc, dom, domid, most_mib)
        # An address space that is larger than the memory is populated on demand, until the guest's
        # balloon has taken the rest (meminit_hvm in libxenguest).
        dom.target_pages = memory_mib * PAGES_A_MIB
        checked("xc_dom_boot_xen_init", lib.xc_dom_boot_xen_init(dom, xc, domid))
        parsed = lib.xc_dom_parse_image(dom)
        checked(f"{asked['kernel']} is not a kernel that Xen can start", parsed)
        checked("xc_dom_mem_init", lib.xc_dom_mem_init(dom, most_mib))
        checked("xc_dom_boot_mem_init", lib.xc_dom_boot_mem_init(dom))
        checked("xc_dom_build_image", lib.xc_dom_build_image(dom))
        checked("xc_dom_boot_image", lib.xc_dom_boot_image(dom))
        checked("xc_dom_gnttab_init", lib.xc_dom_gnttab_init(dom))
        store, console = dom.xenstore_pfn, dom.console_pfn
        if kind == "pv":
            store, console = lib.xc_dom_p2m(dom, store), lib.xc_dom_p2m(dom, console)
        del kept
    finally:
        lib.xc_dom_release(dom)
    return rings(store, store_port, console, console_port)


def place_memory(dom: Any, memory_mib: int) -> list[tuple[int, int, int]]:
    """The memory of a guest with its own address space: above and below the hole for devices."""
    memory = memory_mib * MIB
    low = min(memory, HOLE_START)
    dom.lowmem_end = low
    dom.highmem_end = (1 << 32) + memory - low if memory > low else 0
    dom.mmio_start, dom.mmio_size = HOLE_START, (1 << 32) - HOLE_START
    high = [(1 << 32, memory - low, E820_RAM)] if memory > low else []
    return [(0, low, E820_RAM), *high]


def set_memory_map(xc: Any, domid: int, regions: list[tuple[int, int, int]]) -> None:
    entries = ffi.new("struct e820entry[]", regions)
    done = lib.xc_domain_set_memory_map(xc, domid, entries, len(regions))
    checked("xc_domain_set_memory_map", done)


def lay_out(xc: Any, dom: Any, domid: int, memory_mib: int, vcpus: int) -> Any:
    """Lay out a PVH guest's memory and ACPI tables; keep the buffer until the guest is built."""
    memory = place_memory(dom, memory_mib)
    dom.device_model, dom.vga_hole_size = False, 0
    buffer = ffi.new("uint8_t[]", acpi.tables(ACPI_AT, vcpus))
    module = dom.acpi_modules[0]
    module.data, module.length, module.guest_addr_out = buffer, acpi.SIZE, ACPI_AT
    tables = (ACPI_AT, acpi.SIZE, E820_ACPI)
    special = (SPECIAL_START, (1 << 32) - SPECIAL_START, E820_RESERVED)
    set_memory_map(xc, domid, [memory[0], tables, special, *memory[1:]])
    return buffer


def lay_out_emulated(xc: Any, dom: Any, domid: int, memory_mib: int) -> Any:
    """Lay out an HVM guest's memory and BIOS; keep the buffer until the guest is built."""
    (_, low, _), *high = place_memory(dom, memory_mib)
    dom.device_model, dom.vga_hole_size = True, VGA_HOLE_PAGES
    bios = Path(SEABIOS).read_bytes()
    buffer = ffi.new("uint8_t[]", bios)
    dom.system_firmware_module.data, dom.system_firmware_module.length = buffer, len(bios)
    set_memory_map(xc, domid, [(LOW_START, low - LOW_START, E820_RAM), *high])
    return buffer


def rings(store: int, store_port: int, console: int, console_port: int) -> dict[str, int]:
    return {
        "store_mfn": store,
        "store_port": store_port,
        "console_mfn": console,
        "console_port": console_port,
    }


@ffi.def_extern()  # type: ignore[untyped-decorator]
def suspend_guest(_: Any) -> int:
    answer({"suspend": True})
    return int(line().recv(REQUEST_MAX) == b"true")


@ffi.def_extern()  # type: ignore[untyped-decorator]
def log_dirty_of_device_model(domid: int, enabled: int, _: Any) -> int:
    return 0  # there is no device model; libxenguest asserts that it can ask


def save(xc: Any, asked: dict[str, Any]) -> dict[str, int]:
    callbacks = ffi.new("struct save_callbacks *")
    callbacks.suspend = lib.suspend_guest
    callbacks.switch_qemu_logdirty = lib.log_dirty_of_device_model
    flags = lib.XCFLAGS_LIVE if asked["live"] else 0
    done = lib.xc_domain_save(xc, asked["fd"], asked["domid"], flags, callbacks, 0, -1)
    checked("xc_domain_save", -1 if done else 0)
    return {}


def restore(xc: Any, asked: dict[str, Any]) -> dict[str, int]:
    domid, kind = asked["domid"], asked["kind"]
    store_port, console_port = channels(xc, domid, kind)
    store, console = ffi.new("unsigned long *"), ffi.new("unsigned long *")
    callbacks = ffi.new("struct restore_callbacks *")
    done = lib.xc_domain_restore(
        *(xc, asked["fd"], domid, store_port, store, 0, console_port, console, 0, 0, callbacks, -1)
    )
    checked("xc_domain_restore", -1 if done else 0)
    seeded = lib.xc_dom_gnttab_seed(xc, domid, kind != "pv", console[0], store[0], 0, 0)
    checked("xc_dom_gnttab_seed", seeded)
    return rings(store[0], store_port, console[0], console_port)


def die_with_parent() -> None:
    """End with xenopsd: nobody would know of a request that went on alone."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("xenopsd is gone")


def answer(said: dict[str, Any]) -> None:
    print(json.dumps(said), flush=True)


def main() -> None:
    die_with_parent()
    said, fds, _, _ = socket.recv_fds(line(), REQUEST_MAX, maxfds=1)
    if not said:
        return  # nobody needed it
    asked = json.loads(said) | {"fd": fds[0] if fds else -1}
    try:
        answer(
            {
                "done": {"build": build, "save": save, "restore": restore}[asked["do"]](
                    opened(), asked
                )
            }
        )
    except CallFailed as error:
        answer({"error": str(error)})


if __name__ == "__main__":
    main()
