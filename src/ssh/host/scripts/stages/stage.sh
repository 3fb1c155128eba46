# Last part of a stage: $1 is the operation's folder, $2 the stage.
# Needs of lib/base.sh: TAB
# Needs of lib/report.sh: run_stage
# Needs of read/kubelet.sh: load_recorded_facts
# Needs of runtime/runtimes.sh: use_recorded_runtime
# Needs of stages/clean-host.sh: clean_host
# Needs of stages/stop-kubelet.sh: stop_kubelet
OPERATION=$1
KUBELET_UNITS=$(sed -n "s/^unit$TAB//p" "$OPERATION/order")
load_recorded_facts
use_recorded_runtime
case $2 in
stopKubelet) run_stage stopKubelet stop_kubelet ;;
cleanHost) run_stage cleanHost clean_host ;;
*) exit 2 ;;
esac
