package main

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/dynamic-resource-allocation/resourceclaim"
	"k8s.io/klog/v2"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework"
)

// isPlacedByPreemption does what kube-scheduler's dry run of preemption does first: on each node where removing pods can help, it removes all
// of lower priority and filters again. Disruption budgets do not count, as kube-scheduler only prefers not to violate them.
func (s *search) isPlacedByPreemption() bool {
	known, ok := s.preemption[s.cycle.pod.key]
	if !ok {
		known = s.fitsByPreemption()
		s.preemption[s.cycle.pod.key] = known
	}
	return known
}

func (s *search) fitsByPreemption() bool {
	incoming := s.cycle.pod.Pod
	if incoming.Spec.PreemptionPolicy != nil && *incoming.Spec.PreemptionPolicy == v1.PreemptNever {
		return false
	}
	if !s.cycle.status.IsSuccess() {
		if s.cycle.status.Code() != fwk.Unschedulable {
			return false
		}
		for position := range s.cluster.lister.list {
			if s.fitsWithoutLowerPriority(position) {
				return true
			}
		}
		return false
	}
	for i := range s.count() {
		position := s.at(i)
		if status, ok := s.statuses[position]; ok && status.Code() == fwk.Unschedulable && s.fitsWithoutLowerPriority(position) {
			return true
		}
	}
	return false
}

func (s *search) fitsWithoutLowerPriority(position int) bool {
	incoming := s.cycle.pod.Pod
	priority := corev1.PodPriority(incoming)
	original := s.cluster.lister.list[position].(*framework.NodeInfo)
	var victims []fwk.PodInfo
	for _, running := range original.Pods {
		if corev1.PodPriority(running.GetPod()) < priority {
			victims = append(victims, running)
		}
	}
	if len(victims) == 0 {
		return false
	}
	state, info := s.cycle.state.Clone(), original.SnapshotConcrete()
	for _, victim := range victims {
		if err := info.RemovePod(klog.FromContext(s.ctx), victim.GetPod()); err != nil {
			return false
		}
		if status := s.plugins.RunPreFilterExtensionRemovePod(s.ctx, state, incoming, victim, info); !status.IsSuccess() {
			return false
		}
	}
	return s.plugins.filter(s.ctx, s.cycle.filters, state, s.cycle.pod, info).IsSuccess()
}

// resourceClaimNames are the claims of a pod that exist.
func resourceClaimNames(pod *v1.Pod) []string {
	var names []string
	for i := range pod.Spec.ResourceClaims {
		if name, _, err := resourceclaim.Name(pod, &pod.Spec.ResourceClaims[i]); err == nil && name != nil {
			names = append(names, *name)
		}
	}
	return names
}
