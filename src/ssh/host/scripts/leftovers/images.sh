# Images of the kubelet's container runtime. Prints lines "root<TAB>detail".
# Needs of leftovers/listing.sh: can_list, entries_text, list_item
# Needs of runtime/runtimes.sh: RUNTIME_ROOT

list_images() {
  list_runtime_roots | while IFS= read -r root; do
    can_list "$root" || continue
    images=$(count_images "$root")
    if [ -n "$images" ]; then list_item "$root" "$images"; fi
  done
}

# That of the kubelet's runtime; the defaults when it is unknown.
list_runtime_roots() {
  if [ -n "${RUNTIME_ROOT:-}" ]; then
    printf '%s\n' "$RUNTIME_ROOT"
  else
    printf '%s\n' /var/lib/containerd /var/lib/docker /var/lib/containers/storage
  fi
}

# count_images ROOT: by files of the runtime, so that it may be stopped. Nothing when there are none.
count_images() {
  if [ -d "$1/io.containerd.content.v1.content/blobs/sha256" ]; then
    # shellcheck disable=SC2012 # names are hashes
    ls -ln "$1/io.containerd.content.v1.content/blobs/sha256" 2>/dev/null | awk 'NF > 8 { count++; bytes += $5 } END { if (count) print count, bytes }' |
      image_text 'image blob' 'image blobs' ' compressed'
  elif [ -d "$1/image" ]; then
    {
      for image in "$1"/image/*/imagedb/content/sha256/*; do if [ -f "$image" ]; then echo image; fi; done
      # These files have no line end.
      awk '{ print $1 }' "$1"/image/*/layerdb/sha256/*/size 2>/dev/null
    } | awk '$1 == "image" { count++; next } { bytes += $1 } END { if (count) print count, bytes + 0 }' | image_text image images ''
  elif [ -f "$1/overlay-images/images.json" ]; then
    {
      # shellcheck disable=SC2020 # each of both
      tr ',{' '\n\n' <"$1/overlay-images/images.json" | grep '^"id":' | sed 's/.*/image/'
      # shellcheck disable=SC2020 # each of both
      tr ',{' '\n\n' <"$1/overlay-layers/layers.json" 2>/dev/null | sed -n 's/^"diff-size":\([0-9]*\).*/\1/p'
    } | awk '$1 == "image" { count++; next } { bytes += $1 } END { if (count) print count, bytes + 0 }' | image_text image images ''
  fi
}

# image_text ONE MANY WORD: "count bytes" on stdin as text, e.g. "3 images, 1.2 GB".
image_text() {
  while read -r image_count image_bytes; do
    printf '%s, %s%s\n' "$(entries_text "$image_count" "$1" "$2")" "$(size_text "$image_bytes")" "$3"
  done
}

size_text() {
  awk -v bytes="$1" 'BEGIN {
    if (bytes >= 1000000000) printf "%.1f GB", bytes / 1000000000
    else if (bytes >= 1000000) printf "%d MB", bytes / 1000000
    else printf "less than 1 MB"
  }'
}
