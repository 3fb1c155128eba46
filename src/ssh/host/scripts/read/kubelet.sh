# What the kubelet of this host uses, learned while it runs and kept for the stages after it. Empty means unknown.
# Needs of lib/base.sh: NEWLINE, TAB, bounded, emit, first_hanging
# Needs of lib/processes.sh: arguments_of, list_flags
# Needs of read/kubelet-process.sh: configured, kubelet_flag, kubelet_setting, list_kubelets, of_kubelet
# Needs of read/kubelet-process.sh: read_kubelet_configurations, real_path, shares_our_files
# Needs of its caller: OPERATION

# Facts that a run keeps; several lines are a list.
FACTS='KUBELET_ROOT KUBELET_CONFIG KUBELET_KUBECONFIG KUBELET_BOOTSTRAP KUBELET_CERTIFICATES KUBELET_ENDPOINT KUBELET_FILES
KUBELET_STATIC_PODS KUBELET_POD_LOGS KUBELET_CGROUP_ROOT KUBELET_PORT
RUNTIME_KIND RUNTIME_ENDPOINT RUNTIME_ADDRESS RUNTIME_ROOT RUNTIME_STATE RUNTIME_NAMESPACE RUNTIME_UNIT RUNTIME_UNITS RUNTIME_PROGRAM
DOCKER_SOCKET DOCKER_UNIT'

# Defaults of cmd/kubelet/app/options and pkg/kubelet/apis/config/v1beta1.
DEFAULT_KUBELET_ROOT=/var/lib/kubelet
DEFAULT_KUBELET_CERTIFICATES=/var/lib/kubelet/pki
DEFAULT_KUBELET_ENDPOINT=unix:///run/containerd/containerd.sock

# load_kubelet UNIT...: sets the facts from this operation's record, else from the kubelet that runs.
load_kubelet() {
  load_recorded_facts
  if [ -z "$KUBELET_ROOT" ]; then load_running_kubelet "$@"; fi
}

# Sets the facts of this operation's record; without one, none. Only known names are set.
load_recorded_facts() {
  KUBELET_PID='' KUBELET_FLAGS='' KUBELET_PROBLEM=''
  for fact in $FACTS; do eval "$fact=''"; done
  if [ -z "$OPERATION" ] || [ ! -f "$OPERATION/facts" ]; then return; fi
  while IFS=$TAB read -r fact_name fact_value; do
    for fact in $FACTS; do
      if [ "$fact" = "$fact_name" ]; then eval "$fact=\${$fact:+\$$fact\$NEWLINE}\$fact_value"; fi
    done
  done <"$OPERATION/facts"
}

# One line `NAME<TAB>VALUE` per value.
print_facts() {
  for fact in $FACTS; do
    fact_values=''
    eval "fact_values=\$$fact"
    case $fact_values in
    '') ;;
    *"$NEWLINE"*)
      printf '%s\n' "$fact_values" | while IFS= read -r fact_value; do
        if [ -n "$fact_value" ]; then emit "$fact" "$fact_value"; fi
      done
      ;;
    *) emit "$fact" "$fact_values" ;;
    esac
  done
}

