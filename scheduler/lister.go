package main

import (
	"fmt"
	"slices"

	v1 "k8s.io/api/core/v1"
	nodetopology "k8s.io/component-helpers/node/topology"
	fwk "k8s.io/kube-scheduler/framework"
)

// nodeLister is the scheduler's view of the nodes. Unlike its own snapshot, the lists derived from pods are read when they are asked for,
// because pods come and go during a trial.
type nodeLister struct {
	list   []fwk.NodeInfo
	byName map[string]int
	// Whether any template has terms that affect scores.
	hasScoringTerms bool
	// Whether a pod's required anti-affinity keeps away the one for which PreFilter runs; nil: unknown.
	repels func(fwk.PodInfo) bool
}

func (l *nodeLister) set(list []fwk.NodeInfo) {
	l.list = list
	l.byName = make(map[string]int, len(list))
	for i, info := range list {
		l.byName[info.Node().Name] = i
	}
}

func (l *nodeLister) NodeInfos() fwk.NodeInfoLister           { return l }
func (l *nodeLister) StorageInfos() fwk.StorageInfoLister     { return l }
func (l *nodeLister) PodGroupStates() fwk.PodGroupStateLister { return noPodGroups{} }

// noPodGroups: gang scheduling is off by default.
type noPodGroups struct{}

func (noPodGroups) Get(namespace, name string) (fwk.PodGroupState, error) {
	return nil, fmt.Errorf("pod group %s/%s is unknown", namespace, name)
}

func (l *nodeLister) List() ([]fwk.NodeInfo, error) { return l.list, nil }

// HavePodsWithAffinityList is read to score only, and pods with required anti-affinity, which are most, do not affect scores: nodes that have
// no others are left out.
func (l *nodeLister) HavePodsWithAffinityList() ([]fwk.NodeInfo, error) {
	if !l.hasScoringTerms {
		return nil, nil
	}
	return l.where(func(info fwk.NodeInfo) bool { return slices.ContainsFunc(info.GetPodsWithAffinity(), affectsScores) }), nil
}

func affectsScores(pod fwk.PodInfo) bool {
	return len(pod.GetRequiredAffinityTerms()) > 0 || len(pod.GetPreferredAffinityTerms()) > 0 || len(pod.GetPreferredAntiAffinityTerms()) > 0
}

// HavePodsWithRequiredAntiAffinityList is read by PreFilter to count the pods that keep away the incoming one. Nodes without such a pod are left
// out: to compare their terms, for each incoming pod again, takes most of the time.
func (l *nodeLister) HavePodsWithRequiredAntiAffinityList() ([]fwk.NodeInfo, error) {
	repels := l.repels
	if repels == nil {
		repels = func(fwk.PodInfo) bool { return true }
	}
	return l.where(func(info fwk.NodeInfo) bool {
		return slices.ContainsFunc(info.GetPodsWithRequiredAntiAffinity(), repels)
	}), nil
}

func (l *nodeLister) where(matches func(fwk.NodeInfo) bool) []fwk.NodeInfo {
	var found []fwk.NodeInfo
	for _, info := range l.list {
		if matches(info) {
			found = append(found, info)
		}
	}
	return found
}

func (l *nodeLister) Get(name string) (fwk.NodeInfo, error) {
	if position, ok := l.byName[name]; ok {
		return l.list[position], nil
	}
	return nil, fmt.Errorf("nodeinfo not found for node name %q", name)
}

// IsPVCUsedByPods answers for a key in the format "namespace/name".
func (l *nodeLister) IsPVCUsedByPods(key string) bool {
	for _, info := range l.list {
		if info.GetPVCRefCounts()[key] > 0 {
			return true
		}
	}
	return false
}

// inZoneOrder sorts positions of nodes as kube-scheduler's node tree does: one of each zone in turn.
func inZoneOrder(nodes []*v1.Node) []int {
	var zones []string
	byZone := map[string][]int{}
	for i, node := range nodes {
		zone := nodetopology.GetZoneKey(node)
		if _, ok := byZone[zone]; !ok {
			zones = append(zones, zone)
		}
		byZone[zone] = append(byZone[zone], i)
	}
	order := make([]int, 0, len(nodes))
	for turn := 0; len(order) < len(nodes); turn++ {
		for _, zone := range zones {
			if turn < len(byZone[zone]) {
				order = append(order, byZone[zone][turn])
			}
		}
	}
	return order
}

// toImageStates is what the scheduler's cache records about the images of each node.
func toImageStates(nodes []*v1.Node) []map[string]*fwk.ImageStateSummary {
	counts := map[string]int{}
	for _, node := range nodes {
		for _, image := range node.Status.Images {
			for _, name := range image.Names {
				counts[name]++
			}
		}
	}
	states := make([]map[string]*fwk.ImageStateSummary, len(nodes))
	for i, node := range nodes {
		states[i] = map[string]*fwk.ImageStateSummary{}
		for _, image := range node.Status.Images {
			for _, name := range image.Names {
				states[i][name] = &fwk.ImageStateSummary{Size: image.SizeBytes, NumNodes: counts[name]}
			}
		}
	}
	return states
}
