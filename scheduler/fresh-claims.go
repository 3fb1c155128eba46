package main

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	resourceapi "k8s.io/api/resource/v1"
	storage "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/component-helpers/storage/ephemeral"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/volumebinding"
)

var (
	deleted         = metav1.Unix(0, 0)
	deviceClassType = reflect.TypeOf(&resourceapi.DeviceClass{})
)

// The annotation by which the controller that creates claims from a template names the pod's entry.
const podClaimNameAnnotation = "resource.kubernetes.io/pod-claim-name"

// freshClaims creates the claims that controllers create for a recreated pod: a generic ephemeral volume and a claim from a template belong
// to one pod and are deleted with it.
type freshClaims struct {
	claimTemplates map[types.NamespacedName]*resourceapi.ResourceClaimTemplate
	classes        map[string]*storage.StorageClass
	defaultClass   *storage.StorageClass
	// Names of the existing claims of a pod, by its UID and the name of the entry.
	existing map[types.UID]map[string]string
	// By position of the pod and template.
	recreated map[recreatedKey]*pod
}

type recreatedKey struct {
	position int32
	template int32
}

func newFreshClaims(objects map[reflect.Type][]runtime.Object) *freshClaims {
	f := &freshClaims{
		claimTemplates: map[types.NamespacedName]*resourceapi.ResourceClaimTemplate{},
		classes:        map[string]*storage.StorageClass{},
		existing:       map[types.UID]map[string]string{},
		recreated:      map[recreatedKey]*pod{},
	}
	for _, object := range objects[reflect.TypeOf(&resourceapi.ResourceClaimTemplate{})] {
		source := object.(*resourceapi.ResourceClaimTemplate)
		f.claimTemplates[types.NamespacedName{Namespace: source.Namespace, Name: source.Name}] = source
	}
	for _, object := range objects[reflect.TypeOf(&storage.StorageClass{})] {
		class := object.(*storage.StorageClass)
		f.classes[class.Name] = class
		// The newest default counts, as in the admission plugin DefaultStorageClass.
		isDefault := class.Annotations["storageclass.kubernetes.io/is-default-class"] == "true"
		if isDefault && (f.defaultClass == nil || f.defaultClass.CreationTimestamp.Before(&class.CreationTimestamp)) {
			f.defaultClass = class
		}
	}
	for _, object := range objects[reflect.TypeOf(&resourceapi.ResourceClaim{})] {
		claim := object.(*resourceapi.ResourceClaim)
		owner := metav1.GetControllerOf(claim)
		entry, ok := claim.Annotations[podClaimNameAnnotation]
		if owner == nil || !ok {
			continue
		}
		if f.existing[owner.UID] == nil {
			f.existing[owner.UID] = map[string]string{}
		}
		f.existing[owner.UID][entry] = claim.Name
	}
	return f
}

// existingStatuses is the part of a pod's status that names its claims from templates.
func (f *freshClaims) existingStatuses(object *v1.Pod) []v1.PodResourceClaimStatus {
	var statuses []v1.PodResourceClaimStatus
	for entry, name := range f.existing[object.UID] {
		statuses = append(statuses, v1.PodResourceClaimStatus{Name: entry, ResourceClaimName: &name})
	}
	return statuses
}

// recreate returns the pod that replaces another one, with claims of its own. Its claims stay for later trials.
func (f *freshClaims) recreate(c *cluster, position int32, key sharedKey) (*pod, error) {
	id := recreatedKey{position, key.template}
	if known, ok := f.recreated[id]; ok {
		return known, nil
	}
	old := c.pods.owners[position]
	name := types.NamespacedName{Namespace: key.namespace, Name: old.Name}
	if name.Name == "" {
		name.Name = fmt.Sprintf("pod-%d", position)
	}
	name.Name += "-recreated"
	created, err := c.newPod(key, name, types.UID(fmt.Sprintf("recreated/%d/%d", position, key.template)))
	if err != nil {
		return nil, err
	}
	added, err := f.addClaims(c, created.Pod)
	if err != nil {
		return nil, err
	}
	f.recreated[id] = created
	return created, c.awaitClaims(created.Pod, added)
}

