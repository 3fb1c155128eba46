package main

import (
	"maps"
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/component-helpers/storage/volume"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/interpodaffinity"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/names"
	"k8s.io/kubernetes/pkg/scheduler/util"
)

// Plugins whose verdict about a pod and a node cannot change in a trial.
var fixedPlugins = sets.New(names.NodeUnschedulable, names.NodeName, names.TaintToleration, names.NodeAffinity, names.NodeDeclaredFeatures)

// Plugins for which roomOf knows what can change their verdict. A pod that another one evaluates has no room that is known.
var surveyedPlugins = fixedPlugins.Union(sets.New(names.NodePorts, names.NodeResourcesFit, interpodaffinity.Name, names.PodTopologySpread,
	names.VolumeRestrictions, names.NodeVolumeLimits, names.VolumeBinding, names.VolumeZone))

// survey finds out which room the pods have while the removed nodes are cordoned and no pod has moved. src/domain/scheduling decides from it
// which of them have a place in every trial.
func (c *cluster) survey(request *surveyRequest) (*surveyResponse, error) {
	var result *surveyResponse
	// Of the trials, these are the facts that refuse most: removed nodes still count, and every pod is still where it was.
	asTrial := &trialRequest{RemovedNodes: request.RemovedNodes, Pods: request.Pods, Templates: request.Templates}
	err := c.withTrial(asTrial, func(t *trial, incoming []*pod) error {
		result = newSurvey(t, incoming).answer(incoming)
		return nil
	})
	return result, err
}

// podGroup: incoming pods that plugins do not distinguish.
type podGroup struct {
	*pod
	count int
	ports bool
	room  int32
}

type survey struct {
	*trial
	groups []*podGroup
	byKey  map[sharedKey]*podGroup
	// The most that one of the pods requests of each resource.
	most   map[v1.ResourceName]int64
	others int32
	// Whether no two nodes have the same value of a label.
	onePerNode map[string]bool
}

func newSurvey(t *trial, incoming []*pod) *survey {
	s := &survey{
		trial: t, byKey: map[sharedKey]*podGroup{}, most: map[v1.ResourceName]int64{}, others: int32(len(incoming)) - 1,
		onePerNode: map[string]bool{},
	}
	for _, each := range incoming {
		known, ok := s.byKey[each.key]
		if !ok {
			known = &podGroup{pod: each, ports: len(util.GetHostPorts(each.Pod)) > 0}
			s.byKey[each.key] = known
			s.groups = append(s.groups, known)
		}
		known.count++
	}
	for _, group := range s.groups {
		for name, amount := range amountsOf(group.CalculateResource().Resource) {
			s.most[name] = max(s.most[name], amount)
		}
	}
	return s
}

func (s *survey) answer(incoming []*pod) *surveyResponse {
	result := &surveyResponse{Room: make([]int32, len(incoming))}
	for _, group := range s.groups {
		group.room = -1
		if found := s.roomOf(group); found != nil {
			group.room = int32(len(result.Rooms))
			result.Rooms = append(result.Rooms, *found)
		}
	}
	for i, each := range incoming {
		result.Room[i] = s.byKey[each.key].room
	}
	return result
}

// roomOf returns nil for a pod that may be refused for reasons that are not those of one node.
func (s *survey) roomOf(group *podGroup) *room {
	if !s.isKnown(group.pod) {
		return nil
	}
	rivals, areLocal := s.rivalsOf(group)
	if !areLocal {
		return nil
	}
	c, err := s.cycleFor(group.pod)
	if err != nil || !c.status.IsSuccess() || s.mayReturn(c) {
		return nil
	}
	for _, plugin := range c.filters {
		if !surveyedPlugins.Has(plugin.Name()) {
			return nil
		}
	}
	return s.measure(c, rivals)
}

