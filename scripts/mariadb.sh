#!/usr/bin/env bash
# A private MariaDB for tests: own folder, own socket, own port on 127.0.0.1, gone without a trace afterwards.
#
# Prints its address when it answers (with both port and socket: mysql://root@127.0.0.1:PORT/?socket=PATH), serves
# until its standard input closes, then kills the server and removes the folder. Whoever holds the other end of the
# pipe may therefore die in any way, kill -9 included: the pipe closes with it.
# Nothing is forced to the disk (libeatmydata): making the tables of one test would wait seconds for it, and a test
# kills processes, not the machine. With GERBANG_MARIADB_DURABLE=1 commits are durable, as where one measures; the
# folder lies under $TMPDIR (default /tmp), so name one on a real disk then.
set -euo pipefail

program=$(PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v mariadbd) ||
    { echo "mariadb.sh: mariadbd is missing; run scripts/setup.sh test" >&2; exit 1; }
[ -n "${GERBANG_MARIADB_DURABLE:-}" ] || export LD_PRELOAD=libeatmydata.so
folder=$(mktemp -d "${TMPDIR:-/tmp}/gerbang-mariadb.XXXXXX")
socket=$folder/socket
log=$folder/log
server=

finish() {
    trap - EXIT
    # Nothing in it is worth a clean shutdown.
    if [ -n "$server" ]; then
        kill -KILL "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap finish EXIT
# A Ctrl-C reaches the whole terminal; the owner of the pipe decides when the server goes.
trap '' INT
trap 'exit 143' TERM

fail() {
    { echo "mariadb.sh: $1; its log ends:"; tail -n 20 "$log"; } >&2
    exit 1
}

# The system's configuration files are not read. READ COMMITTED and the collation are what central asks for;
# the memory is small because the test data is.
common=(
    --no-defaults
    --datadir="$folder/data"
    --innodb-buffer-pool-size=64M
    --innodb-log-file-size=32M
)
[ "$(id -u)" != 0 ] || common+=(--user=root)
serving=(
    --socket="$socket"
    --pid-file="$folder/pid"
    --bind-address=127.0.0.1
    --skip-name-resolve
    --character-set-server=utf8mb4
    --collation-server=utf8mb4_bin
    --transaction-isolation=READ-COMMITTED
    --max-connections=500
)

[ ${#socket} -le 100 ] || { echo "mariadb.sh: TMPDIR is too long for a socket: $socket" >&2; exit 1; }
install() {
    rm -rf "$folder/data"
    mariadb-install-db "${common[@]}" --auth-root-authentication-method=normal --skip-test-db \
        --skip-name-resolve >"$log" 2>&1 </dev/null
}
# Of many that are made at the same time on a busy machine one sometimes fails, and never twice.
install || install || fail "mariadb-install-db failed"

# A free port cannot be reserved for another process, so try one below the range the system gives out itself.
for _ in 1 2 3 4 5 6 7 8 9 10; do
    port=$((20000 + RANDOM % 12000))
    "$program" "${common[@]}" "${serving[@]}" --port="$port" >"$log" 2>&1 </dev/null &
    server=$!
    until grep -q 'ready for connections' "$log"; do
        kill -0 "$server" 2>/dev/null || break
        sleep 0.02
    done
    ! kill -0 "$server" 2>/dev/null || break
    grep -q 'Bind on TCP/IP port' "$log" || fail "mariadbd did not start"
    server=
done
[ -n "$server" ] || fail "no free port found"

printf 'mysql://root@127.0.0.1:%s/?socket=%s\n' "$port" "$socket"
# The built-in, unlike cat, lets the traps above run at once.
while read -r _; do :; done
