#!/bin/sh
# Runs a program of PostgreSQL, which refuses to run as root, as the user postgres. Start it in a separate mount namespace.
# Usage: as-postgres.sh DIRECTORY COMMAND [ARGUMENT...]
set -eu
chown -R postgres: "$1"
# That user cannot read the run directory, so its part of it is mounted where it can, in this namespace only.
mount --bind "$1" /var/lib/postgresql
shift
cd /
# The kernel clears the parent death signal when the user changes.
exec setpriv --reuid postgres --regid postgres --init-groups --pdeathsig KILL -- "$@"
