package main

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/sets"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/interpodaffinity"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/podtopologyspread"
)

// A cycle is the result of PreFilter for the pods of a template. It is kept current with the changes of the trial, because to count the pods
// of all nodes again for each pod takes too long.
type cycle struct {
	pod         *pod
	state       fwk.CycleState
	filters     []fwk.FilterPlugin
	extensions  []extension
	nodes       *fwk.PreFilterResult
	status      *fwk.Status
	unscheduled sets.Set[string]
	// How many changes of the trial are in the state.
	seen int
	// The last failure, and what had happened by then.
	failure  *noPlace
	failedAt history
}

// A change of the trial: a pod that left a node, or got one.
type change struct {
	pod     *pod
	node    fwk.NodeInfo
	removed bool
}

// history counts what happened in a trial.
type history struct {
	placed, left int
	// Of those that left: from a node that can take pods.
	madeRoom int
}

func (h *history) subtract(earlier history) {
	h.placed, h.left, h.madeRoom = h.placed-earlier.placed, h.left-earlier.left, h.madeRoom-earlier.madeRoom
}

// cycleOf returns a cycle that is current. One of a pod with claims is never kept: its state also depends on volumes and devices.
func (t *trial) cycleOf(incoming *pod) (*cycle, error) {
	if t.cluster.templates[incoming.key.template].hasClaims {
		return t.newCycle(incoming)
	}
	known, ok := t.cycles[incoming.key]
	if first, isPrepared := t.first[incoming.key]; !ok && isPrepared {
		known, ok = first.copy(), true
		t.cycles[incoming.key] = known
	}
	if ok {
		isCurrent, err := t.update(known)
		if err != nil || isCurrent {
			return known, err
		}
	}
	created, err := t.newCycle(incoming)
	if err == nil && ok {
		created.failure, created.failedAt = known.failure, known.failedAt
	}
	t.cycles[incoming.key] = created
	return created, err
}

func (t *trial) newCycle(incoming *pod) (*cycle, error) {
	state := newCycleState()
	repelling := map[fwk.PodInfo]bool{}
	t.cluster.lister.repels = func(placed fwk.PodInfo) bool {
		known, ok := repelling[placed]
		if !ok {
			known = t.repels(placed, incoming.Pod)
			repelling[placed] = known
		}
		return known
	}
	defer func() { t.cluster.lister.repels = nil }()
	nodes, status, unscheduled := t.plugins.RunPreFilterPlugins(t.ctx, state, incoming.Pod)
	if !status.IsSuccess() && !status.IsRejected() {
		return nil, status.AsError()
	}
	return &cycle{
		pod: incoming, state: state, filters: t.plugins.activeFilters(state), extensions: t.plugins.activeExtensions(state),
		nodes: nodes, status: status, unscheduled: unscheduled, seen: len(t.changes),
	}, nil
}

// firstCycles are the results of PreFilter before any pod has moved. Most trials of a plan remove the same nodes and place the same pods: to
// count the pods of all nodes for each of them again takes longer than to apply the changes.
type firstCycles struct {
	removed []int32
	cycles  map[sharedKey]*cycle
}

// prepareCycles is called before any pod moves.
func (t *trial) prepareCycles(incoming []*pod) error {
	known, ok := t.cluster.first[t.request.Deleted]
	if !ok || !slices.Equal(known.removed, t.request.RemovedNodes) {
		known = &firstCycles{removed: t.request.RemovedNodes, cycles: map[sharedKey]*cycle{}}
		t.cluster.first[t.request.Deleted] = known
	}
	t.first = known.cycles
	for _, each := range incoming {
		if _, ok := t.first[each.key]; ok || t.cluster.templates[each.key.template].hasClaims {
			continue
		}
		created, err := t.newCycle(each)
		if err != nil {
			// The trial reports it when it places the pod.
			continue
		}
		t.first[each.key] = created
	}
	return nil
}

// copy is for another trial.
func (c *cycle) copy() *cycle {
	copied := *c
	copied.state = c.state.Clone()
	return &copied
}

