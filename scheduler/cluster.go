package main

import (
	"context"
	"fmt"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	fwk "k8s.io/kube-scheduler/framework"
	v1helper "k8s.io/kubernetes/pkg/apis/core/v1/helper"
	"k8s.io/kubernetes/pkg/scheduler/framework"
)

// A cluster as loaded. Trials read it and leave it as it is.
type cluster struct {
	ctx       context.Context
	stop      context.CancelFunc
	facts     *factInformers
	plugins   *plugins
	lister    *nodeLister
	nodes     []*v1.Node
	infos     []*framework.NodeInfo
	order     []int
	templates []*template
	pods      podTable
	// One for all pods of a template in a namespace.
	shared map[sharedKey]*pod
	// Those that own claims, by their position among all pods.
	owners map[int32]*pod
	fresh  *freshClaims
	// PreFilter of the pods before any has moved: for the removed nodes of the last trial, cordoned and deleted.
	first map[bool]*firstCycles
}

type template struct {
	*v1.Pod
	// Its pods own claims or reserve some, so that they differ from each other.
	isOwner bool
	// Claims of devices, also those that stand for an extended resource.
	usesDevices bool
	// The result of PreFilter also depends on volumes and claims, which other pods may have taken since.
	hasClaims bool
	// A pod placed since can make a node fit: required affinity and hard topology spread.
	needsOthers bool
}

type sharedKey struct {
	namespace   string
	template    int32
	terminating bool
}

// A pod as plugins see it. Those of one template are the same object, also on several nodes.
type pod struct {
	*framework.PodInfo
	key sharedKey
	// Empty unless the pod owns or reserves claims.
	owner types.NamespacedName
}

func loadCluster(facts *factsBuilder, disabledPlugins []string) (*cluster, error) {
	ctx, stop := context.WithCancel(quiet())
	c := &cluster{
		ctx: ctx, stop: stop, lister: &nodeLister{}, nodes: facts.nodes, pods: facts.pods,
		shared: map[sharedKey]*pod{}, owners: map[int32]*pod{}, first: map[bool]*firstCycles{},
	}
	informers, err := newFactInformers(facts.objects)
	if err != nil {
		return nil, err
	}
	c.facts = informers
	c.lister.set(nil)
	if c.plugins, err = newPlugins(c.ctx, informers, c.lister, disabledPlugins); err != nil {
		return nil, fmt.Errorf("the plugins cannot be created: %w", err)
	}
	c.fresh = newFreshClaims(facts.objects)
	hasDeviceClasses := len(facts.objects[deviceClassType]) > 0
	for _, object := range facts.templates {
		source := toTemplate(object, hasDeviceClasses)
		c.templates = append(c.templates, source)
		if info, err := framework.NewPodInfo(object); err == nil {
			c.lister.hasScoringTerms = c.lister.hasScoringTerms || affectsScores(info)
		}
	}
	facts.objects = nil
	if err := informers.start(c.ctx); err != nil {
		return nil, err
	}
	if err := c.plugins.claims.index(); err != nil {
		return nil, err
	}
	return c, c.fillNodes()
}

func (c *cluster) fillNodes() error {
	c.order = inZoneOrder(c.nodes)
	images := toImageStates(c.nodes)
	c.infos = make([]*framework.NodeInfo, len(c.nodes))
	for i, node := range c.nodes {
		c.infos[i] = framework.NewNodeInfo()
		// Plugins read the states instead.
		node.Status.Images = nil
		c.infos[i].SetNode(node)
		c.infos[i].ImageStates = images[i]
	}
	for i := range c.pods.template {
		position := int32(i)
		if c.pods.node[i] < 0 {
			continue
		}
		running, err := c.running(position)
		if err != nil {
			return err
		}
		c.infos[c.pods.node[i]].AddPodInfo(running.PodInfo)
	}
	return nil
}

// running is the pod as it is in the cluster.
func (c *cluster) running(position int32) (*pod, error) {
	key := sharedKey{c.pods.namespace[position], c.pods.template[position], c.pods.terminating[position]}
	if !c.templates[key.template].isOwner {
		return c.sharedPod(key)
	}
	if known, ok := c.owners[position]; ok {
		return known, nil
	}
	owner, ok := c.pods.owners[position]
	if !ok {
		return nil, fmt.Errorf("pod %d has claims, but no name and UID", position)
	}
	name := types.NamespacedName{Namespace: key.namespace, Name: owner.Name}
	created, err := c.newPod(key, name, types.UID(owner.Namespace))
	c.owners[position] = created
	return created, err
}

func (c *cluster) sharedPod(key sharedKey) (*pod, error) {
	if known, ok := c.shared[key]; ok {
		return known, nil
	}
	uid := types.UID(fmt.Sprintf("%s/%d/%t", key.namespace, key.template, key.terminating))
	created, err := c.newPod(key, types.NamespacedName{Namespace: key.namespace, Name: string(uid)}, uid)
	c.shared[key] = created
	return created, err
}

// newPod shares the template's spec and, for pods of the same namespace, its parsed terms.
func (c *cluster) newPod(key sharedKey, name types.NamespacedName, uid types.UID) (*pod, error) {
	source := c.templates[key.template]
	object := *source.Pod
	object.Namespace, object.Name, object.UID = name.Namespace, name.Name, uid
	if key.terminating {
		object.DeletionTimestamp = &deleted
	}
	info, err := framework.NewPodInfo(&object)
	if err != nil {
		return nil, fmt.Errorf("template %d is not valid: %w", key.template, err)
	}
	created := &pod{PodInfo: info, key: key}
	if source.isOwner {
		created.owner = name
		object.Status.ResourceClaimStatuses = c.fresh.existingStatuses(&object)
	}
	return created, nil
}

func toTemplate(object *v1.Pod, hasDeviceClasses bool) *template {
	t := &template{Pod: object, isOwner: len(object.Spec.ResourceClaims) > 0}
	t.usesDevices = t.isOwner || hasDeviceClasses && requestsExtendedResources(object)
	t.hasClaims = t.usesDevices
	for _, volume := range object.Spec.Volumes {
		t.isOwner = t.isOwner || volume.Ephemeral != nil
		t.hasClaims = t.hasClaims || volume.Ephemeral != nil || volume.PersistentVolumeClaim != nil
	}
	affinity := object.Spec.Affinity
	t.needsOthers = affinity != nil && affinity.PodAffinity != nil && len(affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution) > 0
	for _, constraint := range object.Spec.TopologySpreadConstraints {
		t.needsOthers = t.needsOthers || constraint.WhenUnsatisfiable == v1.DoNotSchedule
	}
	return t
}

// A device class can stand for an extended resource, which is then a claim.
func requestsExtendedResources(object *v1.Pod) bool {
	for _, containers := range [][]v1.Container{object.Spec.Containers, object.Spec.InitContainers} {
		for _, container := range containers {
			for name := range container.Resources.Requests {
				if v1helper.IsExtendedResourceName(name) {
					return true
				}
			}
		}
	}
	return false
}

// The same pod without its claims and node, if it is recreated; a pod that has no node is itself.
func (c *cluster) incoming(position, templateOverride int32) (*pod, error) {
	key := sharedKey{namespace: c.pods.namespace[position], template: c.pods.template[position]}
	if templateOverride >= 0 {
		key.template = templateOverride
	}
	if !c.templates[key.template].isOwner {
		return c.sharedPod(key)
	}
	if c.pods.node[position] < 0 && templateOverride < 0 {
		return c.running(position)
	}
	return c.fresh.recreate(c, position, key)
}

var _ fwk.PodInfo = &pod{}