# Fails, and sets KUBELET_PROBLEM, when no single kubelet runs.
load_running_kubelet() {
  KUBELET_PROBLEM='which kubelet runs: none of the processes of its unit is one'
  # shellcheck disable=SC2046 # numbers
  set -- $(list_kubelets "$@")
  [ $# -gt 0 ] || return 1
  KUBELET_PROBLEM='which of several kubelets is the one of the node'
  [ $# = 1 ] || return 1
  KUBELET_PROBLEM='which files the kubelet uses: it runs in a container or in a changed root directory'
  shares_our_files "$1" || return 1
  KUBELET_PROBLEM=''
  KUBELET_PID=$1
  KUBELET_FLAGS=$(arguments_of "$1" | list_flags)
  read_kubelet_facts
}

read_kubelet_facts() {
  KUBELET_CONFIG=$(of_kubelet "$(kubelet_flag config)")
  KUBELET_CONFIGURATION=$(read_kubelet_configurations)
  KUBELET_ROOT=$(kubelet_flag root-dir)
  KUBELET_ROOT=$(real_path "$(of_kubelet "${KUBELET_ROOT:-$DEFAULT_KUBELET_ROOT}")")
  KUBELET_KUBECONFIG=$(of_kubelet "$(kubelet_flag kubeconfig)")
  KUBELET_BOOTSTRAP=$(of_kubelet "$(kubelet_flag bootstrap-kubeconfig)")
  KUBELET_CERTIFICATES=$(kubelet_flag cert-dir)
  KUBELET_CERTIFICATES=$(of_kubelet "${KUBELET_CERTIFICATES:-$DEFAULT_KUBELET_CERTIFICATES}")
  KUBELET_ENDPOINT=$(kubelet_setting container-runtime-endpoint containerRuntimeEndpoint)
  KUBELET_ENDPOINT=$(to_socket_path "${KUBELET_ENDPOINT:-$DEFAULT_KUBELET_ENDPOINT}")
  KUBELET_STATIC_PODS=$(of_kubelet "$(kubelet_setting pod-manifest-path staticPodPath)")
  KUBELET_POD_LOGS=$(configured podLogsDir)
  KUBELET_POD_LOGS=${KUBELET_POD_LOGS:-/var/log/pods}
  KUBELET_CGROUP_ROOT=$(kubelet_setting cgroup-root cgroupRoot)
  KUBELET_CGROUP_ROOT=${KUBELET_CGROUP_ROOT:-/}
  KUBELET_PORT=$(kubelet_setting port port)
  KUBELET_PORT=${KUBELET_PORT:-10250}
  KUBELET_FILES=$(list_named_files)
}

# Nothing for an endpoint that is not a socket on this host.
to_socket_path() {
  case $1 in
  unix:///*) printf '/%s\n' "${1#unix:///}" ;;
  unix:/*) printf '%s\n' "${1#unix:}" ;;
  /*) printf '%s\n' "$1" ;;
  esac | sed 's,^/var/run/,/run/,'
}

# Other files that the flags or the configuration name.
list_named_files() {
  while read -r named_flag named_key; do
    of_kubelet "$(kubelet_setting "$named_flag" "$named_key")"
  done <<'NAMES'
tls-cert-file tlsCertFile
tls-private-key-file tlsPrivateKeyFile
client-ca-file clientCAFile
image-credential-provider-config imageCredentialProviderConfig
tracing-config tracingConfig
NAMES
}

# What the stages need and is unknown, with the command that shows it.
list_unknown_facts() {
  unit=${1:-kubelet.service}
  if [ -n "$KUBELET_PROBLEM" ]; then
    emit unknown "$KUBELET_PROBLEM" "systemctl status $unit"
    return
  fi
  # After the kubelet was stopped, the record was complete when it was made.
  [ -n "$KUBELET_PID" ] || return 0
  shown="tr '\\0' ' ' </proc/$KUBELET_PID/cmdline"
  if [ -n "$KUBELET_CONFIG" ] && ! bounded 10 test -r "$KUBELET_CONFIG"; then
    emit unknown "how the kubelet is configured: its file $KUBELET_CONFIG cannot be read" "ls -l $KUBELET_CONFIG"
  fi
  if [ -z "$KUBELET_KUBECONFIG" ]; then emit unknown 'which kubeconfig the kubelet uses: it has no --kubeconfig' "$shown"; fi
  if [ -n "$KUBELET_ROOT_HANGS" ]; then
    emit unknown "what is in the kubelet's directory: an access to $(kubelet_root) does not end; is its file server dead?" "ls $(kubelet_root)"
  elif [ -z "$KUBELET_ROOT" ]; then
    emit unknown "which directory the kubelet keeps its files in" "$shown"
  fi
}

# Set when an access to the kubelet's directory does not end, e.g. because it is a mount whose file server is dead: then nothing touches it.
KUBELET_ROOT_HANGS=''

# find_hanging_root: after `load_kubelet`.
find_hanging_root() { KUBELET_ROOT_HANGS=$(first_hanging "$(kubelet_root)"); }

# Directory whose mounts and files are read: a kubelet that was never seen is likely to have used the default.
kubelet_root() { printf '%s\n' "${KUBELET_ROOT:-$DEFAULT_KUBELET_ROOT}"; }

# list_changed_facts UNIT...: the facts of the running kubelet that differ from the record; nothing when none runs.
list_changed_facts() (
  recorded=$(print_facts | grep '^KUBELET_')
  for fact in $FACTS; do eval "$fact=''"; done
  load_running_kubelet "$@" || exit 0
  print_facts | grep '^KUBELET_' | while IFS= read -r now; do
    case $NEWLINE$recorded$NEWLINE in *"$NEWLINE$now$NEWLINE"*) ;; *) printf '%s\n' "$now" | tr "$TAB" ' ' ;; esac
  done
)

preview_kubelet() {
  for unit in "$@"; do emit touch unit "$unit" 'stopped, disabled and masked'; done
  if [ -n "$KUBELET_PID" ]; then emit touch process "$KUBELET_PID" 'the kubelet, ended with its unit'; fi
}
