# Last part of a stage: $1 is the operation's folder, $2 the stage.
OPERATION=$1
KUBELET_UNITS=$(sed -n "s/^unit$TAB//p" "$OPERATION/order")
KUBELET_DIRECTORIES=
case $2 in
stopKubelet) run_stage stopKubelet stop_kubelet ;;
cleanHost) run_stage cleanHost clean_host ;;
*) exit 2 ;;
esac
