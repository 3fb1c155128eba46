# Mounts, read only from the kernel's table: access to a path (stat, df) hangs when its file server is dead.

# Mount points strictly below a directory as the table writes them (`\040` for a space), the deepest first.
mounts_below() {
  awk -v dir="$1/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r -u
}

# Sets decoded_path to a path of the mount table in its plain form, for use in a command.
decode_path() {
  decoded_path=$(printf '%b.' "$1")
  decoded_path=${decoded_path%.}
}

# Type of the file system that contains a path (without symbolic links, as the mount table writes it).
file_system_of() {
  ASKED_PATH=$1 awk '
    BEGIN { path = ENVIRON["ASKED_PATH"] }
    $5 == "/" || $5 == path || index(path, $5 "/") == 1 {
      if (length($5) < length(best)) next
      best = $5
      for (field = 7; field < NF; field++) if ($field == "-") { type = $(field + 1); break }
    }
    END { print type }' /proc/self/mountinfo
}

# Access to the path needs no other machine.
is_local() {
  case $(file_system_of "$1") in
  ext2 | ext3 | ext4 | xfs | btrfs | bcachefs | zfs | f2fs | jfs | reiserfs | erofs | squashfs | vfat | overlay | tmpfs | ramfs | rootfs) ;;
  *) return 1 ;;
  esac
}

# leads_to_local PATH: the same for every component of the path, symbolic links included (a home may be one that leads to a file server).
leads_to_local() (
  left=$1 way='' links=0
  while [ -n "$left" ]; do
    part=${left%%/*}
    left=${left#"$part"}
    left=${left#/}
    case $part in
    '' | .) continue ;;
    ..)
      way=${way%/*}
      continue
      ;;
    esac
    is_local "$way/$part" || exit 1
    if [ ! -L "$way/$part" ]; then
      way=$way/$part
      continue
    fi
    links=$((links + 1))
    if [ "$links" -gt 40 ]; then exit 1; fi
    target=$(readlink -- "$way/$part") || exit 1
    case $target in /*) way='' ;; esac
    left=$target/$left
  done
)
