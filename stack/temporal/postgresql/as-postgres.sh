#!/bin/sh
# Runs a program of PostgreSQL, which refuses root, as the user postgres. Start it in a mount namespace of its own.
# Usage: as-postgres.sh DIRECTORY COMMAND [ARGUMENT...]
set -eu
chown -R postgres: "$1"
# That user cannot look into the run directory, so its part of it appears where he can, in this namespace only.
mount --bind "$1" /var/lib/postgresql
shift
cd /
# The kernel forgets the wish to die with the parent when the user changes.
exec setpriv --reuid postgres --regid postgres --init-groups --pdeathsig KILL -- "$@"
