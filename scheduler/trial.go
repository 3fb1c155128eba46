package main

import (
	"context"
	"fmt"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework"
)

// A trial works on copies of the nodes that it changes. What it assumes about volumes and claims is undone at its end.
type trial struct {
	ctx     context.Context
	cluster *cluster
	plugins *plugins
	request *trialRequest
	// By position among all nodes; nil for a deleted node.
	infos []*framework.NodeInfo
	// Whether the entry of infos is a copy.
	copied []bool
	// Position of each node in the lister's list, and the reverse.
	listed  []int
	nodes   []int32
	changes []change
	history history
	cycles  map[sharedKey]*cycle
	// As they were before any pod moved: see firstCycles.
	first map[sharedKey]*cycle
	// Whether preemption would help the pods of a template, evaluated once: it is expensive.
	preemption map[sharedKey]bool
	// Undo what plugins assumed about volumes.
	undo []func()
	// Where kube-scheduler's next search starts.
	nextStart int
	// Its order of the shares of the nodes: scratch space of chooseByShare.
	candidates candidates
}

func (c *cluster) try(request *trialRequest) (*trialResponse, error) {
	var result *trialResponse
	err := c.withTrial(request, func(t *trial, incoming []*pod) error {
		if !request.OneByOne && !request.Later {
			for _, position := range request.Pods {
				if err := t.leave(position); err != nil {
					return err
				}
			}
		}
		var err error
		result, err = t.placeAll(incoming)
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// withTrial prepares the nodes and the pods that a request names, calls work, and restores the cluster as loaded.
func (c *cluster) withTrial(request *trialRequest, work func(*trial, []*pod) error) (err error) {
	if len(request.Templates) != len(request.Pods) {
		return fmt.Errorf("the trial has %d pods, but %d templates", len(request.Pods), len(request.Templates))
	}
	t := &trial{ctx: c.ctx, cluster: c, plugins: c.plugins, request: request, cycles: map[sharedKey]*cycle{}, preemption: map[sharedKey]bool{}}
	defer func() {
		if problem := t.end(); problem != nil {
			err = problem
		}
	}()
	if err := t.removeNodes(); err != nil {
		return err
	}
	incoming, err := t.incomingPods()
	if err != nil {
		return err
	}
	if err := t.prepareCycles(incoming); err != nil {
		return err
	}
	return work(t, incoming)
}

func (t *trial) placeAll(incoming []*pod) (*trialResponse, error) {
	result := &trialResponse{Places: make([]int32, 0, len(incoming))}
	for i, pod := range incoming {
		if t.request.OneByOne {
			if err := t.leave(t.request.Pods[i]); err != nil {
				return nil, err
			}
		}
		position, problem, err := t.place(pod)
		if err != nil {
			return nil, err
		}
		if problem == nil {
			result.Places = append(result.Places, t.nodes[position])
			continue
		}
		result.NoPlaces = append(result.NoPlaces, *problem)
		result.Places = append(result.Places, -int32(len(result.NoPlaces)))
	}
	return result, nil
}

// removeNodes prepares the nodes as the trial wants them, in the scheduler's order.
func (t *trial) removeNodes() error {
	c := t.cluster
	t.infos = append([]*framework.NodeInfo(nil), c.infos...)
	t.copied = make([]bool, len(c.infos))
	t.listed = make([]int, len(c.infos))
	removed := make(map[int32]bool, len(t.request.RemovedNodes))
	for _, position := range t.request.RemovedNodes {
		if position < 0 || int(position) >= len(c.infos) {
			return fmt.Errorf("the trial removes node %d of %d", position, len(c.infos))
		}
		removed[position] = true
		if !t.request.Deleted {
			t.own(position).SetNode(cordon(c.nodes[position]))
		}
	}
	list := make([]fwk.NodeInfo, 0, len(c.infos))
	for _, position := range c.order {
		if t.request.Deleted && removed[int32(position)] {
			t.infos[position] = nil
			continue
		}
		t.listed[position] = len(list)
		t.nodes = append(t.nodes, int32(position))
		list = append(list, t.infos[position])
	}
	c.lister.set(list)
	return t.releaseClaimsOf(removed)
}

// Pods on a deleted node that are not moved are gone with their reservations.
func (t *trial) releaseClaimsOf(removed map[int32]bool) error {
	if !t.request.Deleted {
		return nil
	}
	for position, owner := range t.cluster.pods.owners {
		if node := t.cluster.pods.node[position]; node >= 0 && removed[node] {
			if err := t.plugins.claims.release(types.UID(owner.Namespace)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *trial) incomingPods() ([]*pod, error) {
	incoming := make([]*pod, len(t.request.Pods))
	for i, position := range t.request.Pods {
		if position < 0 || int(position) >= len(t.cluster.pods.template) || int(t.request.Templates[i]) >= len(t.cluster.templates) {
			return nil, fmt.Errorf("the trial places pod %d of template %d, which does not exist", position, t.request.Templates[i])
		}
		var err error
		if incoming[i], err = t.cluster.incoming(position, t.request.Templates[i]); err != nil {
			return nil, err
		}
	}
	return incoming, nil
}

// leave takes a pod off its node; one without a node, or of a deleted one, is on none.
func (t *trial) leave(position int32) error {
	node := t.cluster.pods.node[position]
	if node < 0 {
		return nil
	}
	running, err := t.cluster.running(position)
	if err != nil {
		return err
	}
	if owner, ok := t.cluster.pods.owners[position]; ok {
		if err := t.plugins.claims.release(types.UID(owner.Namespace)); err != nil {
			return err
		}
	}
	if t.infos[node] == nil {
		return nil
	}
	info := t.own(node)
	if err := info.RemovePod(klog.FromContext(t.ctx), running.Pod); err != nil {
		return err
	}
	t.history.left++
	if !info.Node().Spec.Unschedulable {
		t.history.madeRoom++
	}
	t.changes = append(t.changes, change{pod: running, node: info, removed: true})
	return nil
}

// own returns a copy of the node that the trial may change.
func (t *trial) own(position int32) *framework.NodeInfo {
	if !t.copied[position] {
		t.copied[position] = true
		t.infos[position] = t.infos[position].SnapshotConcrete()
		if len(t.nodes) > 0 {
			t.cluster.lister.list[t.listed[position]] = t.infos[position]
		}
	}
	return t.infos[position]
}

// end restores the cluster as loaded.
func (t *trial) end() error {
	for i := len(t.undo) - 1; i >= 0; i-- {
		t.undo[i]()
	}
	t.cluster.lister.set(nil)
	return t.plugins.claims.restore()
}

// cordon returns the node as it is after `kubectl cordon`.
func cordon(node *v1.Node) *v1.Node {
	cordoned := *node
	cordoned.Spec.Unschedulable = true
	for _, taint := range node.Spec.Taints {
		if taint.Key == v1.TaintNodeUnschedulable && taint.Effect == v1.TaintEffectNoSchedule {
			return &cordoned
		}
	}
	taint := v1.Taint{Key: v1.TaintNodeUnschedulable, Effect: v1.TaintEffectNoSchedule}
	cordoned.Spec.Taints = append(append([]v1.Taint(nil), node.Spec.Taints...), taint)
	return &cordoned
}
