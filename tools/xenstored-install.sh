#!/bin/sh
# Put Debian's xenstored where the simulated hosts look for it: its packages are unpacked into a
# folder of Warren's, since installing them would set this machine up as a dom0.
# By hand: the only tool of Debian's that unpacks packages with their dependencies beside the
# machine's own is debootstrap, which would unpack a whole system.
set -eu

target=/var/lib/warren/xenstored
[ -x "$target/usr/lib/xen-4.17/bin/xenstored" ] && exit 0
[ -x /usr/lib/xen-4.17/bin/xenstored ] && exit 0

echo "xenstored: unpacking Debian's packages into $target"
[ "$(id -u)" = 0 ] && as_root="" || as_root=sudo
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
packages="xen-utils-4.17 libxenmisc4.17 libxenstore4 libxencall1 libxenevtchn1
    libxenforeignmemory1 libxengnttab1 libxentoollog1 libxentoolcore1 libxendevicemodel1 libxenhypfs1"
$as_root apt-get update -qq
if ! $as_root apt-get download -qq $packages 2>log; then
    cat log >&2
    echo "xenstored: the download failed (see above); run the command again." >&2
    exit 1
fi
$as_root mkdir -p "$target"
for package in *.deb; do
    $as_root dpkg -x "$package" "$target"
done