// addClaims returns the names of the resource claims that it adds.
func (f *freshClaims) addClaims(c *cluster, object *v1.Pod) ([]string, error) {
	owner := []metav1.OwnerReference{*metav1.NewControllerRef(object, v1.SchemeGroupVersion.WithKind("Pod"))}
	toMeta := func(name string, labels, annotations map[string]string) metav1.ObjectMeta {
		return metav1.ObjectMeta{
			Namespace: object.Namespace, Name: name, UID: types.UID(string(object.UID) + "/" + name), ResourceVersion: "1",
			Labels: labels, Annotations: annotations, OwnerReferences: owner,
		}
	}
	for _, volume := range object.Spec.Volumes {
		if volume.Ephemeral == nil || volume.Ephemeral.VolumeClaimTemplate == nil {
			continue
		}
		source := volume.Ephemeral.VolumeClaimTemplate
		claim := &v1.PersistentVolumeClaim{
			ObjectMeta: toMeta(ephemeral.VolumeClaimName(object, &volume), source.Labels, source.Annotations),
			Spec:       *source.Spec.DeepCopy(),
			Status:     v1.PersistentVolumeClaimStatus{Phase: v1.ClaimPending},
		}
		if err := f.setClass(c, claim); err != nil {
			return nil, err
		}
		c.facts.add(claim)
	}
	var names []string
	object.Status.ResourceClaimStatuses = nil
	for _, entry := range object.Spec.ResourceClaims {
		if entry.ResourceClaimTemplateName == nil {
			continue
		}
		source, ok := f.claimTemplates[types.NamespacedName{Namespace: object.Namespace, Name: *entry.ResourceClaimTemplateName}]
		if !ok {
			// As in a cluster, no claim appears: the plugin then reports that it is missing.
			continue
		}
		name := object.Name + "-" + entry.Name
		object.Status.ResourceClaimStatuses = append(object.Status.ResourceClaimStatuses, v1.PodResourceClaimStatus{Name: entry.Name, ResourceClaimName: &name})
		c.facts.add(&resourceapi.ResourceClaim{ObjectMeta: toMeta(name, source.Spec.Labels, source.Spec.Annotations), Spec: *source.Spec.Spec.DeepCopy()})
		names = append(names, name)
	}
	return names, nil
}

// setClass: a claim whose class binds at once gets a volume before the pod has a node, anywhere in the topology of the class. To the plugins
// it is therefore a claim that waits for its pod, of a class with the same topology.
func (f *freshClaims) setClass(c *cluster, claim *v1.PersistentVolumeClaim) error {
	if claim.Spec.StorageClassName == nil && f.defaultClass != nil {
		claim.Spec.StorageClassName = &f.defaultClass.Name
	}
	if claim.Spec.StorageClassName == nil {
		return nil
	}
	class, ok := f.classes[*claim.Spec.StorageClassName]
	if !ok || class.VolumeBindingMode != nil && *class.VolumeBindingMode == storage.VolumeBindingWaitForFirstConsumer {
		return nil
	}
	waiting := class.DeepCopy()
	waiting.Name += "-when-scheduled"
	mode := storage.VolumeBindingWaitForFirstConsumer
	waiting.VolumeBindingMode = &mode
	if _, ok := f.classes[waiting.Name]; !ok {
		f.classes[waiting.Name] = waiting
		c.facts.add(waiting)
		classes := c.facts.Storage().V1().StorageClasses().Lister()
		if err := await(func() bool { _, err := classes.Get(waiting.Name); return err == nil }); err != nil {
			return err
		}
	}
	claim.Spec.StorageClassName = &waiting.Name
	return nil
}

// awaitClaims waits until the caches of the plugins have what was added. The text is that of volumeBinder for a claim that it does not know.
func (c *cluster) awaitClaims(object *v1.Pod, resourceClaims []string) error {
	probe := object.DeepCopy()
	probe.Spec.Volumes = slices.DeleteFunc(probe.Spec.Volumes, func(volume v1.Volume) bool {
		return volume.Ephemeral == nil || volume.Ephemeral.VolumeClaimTemplate == nil
	})
	binding, ok := c.plugins.byName[volumebinding.Name].(*volumebinding.VolumeBinding)
	return await(func() bool {
		if ok {
			_, err := binding.Binder.GetPodVolumeClaims(klog.FromContext(c.ctx), probe)
			if err != nil && strings.HasPrefix(err.Error(), "error getting PVC") {
				return false
			}
		}
		for _, name := range resourceClaims {
			if _, err := c.plugins.claims.Get(object.Namespace, name); err != nil {
				return false
			}
		}
		return true
	})
}

func await(isDone func() bool) error {
	for range 5000 {
		if isDone() {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return errors.New("the claims of a recreated pod did not appear")
}
