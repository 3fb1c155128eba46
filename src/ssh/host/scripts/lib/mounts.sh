# Mounts, read only from the kernel's table: access to a path (stat, df) hangs when its file server is dead.
# Needs of lib/base.sh: NEWLINE, TAB

# Mount points strictly below a directory as the table writes them (`\040` for a space), the deepest first.
mounts_below() {
  encode_path "$1"
  BELOW=$encoded_path/ awk 'BEGIN { dir = ENVIRON["BELOW"] } index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r -u
}

# Sets decoded_path to a path of the mount table in its plain form, for use in a command.
decode_path() {
  decoded_path=$(printf '%b.' "$1")
  decoded_path=${decoded_path%.}
}

# Sets encoded_path to a path as the mount table writes it.
encode_path() {
  encoded_path=$1
  case $1 in
  *\\* | *[[:space:]]*)
    encoded_path=$(printf '%s\n' "$1" | sed -e 's/\\/\\134/g' -e 's/ /\\040/g' -e "s/$TAB/\\\\011/g" |
      awk 'NR > 1 { printf "%s", "\\012" } { printf "%s", $0 }')
    ;;
  esac
}

# Reads the mount points, for `is_mount_point` and `has_mounts`, which start no process.
load_mounts() { MOUNT_POINTS=$NEWLINE$(awk '{ print $5 }' /proc/self/mountinfo)$NEWLINE; }

is_mount_point() {
  encode_path "$1"
  case $MOUNT_POINTS in *"$NEWLINE$encoded_path$NEWLINE"*) ;; *) return 1 ;; esac
}

# A mount is at the path or below it.
has_mounts() {
  is_mount_point "$1" && return
  case $MOUNT_POINTS in *"$NEWLINE$encoded_path/"*) ;; *) return 1 ;; esac
}

# Number of mounts on a mount point (as the table writes it): of several, only the last one can be seen.
count_stacked() {
  ASKED_PATH=$1 awk '$5 == ENVIRON["ASKED_PATH"] { count++ } END { print count + 0 }' /proc/self/mountinfo
}

# The mounted file system is nowhere else: it is mounted as a whole, once, and what is on it has no other name. A bind mount is not.
is_own_disk() {
  encode_path "$1"
  ASKED_PATH=$encoded_path awk '
    BEGIN { path = ENVIRON["ASKED_PATH"] }
    $5 == path { device = $3; whole = $4 == "/"; count++ }
    { devices[NR] = $3; points[NR] = $5 }
    END {
      if (count != 1 || !whole) exit 1
      for (line = 1; line <= NR; line++)
        if (devices[line] == device && points[line] != path && index(points[line], path "/") != 1) exit 1
    }' /proc/self/mountinfo
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

# Mount points of other file systems than these, which are on this machine; set by `load_remote_mounts`.
REMOTE_POINTS=''
LOCAL_TYPES='ext2 ext3 ext4 xfs btrfs bcachefs zfs f2fs jfs reiserfs erofs squashfs vfat overlay tmpfs ramfs rootfs'

load_remote_mounts() {
  REMOTE_POINTS=$(LOCAL_TYPES="$LOCAL_TYPES" awk '
    BEGIN { count = split(ENVIRON["LOCAL_TYPES"], list, " "); for (i = 1; i <= count; i++) is_local[list[i]] = 1 }
    { for (field = 7; field < NF; field++) if ($field == "-") { if (!($(field + 1) in is_local)) print $5; break } }' /proc/self/mountinfo)
}

# Access to the path, as the mount table writes it, needs no other machine.
is_local() {
  if [ -z "$REMOTE_POINTS" ]; then load_remote_mounts; fi
  while IFS= read -r point; do
    case $1/ in
    "${point%/}"/*) ;;
    *) continue ;;
    esac
    case " $LOCAL_TYPES " in *" $(file_system_of "$1") "*) return ;; *) return 1 ;; esac
  done <<POINTS
$REMOTE_POINTS
POINTS
}

# leads_to_local PATH: the same for every component of the path, symbolic links included (a home may be one that leads to a file server).
# Prints the type of the file system that is not local.
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
    encode_path "$way/$part"
    if ! is_local "$encoded_path"; then
      file_system_of "$encoded_path"
      exit 1
    fi
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
