#!/bin/sh
# Install the Debian packages that Warren's demo and tests need, if they are missing.
# Services that come with a package are not started: Warren runs private ones of its own.
# By hand: apt-get does the work; this only keeps services from starting, and says what went wrong.
# Usage: tools/debian.sh PACKAGE...
set -eu

missing=""
for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null)" = "ii " ] ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Debian packages: installing$missing"
if [ "$(id -u)" = 0 ]; then as_root=""; elif command -v sudo >/dev/null; then as_root=sudo; else
    echo "Debian packages: run this as root, or install$missing yourself." >&2
    exit 1
fi

# policy-rc.d is Debian's switch for "install, but start nothing"; ours is removed afterwards.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
    trap '$as_root rm -f "$policy"' EXIT
fi
log=$(mktemp)
if ! { $as_root apt-get update -qq &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing
} >"$log" 2>&1; then
    cat "$log" >&2
    echo "Debian packages: the installation failed (see above). Check that Debian's mirror can be" \
        "reached and run the command again." >&2
    exit 1
fi
