"""``python3 -m xenports.libxen.build FOLDER``: the bindings of Xen's libraries, 4.17.

Needs Debian's libxen-dev, gcc and python3-cffi, and no hypervisor. The module ``_libxen`` that it
writes belongs to the release of Xen that it was built against: the libraries promise no stable ABI.
"""

import argparse

from cffi import FFI

# Structures are declared only as far as they are used; the compiler fills in the rest (`...`).
DECLARATIONS = """
typedef ... xc_interface;
typedef ... xentoollog_logger;
typedef uint64_t xen_pfn_t;

xentoollog_logger *errors_to_stderr(void);
xc_interface *xc_interface_open(xentoollog_logger *, xentoollog_logger *, unsigned);

typedef struct {
    uint32_t threads_per_core; uint32_t cores_per_socket; uint32_t nr_cpus; uint32_t nr_nodes;
    uint32_t cpu_khz; uint32_t capabilities; uint64_t total_pages; uint64_t free_pages; ...;
} xc_physinfo_t;
int xc_physinfo(xc_interface *, xc_physinfo_t *);

struct xen_arch_domainconfig { uint32_t emulation_flags; ...; };
struct xen_domctl_createdomain {
    uint8_t handle[16]; uint32_t flags; uint32_t max_vcpus; uint32_t max_evtchn_port;
    int32_t max_grant_frames; int32_t max_maptrack_frames; uint32_t grant_opts;
    struct xen_arch_domainconfig arch; ...;
};
int xc_domain_create(xc_interface *, uint32_t *, struct xen_domctl_createdomain *);
int xc_domain_max_vcpus(xc_interface *, uint32_t, unsigned);
int xc_domain_setmaxmem(xc_interface *, uint32_t, uint64_t);
int xc_set_paging_mempool_size(xc_interface *, uint32_t, uint64_t);
int xc_cpuid_apply_policy(xc_interface *, uint32_t, bool, const uint32_t *, unsigned, bool, bool,
                          bool, const void *, const void *);
int xc_domain_set_memmap_limit(xc_interface *, uint32_t, unsigned long);
int xc_domain_set_time_offset(xc_interface *, uint32_t, int32_t);
struct hvm_hw_rtc { int64_t rtc_offset; ...; };
int xc_domain_hvm_getcontext_partial(xc_interface *, uint32_t, uint16_t, uint16_t, void *,
                                     uint32_t);
int xc_domain_pause(xc_interface *, uint32_t);
int xc_domain_unpause(xc_interface *, uint32_t);
int xc_domain_resume(xc_interface *, uint32_t, int);
int xc_domain_shutdown(xc_interface *, uint32_t, int);
int xc_domain_destroy(xc_interface *, uint32_t);

typedef struct {
    uint16_t domain; uint32_t flags; uint64_t tot_pages; uint64_t max_pages;
    uint32_t max_vcpu_id; uint8_t handle[16]; struct xen_arch_domainconfig arch_config; ...;
} xc_domaininfo_t;
int xc_domain_getinfolist(xc_interface *, uint32_t, unsigned, xc_domaininfo_t *);

int xc_evtchn_alloc_unbound(xc_interface *, uint32_t, uint32_t);
int xc_hvm_param_set(xc_interface *, uint32_t, uint32_t, uint64_t);
int xc_hvm_param_get(xc_interface *, uint32_t, uint32_t, uint64_t *);

struct e820entry { uint64_t addr; uint64_t size; uint32_t type; ...; };
int xc_domain_set_memory_map(xc_interface *, uint32_t, struct e820entry *, uint32_t);

struct xc_hvm_firmware_module { uint8_t *data; uint32_t length; uint64_t guest_addr_out; };
struct xc_dom_image {
    int container_type; uint64_t console_pfn; uint64_t xenstore_pfn;
    unsigned console_evtchn; unsigned xenstore_evtchn;
    uint32_t console_domid; uint32_t xenstore_domid;
    uint64_t target_pages; uint64_t mmio_start; uint64_t mmio_size;
    uint64_t lowmem_end; uint64_t highmem_end; uint64_t vga_hole_size;
    bool device_model; unsigned max_vcpus;
    struct xc_hvm_firmware_module system_firmware_module;
    struct xc_hvm_firmware_module acpi_modules[4]; ...;
};
struct xc_dom_image *xc_dom_allocate(xc_interface *, const char *, const char *);
void xc_dom_release(struct xc_dom_image *);
int xc_dom_kernel_file(struct xc_dom_image *, const char *);
int xc_dom_module_file(struct xc_dom_image *, const char *, const char *);
int xc_dom_boot_xen_init(struct xc_dom_image *, xc_interface *, uint32_t);
int xc_dom_parse_image(struct xc_dom_image *);
int xc_dom_mem_init(struct xc_dom_image *, unsigned);
int xc_dom_boot_mem_init(struct xc_dom_image *);
int xc_dom_build_image(struct xc_dom_image *);
int xc_dom_boot_image(struct xc_dom_image *);
int xc_dom_gnttab_init(struct xc_dom_image *);
xen_pfn_t xc_dom_p2m(struct xc_dom_image *, xen_pfn_t);
int xc_dom_gnttab_seed(xc_interface *, uint32_t, bool, xen_pfn_t, xen_pfn_t, uint32_t, uint32_t);

struct save_callbacks {
    int (*suspend)(void *); int (*switch_qemu_logdirty)(uint32_t, unsigned, void *); ...;
};
struct restore_callbacks { void *data; ...; };
int xc_domain_save(xc_interface *, int, uint32_t, uint32_t, struct save_callbacks *, int, int);
int xc_domain_restore(xc_interface *, int, uint32_t, unsigned, unsigned long *, uint32_t, unsigned,
                      unsigned long *, uint32_t, int, struct restore_callbacks *, int);

#define XEN_SYSCTL_PHYSCAP_hvm ...
#define XEN_SYSCTL_PHYSCAP_directio ...
#define XEN_SYSCTL_PHYSCAP_shadow ...
#define XC_DOM_PV_CONTAINER ...
#define XC_DOM_HVM_CONTAINER ...
#define XCFLAGS_LIVE ...
static const int RTC_RECORD;
#define HVM_PARAM_STORE_EVTCHN ...
#define HVM_PARAM_CONSOLE_EVTCHN ...
#define HVM_PARAM_TIMER_MODE ...
#define HVM_PARAM_HPET_ENABLED ...
#define HVM_PARAM_VPT_ALIGN ...
#define HVM_PARAM_CALLBACK_IRQ ...

extern "Python" int suspend_guest(void *);
extern "Python" int log_dirty_of_device_model(uint32_t, unsigned, void *);
"""

SOURCE = """
#include <stdbool.h>
#include <stdio.h>
#include <xenctrl.h>
#include <xenguest.h>
#include <xentoollog.h>
#include <xen/hvm/e820.h>
#include <xen/hvm/params.h>
#include <xen/hvm/save.h>

#define RTC_RECORD HVM_SAVE_CODE(RTC)

static xentoollog_logger *errors_to_stderr(void)
{
    return (xentoollog_logger *)xtl_createlogger_stdiostream(stderr, XTL_ERROR, 0);
}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="where the module is written")
    ffi = FFI()
    ffi.cdef(DECLARATIONS)
    ffi.set_source("_libxen", SOURCE, libraries=["xenguest", "xenctrl", "xentoollog"])
    print(ffi.compile(tmpdir=parser.parse_args().folder))


if __name__ == "__main__":
    main()
