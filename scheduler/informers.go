package main

import (
	"context"
	"fmt"
	"reflect"
	"time"

	apps "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	policy "k8s.io/api/policy/v1"
	resourceapi "k8s.io/api/resource/v1"
	storage "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

// Every type whose informer a plugin uses. Those without facts are empty.
var informedTypes = []runtime.Object{
	&v1.Namespace{}, &v1.Node{}, &v1.Pod{}, &v1.PersistentVolume{}, &v1.PersistentVolumeClaim{}, &v1.Service{}, &v1.ReplicationController{},
	&apps.ReplicaSet{}, &apps.StatefulSet{}, &policy.PodDisruptionBudget{},
	&storage.StorageClass{}, &storage.CSINode{}, &storage.CSIDriver{}, &storage.CSIStorageCapacity{}, &storage.VolumeAttachment{},
	&resourceapi.ResourceClaim{}, &resourceapi.ResourceSlice{}, &resourceapi.DeviceClass{},
}

// Informers that list the facts. Nothing changes later, except that claims of recreated pods are added.
type factInformers struct {
	informers.SharedInformerFactory
	client  kubernetes.Interface
	sources map[reflect.Type]*source
}

func newFactInformers(objects map[reflect.Type][]runtime.Object) (*factInformers, error) {
	// No request is ever sent: every type that plugins use has a source. One that is missing fails in start.
	client, err := kubernetes.NewForConfig(&rest.Config{Host: "http://127.0.0.1:1"})
	if err != nil {
		return nil, err
	}
	f := &factInformers{
		SharedInformerFactory: informers.NewSharedInformerFactory(client, 0),
		client:                client,
		sources:               map[reflect.Type]*source{},
	}
	for _, example := range informedTypes {
		kind := reflect.TypeOf(example)
		origin := &source{objects: objects[kind], added: watch.NewFakeWithOptions(watch.FakeOptions{ChannelSize: 64})}
		f.sources[kind] = origin
		f.InformerFor(example, func(kubernetes.Interface, time.Duration) cache.SharedIndexInformer {
			return cache.NewSharedIndexInformer(origin, example, 0, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
		})
	}
	return f, nil
}

// start waits until every informer has listed its facts.
func (f *factInformers) start(ctx context.Context) error {
	f.Start(ctx.Done())
	waiting, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for kind, synced := range f.WaitForCacheSync(waiting.Done()) {
		if !synced {
			return fmt.Errorf("the facts of type %v could not be listed", kind)
		}
	}
	for _, origin := range f.sources {
		origin.objects = nil
	}
	return nil
}

// add delivers another object; its handlers have run a little later.
func (f *factInformers) add(object runtime.Object) {
	f.sources[reflect.TypeOf(object)].added.Add(object)
}

// source lists objects as they are, without copies.
type source struct {
	objects []runtime.Object
	added   *watch.FakeWatcher
}

func (s *source) List(metav1.ListOptions) (runtime.Object, error) {
	list := &v1.List{ListMeta: metav1.ListMeta{ResourceVersion: "1"}, Items: make([]runtime.RawExtension, len(s.objects))}
	for i, object := range s.objects {
		list.Items[i].Object = object
	}
	return list, nil
}

func (s *source) Watch(metav1.ListOptions) (watch.Interface, error) { return s.added, nil }

// IsWatchListSemanticsUnSupported makes the reflector list first.
func (s *source) IsWatchListSemanticsUnSupported() bool { return true }
