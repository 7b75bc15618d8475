#!/usr/bin/env bash
# Unpacks Debian's kernel for virtual machines into target/machine/kernel, for the tests in tests/machine/.
# Nothing is installed: the machine that runs the tests keeps its own kernel. Quick when it is there already.
set -euo pipefail
cd "$(dirname "$0")/.."
place=target/machine/kernel
export PATH="$PATH:/usr/sbin:/sbin"

[ ! -e "$place/ready" ] || exit 0

# The package without a version depends on the newest one that this release has.
newest() {
    apt-cache depends --important linux-image-cloud-amd64 2>/dev/null | sed -n 's/.*Depends: //p' | head -1
}

# Downloads into the folder it is called in. apt's own user could not write there.
download() {
    apt-get -o APT::Sandbox::User=root download -qq "$package"
}

package=$(newest)
if [ -z "$package" ]; then
    apt-get update -qq
    package=$(newest)
fi
[ -n "$package" ] || { echo "setup: apt offers no linux-image-cloud-amd64" >&2; exit 1; }
echo "setup: unpacking $package for tests/machine" >&2
rm -rf "$place"
mkdir -p "$place/package"
# A list of last month names a file that the mirror no longer has.
(cd "$place/package" && { download || { apt-get update -qq && download; }; })
dpkg -x "$place"/package/*.deb "$place"
rm -rf "$place/package" "$place/usr"
depmod -b "$place" "$(basename "$place"/lib/modules/*)"
touch "$place/ready"