// isKnown: what the pod depends on is either fixed, or a matter of each node alone, or a spread over domains of which one always has the
// fewest matching pods, and therefore accepts it.
func (s *survey) isKnown(incoming *pod) bool {
	source := s.cluster.templates[incoming.key.template]
	spec := incoming.Pod.Spec
	if source.isOwner || source.usesDevices || spec.SchedulingGroup != nil || hasOwnRequests(incoming.Pod) {
		return false
	}
	if len(incoming.RequiredAffinityTerms) > 0 {
		return false
	}
	spreads := hardSpreads(incoming.Pod)
	if len(spreads) > 1 || len(spreads) == 1 && spreads[0].MinDomains != nil && *spreads[0].MinDomains > 1 {
		return false
	}
	return !slices.ContainsFunc(spec.Volumes, func(each v1.Volume) bool { return !s.isBound(incoming.Pod.Namespace, each) })
}

// hasOwnRequests: what it occupies is not only what its spec requests.
func hasOwnRequests(pod *v1.Pod) bool {
	status := pod.Status
	return len(status.ContainerStatuses) > 0 || len(status.InitContainerStatuses) > 0 || status.Resources != nil ||
		len(status.AllocatedResources) > 0 || len(status.Conditions) > 0
}

func hardSpreads(pod *v1.Pod) []v1.TopologySpreadConstraint {
	var hard []v1.TopologySpreadConstraint
	for _, constraint := range pod.Spec.TopologySpreadConstraints {
		if constraint.WhenUnsatisfiable == v1.DoNotSchedule {
			hard = append(hard, constraint)
		}
	}
	return hard
}

// isBound: the volume is one that exists, and other pods can use it too.
func (s *survey) isBound(namespace string, each v1.Volume) bool {
	if each.PersistentVolumeClaim == nil {
		return false
	}
	claim, err := s.cluster.facts.Core().V1().PersistentVolumeClaims().Lister().PersistentVolumeClaims(namespace).Get(each.PersistentVolumeClaim.ClaimName)
	if err != nil || claim.Spec.VolumeName == "" || slices.Contains(claim.Spec.AccessModes, v1.ReadWriteOncePod) {
		return false
	}
	_, isCompleted := claim.Annotations[volume.AnnBindCompleted]
	return isCompleted
}

// rivalsOf counts the other pods that can make a node refuse the pod by more than what they request. It returns false if one of them can do
// that to more than the node that it gets.
func (s *survey) rivalsOf(group *podGroup) (int32, bool) {
	rivals := 0
	for _, other := range s.groups {
		count := other.count
		if other == group {
			count--
		}
		if count == 0 {
			continue
		}
		repels, isLocal := s.repelEachOther(group.pod, other.pod)
		if !isLocal {
			return 0, false
		}
		if repels || group.ports && other.ports || len(group.Pod.Spec.Volumes) > 0 && len(other.Pod.Spec.Volumes) > 0 {
			rivals += count
		}
	}
	return int32(rivals), true
}

// repelEachOther: one has required anti-affinity against the other; and whether that concerns only the node of the other.
func (s *survey) repelEachOther(one, other *pod) (repels, isLocal bool) {
	isLocal = true
	for _, term := range one.RequiredAntiAffinityTerms {
		if term.Matches(other.Pod, s.cluster.namespaceLabels(other.Pod.Namespace)) {
			repels, isLocal = true, isLocal && s.isOnePerNode(term.TopologyKey)
		}
	}
	for _, term := range other.RequiredAntiAffinityTerms {
		if term.Matches(one.Pod, s.cluster.namespaceLabels(one.Pod.Namespace)) {
			repels, isLocal = true, isLocal && s.isOnePerNode(term.TopologyKey)
		}
	}
	return repels, isLocal
}

func (s *survey) isOnePerNode(label string) bool {
	known, ok := s.onePerNode[label]
	if !ok {
		values := sets.New[string]()
		known = true
		for _, node := range s.cluster.nodes {
			if value, has := node.Labels[label]; has {
				known = known && !values.Has(value)
				values.Insert(value)
			}
		}
		s.onePerNode[label] = known
	}
	return known
}

func (s *survey) cycleFor(incoming *pod) (*cycle, error) {
	if known, ok := s.first[incoming.key]; ok {
		return known, nil
	}
	return s.newCycle(incoming)
}

// mayReturn: a removed node is no place, but would take the pod.
func (s *survey) mayReturn(c *cycle) bool {
	fixed := slices.DeleteFunc(slices.Clone(c.filters), func(plugin fwk.FilterPlugin) bool { return !fixedPlugins.Has(plugin.Name()) })
	return slices.ContainsFunc(s.request.RemovedNodes, func(position int32) bool {
		status := s.plugins.filter(s.ctx, fixed, c.state, c.pod, s.infos[position])
		return !status.IsRejected()
	})
}