// update applies the changes since the state was made. It returns false if that is not possible: a plugin that had nothing to check, and is
// therefore skipped, would have now.
func (t *trial) update(c *cycle) (bool, error) {
	// A pod that PreFilter rejects has no state to keep current, and is rejected whatever other pods do.
	if c.seen == len(t.changes) || !c.status.IsSuccess() {
		return true, nil
	}
	isAffinitySkipped := c.state.GetSkipFilterPlugins().Has(interpodaffinity.Name)
	for _, change := range t.changes[c.seen:] {
		if isAffinitySkipped && !change.removed && t.repels(change.pod.PodInfo, c.pod.Pod) {
			return false, nil
		}
		if status := t.apply(c, change); !status.IsSuccess() {
			return false, status.AsError()
		}
	}
	c.seen = len(t.changes)
	return true, repairCriticalPaths(c.state)
}

// apply is RunPreFilterExtensionAddPod or its reverse, for the plugins that have such extensions and check this pod.
func (t *trial) apply(c *cycle, change change) *fwk.Status {
	for _, plugin := range c.extensions {
		var status *fwk.Status
		switch {
		case !change.removed:
			status = plugin.AddPod(t.ctx, c.state, c.pod.Pod, change.pod.PodInfo, change.node)
		case change.pod.key.terminating && plugin.name == podtopologyspread.Name:
			// It has not been counted.
		default:
			status = plugin.RemovePod(t.ctx, c.state, c.pod.Pod, change.pod.PodInfo, change.node)
		}
		if !status.IsSuccess() {
			return status
		}
	}
	return nil
}

// repels: the placed pod has required anti-affinity against the other one.
func (t *trial) repels(placed fwk.PodInfo, other *v1.Pod) bool {
	for _, term := range placed.GetRequiredAntiAffinityTerms() {
		if term.Matches(other, t.cluster.namespaceLabels(other.Namespace)) {
			return true
		}
	}
	return false
}

func (c *cluster) namespaceLabels(name string) labels.Set {
	namespace, err := c.facts.Core().V1().Namespaces().Lister().Get(name)
	if err != nil {
		return nil
	}
	return namespace.Labels
}

// repairCriticalPaths computes the two least matched domains of each topology spread constraint again. The plugin keeps only two of them up
// to date, which it documents as correct for pods of one node only; here pods change on many nodes. Its fields are exported for its tests.
func repairCriticalPaths(state fwk.CycleState) error {
	counts, err := spreadCounts(state)
	if err != nil || len(counts) == 0 {
		return err
	}
	data, _ := state.Read(spreadState)
	paths := reflect.ValueOf(data).Elem().FieldByName("CriticalPaths")
	for i, matches := range counts {
		setLeast(paths.Index(i).Elem(), matches)
	}
	return nil
}

const spreadState = "PreFilterPodTopologySpread"

// spreadCounts is how many pods match each topology spread constraint in each domain; empty if the plugin is skipped.
func spreadCounts(state fwk.CycleState) ([]map[string]int, error) {
	data, err := state.Read(spreadState)
	if err != nil {
		// The plugin is skipped.
		return nil, nil
	}
	value := reflect.ValueOf(data)
	if value.Kind() != reflect.Pointer || value.IsNil() {
		return nil, nil
	}
	paths, counts := value.Elem().FieldByName("CriticalPaths"), value.Elem().FieldByName("TpValueToMatchNum")
	if !paths.IsValid() || !counts.IsValid() {
		return nil, errors.New("the state of PodTopologySpread has another form in this version of kube-scheduler")
	}
	found, ok := counts.Interface().([]map[string]int)
	if !ok {
		return nil, fmt.Errorf("the state of PodTopologySpread has counts of type %v", counts.Type())
	}
	return found, nil
}

// setLeast writes the two domains with the fewest matches; any of those with equal counts has the same effect.
func setLeast(paths reflect.Value, matches map[string]int) {
	values, counts := [2]string{}, [2]int{math.MaxInt32, math.MaxInt32}
	for value, count := range matches {
		switch {
		case count < counts[0]:
			values[1], counts[1] = values[0], counts[0]
			values[0], counts[0] = value, count
		case count < counts[1]:
			values[1], counts[1] = value, count
		}
	}
	for i := range 2 {
		paths.Index(i).FieldByName("TopologyValue").SetString(values[i])
		paths.Index(i).FieldByName("MatchNum").SetInt(int64(counts[i]))
	}
}
