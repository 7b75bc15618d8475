#!/usr/bin/env bash
# Installs what a fresh Debian machine with only Rust, Node and apt lacks. Quick and silent when nothing is missing.
#
#   scripts/setup.sh build|test|demo|bench|fuzz|arm64 …
#
# No service is installed or started: the tests run MariaDB themselves (scripts/mariadb.sh), so the server's
# programs are enough and Debian's `mariadb-server`, which starts one for the whole machine, is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."

# One line per package: the profiles that need it, Debian's name for it, a command that shows it is there.
# Both MariaDB packages are needed: mariadb-install-db stands in one and a program it calls in the other.
# "machine" is the part of "test" for tests/machine, which need an x86_64 Debian (elsewhere: GERBANG_MACHINE=off).
needs='
build,test,demo,bench,fuzz  clang               clang
build,test,demo,bench,fuzz  libclang-dev        clang
build,test,demo,bench,fuzz  cmake               cmake
build,test,demo,bench,fuzz  g++                 c++
build,test,demo,bench,fuzz  pkg-config          pkg-config
test,demo                   poppler-utils       pdftoppm
test                        e2fsprogs           mkfs.ext4
test                        mount               mount
test                        iproute2            ip
test                        nftables            nft
test                        ethtool             ethtool
test                        zbar-tools          zbarimg
test                        python3-venv        python3
test                        qpdf                qpdf
test                        python3-icalendar   python3
test                        chromium            chromium
test                        chromium-driver     chromedriver
machine                     qemu-system-x86     qemu-system-x86_64
machine                     busybox-static      busybox
machine                     cpio                cpio
machine                     kmod                depmod
arm64                       g++-aarch64-linux-gnu aarch64-linux-gnu-g++
arm64                       qemu-user-static    qemu-aarch64-static
test                        eatmydata           eatmydata
test,bench                  mariadb-server-core mariadb-install-db
test,bench                  mariadb-client-core my_print_defaults
'

stop() {
    printf 'setup: %s\n' "$1" >&2
    exit 1
}

# The rows of the table that the asked profiles need: "package command".
wanted() {
    local profile profiles package command
    while read -r profiles package command; do
        [ -n "$profiles" ] || continue
        for profile in "$@"; do
            case ",$profiles," in *",$profile,"*) printf '%s %s\n' "$package" "$command"; break ;; esac
        done
    done <<<"$needs"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        stop "installing packages needs root; run as root: $*"
    fi
}

install_on_debian() {
    local package command missing=()
    while read -r package command; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done < <(wanted "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    printf 'setup: installing %s\n' "${missing[*]}" >&2
    # Package lists of last month name files that the mirror no longer has, so refresh them, but only now.
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        stop "apt-get could not install: ${missing[*]}"
}

# Elsewhere nothing is installed behind the owner's back: the commands must be there.
check_elsewhere() {
    local package command missing=()
    while read -r package command; do
        command -v "$command" >/dev/null || missing+=("$package ($command)")
    done < <(wanted "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    {
        printf 'setup: this is not Debian, so please install these yourself (Debian names; the command that is missing):\n'
        printf '  %s\n' "${missing[@]}"
        printf 'Ubuntu: apt-get install the packages by these names; chromium-chromedriver has both browser commands\n'
        printf 'macOS:  brew install llvm cmake pkg-config poppler zbar qpdf mariadb python && brew install --cask chromium chromedriver\n'
        printf 'Fedora: dnf install clang-devel cmake gcc-c++ pkgconf poppler-utils zbar qpdf python3-icalendar mariadb-server chromium chromedriver\n'
        printf 'Arch:   pacman -S clang cmake gcc pkgconf poppler zbar qpdf python-icalendar mariadb chromium\n'
    } >&2
    exit 1
}

# In a folder with a lock file; quick when that was done since the lock changed.
install_node_packages() {
    local folder=$1 done_mark=$1/node_modules/.package-lock.json
    [ ! -f "$done_mark" ] || [ "$folder/package-lock.json" -nt "$done_mark" ] || return 0
    command -v npm >/dev/null || stop "npm is missing: install Node 18 or newer"
    printf 'setup: npm ci in %s\n' "$folder" >&2
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error
    touch "$done_mark"
}

# Into a folder of their own, from exact versions; quick when that was done since those changed.
install_python_packages() {
    local folder=tests/python venv=tests/python/venv
    [ ! -f "$venv/.done" ] || [ "$folder/requirements.txt" -nt "$venv/.done" ] || return 0
    printf 'setup: pip install in %s\n' "$venv" >&2
    python3 -m venv "$venv" || stop "python3 cannot make a venv: install Python 3.11 or newer with its venv module"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$folder/requirements.txt"
    touch "$venv/.done"
}

install_cargo_fuzz() {
    command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked
}

[ $# -gt 0 ] || stop "name what to set up for: build, test, demo, bench, fuzz or arm64"
for profile in "$@"; do
    case "$profile" in
        build | test | demo | bench | fuzz | arm64) ;;
        *) stop "unknown profile \"$profile\": build, test, demo, bench, fuzz or arm64" ;;
    esac
done
command -v cargo >/dev/null || stop "cargo is missing: install Rust (https://rustup.rs), then run this again"

# Ubuntu is not among them: its chromium is a snap, and its names differ.
system=$([ ! -r /etc/os-release ] || . /etc/os-release; echo "${ID:-}")
case "$system" in
    debian | raspbian)
        case " $* , $(uname -m) ${GERBANG_MACHINE:-on}" in *" test "*", x86_64 on") set -- "$@" machine ;; esac
        case " $* , $(uname -m) ${GERBANG_ARM64:-on}" in *" test "*", x86_64 on") set -- "$@" arm64 ;; esac
        install_on_debian "$@"
        ;;
    *) check_elsewhere "$@" ;;
esac
install_node_packages web-assets
case " $* " in *" test "*) install_node_packages tests/npm; install_python_packages ;; esac
case " $* " in *" fuzz "*) install_cargo_fuzz ;; esac
case " $* " in *" machine "*) scripts/machine-kernel.sh ;; esac
