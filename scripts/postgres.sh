#!/bin/sh
# Runs a command with DATABASE_URL naming a PostgreSQL of its own, which is gone afterwards: scripts/postgres.sh COMMAND...
set -eu
programs=$(command -v initdb >/dev/null && dirname "$(command -v initdb)" || ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
if [ -z "$programs" ]; then
    echo "No PostgreSQL on this machine: sudo apt-get install postgresql" >&2
    exit 1
fi
# PostgreSQL refuses to run as root.
if [ "$(id -u)" -eq 0 ]; then as="runuser -u postgres --"; else as=""; fi
folder=$(mktemp -d)
chmod 711 "$folder"
if [ -n "$as" ]; then chown postgres "$folder"; fi

stop() {
    $as "$programs/pg_ctl" --pgdata "$folder/data" --mode immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$folder"
$as "$programs/initdb" --pgdata "$folder/data" --username raadslag --auth trust --encoding UTF8 --locale C.UTF-8 >/dev/null
# It listens on a socket in its folder and nowhere else; what it holds need not outlast a fall of the machine.
$as "$programs/pg_ctl" --pgdata "$folder/data" --wait --log "$folder/log" \
    --options "-c listen_addresses= -c unix_socket_directories=$folder -c fsync=off" start >/dev/null
cd "$OLDPWD"
DATABASE_URL="postgresql://raadslag@/postgres?host=$folder" "$@"
