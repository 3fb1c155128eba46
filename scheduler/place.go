package main

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework"
)

func (p *pod) UID() types.UID { return p.Pod.UID }

// place returns the position in the lister's list of the node that the pod gets, or why it gets none.
func (t *trial) place(incoming *pod) (int, *noPlace, error) {
	if failure := t.repeatedFailure(incoming); failure != nil {
		return 0, failure, nil
	}
	c, err := t.cycleOf(incoming)
	if err != nil {
		return 0, &noPlace{Message: err.Error(), Plugins: []string{}}, nil
	}
	search := t.newSearch(c)
	chosen, err := search.choose()
	if err != nil {
		return 0, &noPlace{Message: err.Error(), Plugins: []string{}}, nil
	}
	if chosen < 0 {
		failure := search.toNoPlace()
		c.failure, c.failedAt = failure, t.history
		return 0, failure, nil
	}
	return chosen, nil, t.assume(c, chosen)
}

// repeatedFailure: a pod fails as the one before it of the same template if nothing that happened since can make a node fit. The reasons
// that it counts may be older.
func (t *trial) repeatedFailure(incoming *pod) *noPlace {
	source := t.cluster.templates[incoming.key.template]
	known, ok := t.cycles[incoming.key]
	if !ok || source.hasClaims || known.failure == nil {
		return nil
	}
	sinceFailure := t.history
	sinceFailure.subtract(known.failedAt)
	switch {
	case sinceFailure.placed == 0 && sinceFailure.left == 0,
		sinceFailure.left == 0 && !source.needsOthers,
		sinceFailure.madeRoom == 0 && isDecidedByNode(known.failure):
		return known.failure
	default:
		return nil
	}
}

// Plugins that a node fails whatever runs on other nodes, until a pod leaves that node.
var nodePlugins = sets.New("NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit")

func isDecidedByNode(failure *noPlace) bool { return nodePlugins.HasAll(failure.Plugins...) }

// assume puts the pod on its node and lets its volumes and devices count for those after it.
func (t *trial) assume(c *cycle, chosen int) error {
	position := t.nodes[chosen]
	if t.cluster.templates[c.pod.key.template].hasClaims {
		if err := t.reserve(c, t.cluster.nodes[position].Name); err != nil {
			return err
		}
	}
	info := t.own(position)
	info.AddPodInfo(c.pod.PodInfo)
	t.changes = append(t.changes, change{pod: c.pod, node: info})
	t.history.placed++
	return nil
}

func (t *trial) reserve(c *cycle, nodeName string) error {
	for _, name := range []string{"VolumeBinding", "DynamicResources"} {
		plugin, ok := t.plugins.byName[name].(fwk.ReservePlugin)
		if !ok {
			continue
		}
		if status := plugin.Reserve(t.ctx, c.state, c.pod.Pod, nodeName); !status.IsSuccess() {
			return fmt.Errorf("%s cannot reserve for %s/%s: %w", name, c.pod.Pod.Namespace, c.pod.Pod.Name, status.AsError())
		}
		if name == "VolumeBinding" {
			t.undo = append(t.undo, func() { plugin.Unreserve(t.ctx, c.state, c.pod.Pod, nodeName) })
		}
	}
	for _, claim := range resourceClaimNames(c.pod.Pod) {
		name := types.NamespacedName{Namespace: c.pod.Pod.Namespace, Name: claim}
		if err := t.plugins.claims.reserve(name, c.pod.UID(), c.pod.Pod.Name); err != nil {
			return err
		}
	}
	return nil
}

// A search runs the Filter plugins for one pod.
type search struct {
	*trial
	cycle *cycle
	// Positions in the lister's list of the nodes that PreFilter left.
	nodes    []int
	statuses map[int]*fwk.Status
}

func (t *trial) newSearch(c *cycle) *search {
	s := &search{trial: t, cycle: c, statuses: map[int]*fwk.Status{}}
	if !c.status.IsSuccess() || c.nodes.AllNodes() {
		return s
	}
	s.nodes = []int{}
	for name := range c.nodes.NodeNames {
		if position, ok := t.cluster.lister.byName[name]; ok {
			s.nodes = append(s.nodes, position)
		}
	}
	slices.Sort(s.nodes)
	return s
}

// choose returns a position in the lister's list, or -1.
func (s *search) choose() (int, error) {
	if !s.cycle.status.IsSuccess() || s.count() == 0 {
		return -1, nil
	}
	if chosen, err := s.choosePreferred(); err != nil || chosen >= 0 {
		return chosen, err
	}
	if s.request.Choice == "scheduler" {
		return s.chooseByScore()
	}
	return s.chooseByShare(s.request.Choice == "fullest")
}

func (s *search) count() int {
	if s.nodes != nil {
		return len(s.nodes)
	}
	return len(s.cluster.lister.list)
}

func (s *search) at(index int) int {
	if s.nodes != nil {
		return s.nodes[index]
	}
	return index
}

// fits runs the filters on one node and records why it does not fit.
func (s *search) fits(position int) (bool, error) {
	status := s.plugins.filter(s.ctx, s.cycle.filters, s.cycle.state, s.cycle.pod, s.cluster.lister.list[position])
	if status.IsSuccess() {
		return true, nil
	}
	if !status.IsRejected() {
		return false, fmt.Errorf("running %q filter plugin: %w", status.Plugin(), status.AsError())
	}
	s.statuses[position] = status
	return false, nil
}

// toNoPlace words the failure as kube-scheduler's own event does.
func (s *search) toNoPlace() *noPlace {
	list := s.cluster.lister.list
	if len(list) == 0 {
		return &noPlace{Message: "no nodes available to schedule pods", Plugins: []string{}}
	}
	diagnosis := framework.Diagnosis{
		NodeToStatus:         framework.NewDefaultNodeToStatus(),
		UnschedulablePlugins: s.cycle.unscheduled.Clone(),
	}
	if !s.cycle.status.IsSuccess() {
		diagnosis.NodeToStatus.SetAbsentNodesStatus(s.cycle.status)
		diagnosis.PreFilterMsg = s.cycle.status.Message()
		diagnosis.AddPluginStatus(s.cycle.status)
	} else if s.nodes != nil {
		reason := fmt.Sprintf("node(s) didn't satisfy plugin(s) %v", sets.List(s.cycle.unscheduled))
		diagnosis.NodeToStatus.SetAbsentNodesStatus(fwk.NewStatus(fwk.UnschedulableAndUnresolvable, reason))
	}
	for position, status := range s.statuses {
		diagnosis.NodeToStatus.Set(list[position].Node().Name, status)
		diagnosis.AddPluginStatus(status)
	}
	fit := framework.FitError{Pod: s.cycle.pod.Pod, NumAllNodes: len(list), Diagnosis: diagnosis}
	rejecting := sets.List(diagnosis.UnschedulablePlugins)
	if rejecting == nil {
		rejecting = []string{}
	}
	return &noPlace{Message: fit.Error(), Plugins: rejecting, ByPreemption: s.isPlacedByPreemption()}
}
