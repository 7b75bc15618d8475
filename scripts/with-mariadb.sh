#!/usr/bin/env bash
# Runs a command with one private MariaDB beside it, whose address the tests find in GERBANG_TEST_MARIADB_URL.
#
#   scripts/with-mariadb.sh cargo nextest run …
#
# A server takes seconds to make and nextest gives every test a process of its own, so the whole run shares one.
# A test started without this makes its own (tests/support/mariadb.rs). To test against another server, set the
# variable yourself, without this script: databases named test_* are created there.
set -euo pipefail

ready=$(mktemp -u "${TMPDIR:-/tmp}/gerbang-ready.XXXXXX")
mkfifo -m 600 "$ready"
trap 'rm -f "$ready"' EXIT

# The server lives as long as this script holds its standard input (descriptor 8) open.
here=$(dirname "$0")
exec 8> >(exec "$here/mariadb.sh" >"$ready")
server=$!
read -r GERBANG_TEST_MARIADB_URL <"$ready" || exit 1
rm -f "$ready"
export GERBANG_TEST_MARIADB_URL

status=0
"$@" 8>&- || status=$?
exec 8>&-
wait "$server" || true
exit "$status"
