#!/bin/sh
# Creates a namespace that retains closed workflows for RETENTION, or sets the retention of an existing one, and registers the search
# attributes by which decommissions are found; safe to run again. Needs TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, which the temporal CLI reads.
set -eu
: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}" "${RETENTION:?}"

# If describe fails for another reason, the next command fails for the same reason.
verb=create
if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then verb=update; fi
temporal operator namespace "$verb" --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"

set --
for name in Cluster Node Task Phase Outcome; do set -- "$@" --name "Decommission$name" --type Keyword; done
# A moment passes until all parts of the server have a new namespace.
attempts=10
until temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" "$@"; do
  attempts=$((attempts - 1))
  [ "$attempts" -gt 0 ] || exit 1
  sleep 2
done
