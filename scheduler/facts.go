package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	v1 "k8s.io/api/core/v1"
	resourceapi "k8s.io/api/resource/v1"
	storage "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	kjson "sigs.k8s.io/json"
)

// The kinds beside nodes and pods that plugins read.
var kinds = map[string]func() runtime.Object{
	"Namespace":             func() runtime.Object { return &v1.Namespace{} },
	"PersistentVolume":      func() runtime.Object { return &v1.PersistentVolume{} },
	"PersistentVolumeClaim": func() runtime.Object { return &v1.PersistentVolumeClaim{} },
	"StorageClass":          func() runtime.Object { return &storage.StorageClass{} },
	"CSINode":               func() runtime.Object { return &storage.CSINode{} },
	"CSIDriver":             func() runtime.Object { return &storage.CSIDriver{} },
	"CSIStorageCapacity":    func() runtime.Object { return &storage.CSIStorageCapacity{} },
	"VolumeAttachment":      func() runtime.Object { return &storage.VolumeAttachment{} },
	"ResourceClaim":         func() runtime.Object { return &resourceapi.ResourceClaim{} },
	"ResourceClaimTemplate": func() runtime.Object { return &resourceapi.ResourceClaimTemplate{} },
	"ResourceSlice":         func() runtime.Object { return &resourceapi.ResourceSlice{} },
	"DeviceClass":           func() runtime.Object { return &resourceapi.DeviceClass{} },
}

// Pods are columns: most share a template, and plugins do not distinguish pods of one template.
type factsBuilder struct {
	nodes      []*v1.Node
	templates  []*v1.Pod
	objects    map[reflect.Type][]runtime.Object
	pods       podTable
	namespaces map[string]string
}

type podTable struct {
	namespace   []string
	template    []int32
	node        []int32
	terminating []bool
	owners      map[int32]types.NamespacedName // name and, in Namespace, UID
}

func newFactsBuilder() *factsBuilder {
	return &factsBuilder{
		objects:    map[reflect.Type][]runtime.Object{},
		pods:       podTable{owners: map[int32]types.NamespacedName{}},
		namespaces: map[string]string{},
	}
}

func (f *factsBuilder) add(added *addedFacts) error {
	for _, raw := range added.Nodes {
		node := &v1.Node{}
		if err := decode("Node", raw, node); err != nil {
			return err
		}
		f.nodes = append(f.nodes, node)
	}
	for _, raw := range added.Templates {
		template := &v1.Pod{}
		if err := decode("Pod", raw, template); err != nil {
			return err
		}
		template.Spec.NodeName = ""
		f.templates = append(f.templates, template)
	}
	for kind, list := range added.Objects {
		create, ok := kinds[kind]
		if !ok {
			return fmt.Errorf("objects of kind %s are not supported", kind)
		}
		for _, raw := range list {
			object := create()
			if err := decode(kind, raw, object); err != nil {
				return err
			}
			f.addObject(object)
		}
	}
	if added.Pods != nil {
		return f.addPods(added.Pods)
	}
	return nil
}

// Caches of plugins compare versions as numbers, and identify by UID.
func (f *factsBuilder) addObject(object runtime.Object) {
	accessor, err := meta.Accessor(object)
	if err != nil {
		panic(err)
	}
	if _, err := strconv.ParseInt(accessor.GetResourceVersion(), 10, 64); err != nil {
		accessor.SetResourceVersion("1")
	}
	if accessor.GetUID() == "" {
		accessor.SetUID(types.UID(fmt.Sprintf("%T/%s/%s", object, accessor.GetNamespace(), accessor.GetName())))
	}
	kind := reflect.TypeOf(object)
	f.objects[kind] = append(f.objects[kind], object)
}

func (f *factsBuilder) addPods(columns *podColumns) error {
	count := len(columns.Template)
	if len(columns.Namespace) != count || len(columns.Node) != count || len(columns.Terminating) != count {
		return fmt.Errorf("the columns of pods differ in length")
	}
	first := int32(len(f.pods.template))
	for i := range count {
		if columns.Template[i] < 0 || int(columns.Template[i]) >= len(f.templates) {
			return fmt.Errorf("pod %d names template %d of %d", int(first)+i, columns.Template[i], len(f.templates))
		}
		if int(columns.Node[i]) >= len(f.nodes) {
			return fmt.Errorf("pod %d names node %d of %d", int(first)+i, columns.Node[i], len(f.nodes))
		}
		f.pods.namespace = append(f.pods.namespace, f.intern(columns.Namespaces[columns.Namespace[i]]))
		f.pods.terminating = append(f.pods.terminating, columns.Terminating[i] != 0)
	}
	f.pods.template = append(f.pods.template, columns.Template...)
	f.pods.node = append(f.pods.node, columns.Node...)
	for _, owner := range columns.Owners {
		f.pods.owners[first+int32(owner.Position)] = types.NamespacedName{Namespace: owner.UID, Name: owner.Name}
	}
	return nil
}

func (f *factsBuilder) intern(text string) string {
	if known, ok := f.namespaces[text]; ok {
		return known
	}
	f.namespaces[text] = text
	return text
}

func decode(kind string, raw json.RawMessage, into any) error {
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, into); err != nil {
		return fmt.Errorf("an object of kind %s is not valid: %w", kind, err)
	}
	return nil
}
