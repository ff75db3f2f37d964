/* Lets Debian's xenstored run without Xen, by LD_PRELOAD.
 *
 * WARREN_XEN names a folder. A domain lives while WARREN_XEN/dom/<domid> exists; writing the 32-bit
 * number 1 to the pipe WARREN_XEN/evtchn makes xenstored look for dead domains, as Xen's VIRQ does.
 * The structures are opaque to us, so only their first members, which Xen keeps stable, are set.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct dominfo {
    uint32_t domid;
    uint32_t ssidref;
    unsigned int dying : 1, crashed : 1, shutdown : 1, paused : 1, blocked : 1, running : 1,
        hvm : 1, debugged : 1, xenstore : 1, hap : 1;
    char rest[200];
};

static int handle;
static int events = -1;
static uint32_t port = 2;

static void where(char *path, size_t size, const char *name)
{
    const char *folder = getenv("WARREN_XEN");
    snprintf(path, size, "%s/%s", folder ? folder : "/nonexistent", name);
}

int open(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    va_list rest;
    va_start(rest, flags);
    int mode = va_arg(rest, int);
    va_end(rest);
    if (!real)
        real = dlsym(RTLD_NEXT, "open");
    if (!strcmp(path, "/proc/xen/xsd_port")) {
        int file = memfd_create("port", 0);
        if (write(file, "1", 1) != 1)
            return -1;
        lseek(file, 0, SEEK_SET);
        return file;
    }
    if (!strcmp(path, "/proc/xen/xsd_kva")) {
        int file = memfd_create("page", 0);
        return ftruncate(file, 4096) ? -1 : file;
    }
    return real(path, flags, mode);
}

void *xc_interface_open(void *a, void *b, unsigned c) { return &handle; }
int xc_interface_close(void *a) { return 0; }

int xc_domain_getinfo(void *a, uint32_t first, unsigned count, struct dominfo *info)
{
    char name[32], path[512];
    memset(info, 0, 24);
    info->domid = first;
    info->running = 1;
    snprintf(name, sizeof name, "dom/%u", first);
    where(path, sizeof path, name);
    return first == 0 || access(path, F_OK) == 0;
}

void *xenevtchn_open(void *a, unsigned b)
{
    char path[512];
    where(path, sizeof path, "evtchn");
    mkfifo(path, 0600);
    events = open(path, O_RDWR | O_NONBLOCK, 0);
    return &handle;
}

void *xenevtchn_fdopen(void *a, int fd, unsigned b) { events = fd; return &handle; }
int xenevtchn_fd(void *a) { return events; }
int xenevtchn_bind_virq(void *a, unsigned b) { return 1; }
int xenevtchn_bind_interdomain(void *a, uint32_t b, uint32_t c) { return port++; }
int xenevtchn_notify(void *a, uint32_t b) { return 0; }
int xenevtchn_unbind(void *a, uint32_t b) { return 0; }
int xenevtchn_unmask(void *a, uint32_t b) { return 0; }

int xenevtchn_pending(void *a)
{
    uint32_t found;
    return read(events, &found, 4) == 4 ? (int)found : -1;
}

void *xengnttab_open(void *a, unsigned b) { return &handle; }
int xengnttab_close(void *a) { return 0; }
int xengnttab_set_max_grants(void *a, uint32_t b) { return 0; }

void *xengnttab_map_grant_ref(void *a, uint32_t b, uint32_t c, int d)
{
    return mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

int xengnttab_unmap(void *a, void *b, uint32_t c) { return munmap(b, (size_t)c * 4096); }
int setrlimit(int a, const void *b) { return 0; }