// measure examines nodes until it is certain that enough of them fit. One domain of a topology spread always has the fewest matching pods; as
// it may be any of them, each needs room of its own.
func (s *survey) measure(c *cycle, rivals int32) *room {
	domains, ok := s.domainsOf(c)
	if !ok {
		return nil
	}
	filters := slices.DeleteFunc(slices.Clone(c.filters), func(plugin fwk.FilterPlugin) bool { return plugin.Name() == names.PodTopologySpread })
	missing := len(domains.found)
	search := s.newSearch(c)
	for i := 0; i < search.count() && missing > 0; i++ {
		info := s.cluster.lister.list[search.at(i)]
		domain := domains.of(info.Node())
		if domain == nil || domain.isEnough(rivals, s.others) {
			continue
		}
		status := s.plugins.filter(s.ctx, filters, c.state, c.pod, info)
		if !status.IsSuccess() && !status.IsRejected() {
			return nil
		}
		if !status.IsSuccess() {
			continue
		}
		domain.add(s.spareOf(c.pod, info))
		if domain.isEnough(rivals, s.others) {
			missing--
		}
	}
	result := &room{Rivals: rivals, Domains: [][]int32{}}
	for _, value := range slices.Sorted(maps.Keys(domains.found)) {
		result.Domains = append(result.Domains, domains.found[value].spare)
	}
	return result
}

// spareOf is how many of the other pods the node certainly takes before this one.
func (s *survey) spareOf(incoming *pod, info fwk.NodeInfo) int32 {
	spare := int64(min(info.GetAllocatable().GetAllowedPodNumber()-len(info.GetPods())-1, int(s.others)))
	used, allocatable := amountsOf(info.GetRequested()), amountsOf(info.GetAllocatable())
	for name, amount := range amountsOf(incoming.CalculateResource().Resource) {
		if amount > 0 {
			spare = min(spare, (allocatable[name]-used[name]-amount)/s.most[name])
		}
	}
	return int32(max(spare, 0))
}

func amountsOf(resource fwk.Resource) map[v1.ResourceName]int64 {
	amounts := map[v1.ResourceName]int64{
		v1.ResourceCPU:              resource.GetMilliCPU(),
		v1.ResourceMemory:           resource.GetMemory(),
		v1.ResourceEphemeralStorage: resource.GetEphemeralStorage(),
	}
	maps.Copy(amounts, resource.GetScalarResources())
	return amounts
}

// domains are the nodes among which a spread chooses, by the value of its label; without a spread, all nodes are one.
type domains struct {
	key   string
	found map[string]*domain
}

type domain struct {
	// Of each fitting node.
	spare []int32
	least int32
}

// domainsOf returns false if the state of the plugin has another form.
func (s *survey) domainsOf(c *cycle) (*domains, bool) {
	counts, err := spreadCounts(c.state)
	if err != nil {
		return nil, false
	}
	if len(counts) == 0 {
		return &domains{found: map[string]*domain{"": {spare: []int32{}}}}, true
	}
	spreads := hardSpreads(c.pod.Pod)
	if len(counts) != 1 || len(spreads) != 1 {
		return nil, false
	}
	d := &domains{key: spreads[0].TopologyKey, found: map[string]*domain{}}
	for value := range counts[0] {
		d.found[value] = &domain{spare: []int32{}}
	}
	return d, true
}

func (d *domains) of(node *v1.Node) *domain {
	if d.key == "" {
		return d.found[""]
	}
	value, ok := node.Labels[d.key]
	if !ok {
		return nil
	}
	return d.found[value]
}

func (d *domain) add(spare int32) {
	if len(d.spare) == 0 || spare < d.least {
		d.least = spare
	}
	d.spare = append(d.spare, spare)
}

// isEnough only ends the search early: whatever the rivals and the other pods do, one of these nodes is left.
func (d *domain) isEnough(rivals, others int32) bool {
	left := int64(len(d.spare)) - int64(rivals)
	return left > 0 && left*(int64(d.least)+1) > int64(others-rivals)
}
