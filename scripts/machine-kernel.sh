#!/usr/bin/env bash
# Unpacks Debian's kernels for virtual machines into target/machine, for the tests in tests/machine/: `kernel` is the
# light one for clouds, which boots quickest, `kernel-devices` the one for real machines, which has drivers of USB,
# cameras and keyboards. Nothing is installed: the machine that runs the tests keeps its own kernel. Quick when they are
# there already.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:/usr/sbin:/sbin"

# The package without a version depends on the newest one that this release has.
newest() {
    apt-cache depends --important "$1" 2>/dev/null | sed -n 's/.*Depends: //p' | head -1
}

# Downloads into the folder it is called in. apt's own user could not write there.
download() {
    apt-get -o APT::Sandbox::User=root download -qq "$1"
}

# Of a package: the kernel, the lists of its modules, and those modules that a test might load. Not every kernel has
# all of them, so all are unpacked and the others taken away.
unpack() {
    local package=$1 place=$2 modules keep=() folder
    dpkg -x "$package" "$place/all"
    modules=$(echo "$place"/all/lib/modules/*)
    mkdir -p "$place/boot" "$place/lib/modules/$(basename "$modules")/kernel"
    mv "$place"/all/boot/vmlinuz-* "$place/boot/"
    mv "$modules"/modules.* "$place/lib/modules/$(basename "$modules")/"
    for folder in crypto fs/ext4 fs/jbd2 fs/mbcache.ko lib net drivers/{block,hid,input,media,net/net_failover.ko,net/virtio_net.ko,tty,usb,virtio}; do
        [ ! -e "$modules/kernel/$folder" ] || keep+=("$folder")
    done
    (cd "$modules/kernel" && tar --create "${keep[@]}") |
        tar --extract --directory "$place/lib/modules/$(basename "$modules")/kernel"
    rm -rf "$place/all"
}

make_ready() {
    local family=$1 place=$2 package
    [ ! -e "$place/ready" ] || return 0
    package=$(newest "$family")
    if [ -z "$package" ]; then
        apt-get update -qq
        package=$(newest "$family")
    fi
    [ -n "$package" ] || { echo "setup: apt offers no $family" >&2; exit 1; }
    echo "setup: unpacking $package for tests/machine" >&2
    rm -rf "$place"
    mkdir -p "$place/package"
    # A list of last month names a file that the mirror no longer has.
    (cd "$place/package" && { download "$package" || { apt-get update -qq && download "$package"; }; })
    unpack "$place"/package/*.deb "$place"
    rm -rf "$place/package"
    depmod -b "$place" "$(basename "$place"/lib/modules/*)"
    touch "$place/ready"
}

make_ready linux-image-cloud-amd64 target/machine/kernel
make_ready linux-image-amd64 target/machine/kernel-devices
