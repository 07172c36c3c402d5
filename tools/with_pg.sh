#!/usr/bin/env bash
# Runs a command with a throw-away PostgreSQL: with_pg.sh COMMAND…
# NEP_TEST_PG is the address of its maintenance database; without PostgreSQL it is not set, and what
# needs it says so.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$bin" ] || [ ! -x "$bin/initdb" ]; then
    echo "PostgreSQL: skipped (not installed)" >&2
    exec "$@"
fi

dir=$(mktemp -d /tmp/nep-pg.XXXXXX)
# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}
[ "$(id -u)" = 0 ] && chown postgres "$dir"
finish() {
    as_postgres "$bin/pg_ctl" -D "$dir/data" -m immediate -s stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap finish EXIT
cd "$dir"
as_postgres "$bin/initdb" -D "$dir/data" -A trust -U nep -E UTF8 --locale=C.UTF-8 >"$dir/initdb.log"
as_postgres "$bin/pg_ctl" -D "$dir/data" -s -w -l "$dir/log" \
    -o "-k $dir -c listen_addresses='' -c max_connections=200" start
cd - >/dev/null
export NEP_TEST_PG="postgresql://nep@/postgres?host=$dir"
"$@"
