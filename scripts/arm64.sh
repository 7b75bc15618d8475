#!/usr/bin/env bash
# Builds `edge-node` for a 64-bit Raspberry Pi on an x86_64 Debian, camera and both decoders included, and prints where
# the program is.
#
#   scripts/arm64.sh [dev|release]
#
# The compiler with a standard library for arm64 is Debian's `rustc-web`, of the security suite. It is unpacked into
# target/arm64/compiler and not installed, so the machine keeps its own. The folder target/arm64 holds everything.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=${1:-dev}
place=$PWD/target/arm64
compiler=$place/compiler
target=aarch64-unknown-linux-gnu

stop() {
    printf 'arm64: %s\n' "$1" >&2
    exit 1
}

# Of another architecture than this machine's, without telling the machine of it: apt works on lists of its own.
foreign() {
    local lists=$place/apt
    mkdir -p "$lists/partial"
    apt-get -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State::lists="$lists" \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root "$@"
}

# What a package depends on, by the beginning of its name: version numbers are part of the name.
dependency() {
    apt-cache depends --important "$1" | sed -n "s/.*Depends: \($2.*\)/\1/p" | head -1
}

unpack_compiler() {
    local package runtime
    [ ! -e "$compiler/ready" ] || return 0
    rm -rf "$compiler"
    mkdir -p "$compiler/package"
    cd "$compiler/package"
    runtime=$(dependency libstd-rust-web-dev libstd-rust-web-)
    [ -n "$runtime" ] || { apt-get update -qq && runtime=$(dependency libstd-rust-web-dev libstd-rust-web-); }
    [ -n "$runtime" ] || stop "apt offers no libstd-rust-web-dev: Debian's security suite has it"
    echo "arm64: unpacking rustc-web with $runtime" >&2
    apt-get -o APT::Sandbox::User=root download -qq rustc-web libstd-rust-web-dev "$runtime" "$(dependency "$runtime" libllvm)"
    foreign update -qq
    foreign download -qq libstd-rust-web-dev:arm64
    for package in *.deb; do dpkg -x "$package" "$compiler"; done
    cd - >/dev/null
    rm -rf "$compiler/package" "$place/apt" "$compiler/usr/share"
    touch "$compiler/ready"
}

# What cargo takes for rustc: the unpacked one, with its libraries.
write_wrapper() {
    cat >"$place/rustc" <<END
#!/bin/sh
export LD_LIBRARY_PATH='$compiler/usr/lib/x86_64-linux-gnu'
exec '$compiler/usr/bin/rustc' "\$@"
END
    chmod 755 "$place/rustc"
}

[ "$(uname -m)" = x86_64 ] || stop "this is for x86_64 machines; elsewhere use cargo build"
command -v aarch64-linux-gnu-g++ >/dev/null || stop "g++-aarch64-linux-gnu is missing: scripts/setup.sh arm64 installs it"
mkdir -p "$place"
unpack_compiler
write_wrapper
export RUSTC=$place/rustc CARGO_TARGET_DIR=$place/built
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc CXX_aarch64_unknown_linux_gnu=aarch64-linux-gnu-g++
export AR_aarch64_unknown_linux_gnu=aarch64-linux-gnu-ar
export BINDGEN_EXTRA_CLANG_ARGS_aarch64_unknown_linux_gnu="--target=$target -I/usr/aarch64-linux-gnu/include"
cargo build --quiet --target "$target" --profile "$profile" -p edge-node >&2
folder=$profile
[ "$profile" != dev ] || folder=debug
echo "$CARGO_TARGET_DIR/$target/$folder/edge-node"
