#!/bin/sh
# Starts a Temporal server, which reads the password of its database only from the environment.
# Usage: start-temporal.sh PASSWORD-FILE COMMAND [ARGUMENT...]
set -eu
POSTGRES_PWD=$(cat "$1")
export POSTGRES_PWD
shift
exec "$@"
