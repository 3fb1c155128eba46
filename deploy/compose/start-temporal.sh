#!/bin/sh
# Starts a Temporal server, which takes its database's password from the environment only.
# Usage: start-temporal.sh PASSWORD-FILE COMMAND [ARGUMENT...]
set -eu
POSTGRES_PWD=$(cat "$1")
export POSTGRES_PWD
shift
exec "$@"
