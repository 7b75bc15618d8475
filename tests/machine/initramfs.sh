#!/usr/bin/env bash
# The guest's memory disk: busybox, the drivers that a machine needs, the gate's program with its libraries.
#
#   tests/machine/initramfs.sh KERNEL PROGRAM FILE MODULE…
#
# KERNEL is an unpacked kernel package (scripts/machine-kernel.sh). Nothing is compressed: unpacking would cost an
# emulated processor more than reading does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kernel=$1 program=$2 file=$3
shift 3
modules=$(echo "$kernel"/lib/modules/*)

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,dev,gate,modules,proc,sys,tmp}
cp "$here/init" "$root/init"
chmod 755 "$root/init"
cp "$(command -v busybox)" "$root/bin/busybox"
for name in sh mount insmod stty echo cat date ip sync poweroff nc usleep test grep kill ls wc wget; do
    ln -s busybox "$root/bin/$name"
done

# Debug information is most of the program, and every boot reads it.
strip -o "$root/bin/$(basename "$program")" "$program"
ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done

# What a driver needs is loaded before it. What the kernel has built in is not in the list.
touch "$root/modules/order"
for name in "$@"; do
    line=$(grep "/$name\.ko[^:]*:" "$modules/modules.dep") || continue
    for module in $(tr ' ' '\n' <<<"${line#*:}" | tac) "${line%%:*}"; do
        [ ! -e "$root/modules/$(basename "$module")" ] || continue
        cp "$modules/$module" "$root/modules/"
        basename "$module" >>"$root/modules/order"
    done
done

(cd "$root" && find . | cpio --create --format=newc --quiet) >"$file.$$"
mv "$file.$$" "$file"
