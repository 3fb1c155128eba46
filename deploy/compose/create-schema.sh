#!/bin/sh
# Creates or updates the databases of a Temporal server to the schema of this temporal-sql-tool; safe to run again.
# Usage: create-schema.sh PASSWORD-FILE, with SQL_PLUGIN, SQL_HOST, SQL_PORT and SQL_USER, which temporal-sql-tool reads.
set -eu
SQL_PASSWORD=$(cat "$1")
export SQL_PASSWORD

# Each step skips what already exists.
bring_up() {
  temporal-sql-tool --database "$1" create-database
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  temporal-sql-tool --database "$1" update-schema --schema-name "$2"
}

bring_up temporal postgresql/v12/temporal
bring_up temporal_visibility postgresql/v12/visibility
