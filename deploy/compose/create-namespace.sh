#!/bin/sh
# Creates a namespace that retains closed workflows for RETENTION, or sets the retention of an existing one; safe to run again.
# Needs TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, which the temporal CLI reads.
set -eu
: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}" "${RETENTION:?}"

# If describe fails for another reason, the next command fails for the same reason.
verb=create
if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then verb=update; fi
exec temporal operator namespace "$verb" --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
