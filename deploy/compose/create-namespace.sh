#!/bin/sh
# Makes a namespace that keeps closed workflows for RETENTION, or sets the retention of the one that is there; safe to run again.
# Needs TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, which the temporal CLI reads.
set -eu
: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}" "${RETENTION:?}"

# Whatever else keeps describe from answering ends the other command too.
verb=create
if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then verb=update; fi
exec temporal operator namespace "$verb" --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
