package main

import (
	"context"
	"slices"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	extendedresourcecache "k8s.io/dynamic-resource-allocation/deviceclass/extendedresourcecache"
	"k8s.io/dynamic-resource-allocation/resourceslice/tracker"
	"k8s.io/klog/v2"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	registered "k8s.io/kubernetes/pkg/scheduler/framework/plugins"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/dynamicresources"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/nodevolumelimits"
	frameworkruntime "k8s.io/kubernetes/pkg/scheduler/framework/runtime"
	"k8s.io/kubernetes/pkg/scheduler/metrics"
	"k8s.io/kubernetes/pkg/scheduler/util/assumecache"
)

// The default profile of kube-scheduler, and those of its plugins that are also called directly.
type plugins struct {
	framework.Framework
	byName map[string]fwk.Plugin
	// In the order of the profile.
	filters    []fwk.FilterPlugin
	extensions []extension
	scorers    []scorer
	claims     *claimTracker
}

// quiet keeps the plugins from logging: what matters is in their statuses.
func quiet() context.Context { return klog.NewContext(context.Background(), logr.Discard()) }

func newPlugins(ctx context.Context, facts *factInformers, lister fwk.SharedLister, disabled []string) (*plugins, error) {
	klog.SetLogger(logr.Discard())
	// Plugins count in metrics, which panic if they do not exist; not registered, they cost nothing.
	metrics.InitMetrics()
	configuration, err := latest.Default()
	if err != nil {
		return nil, err
	}
	profile := configuration.Profiles[0]
	profile.Plugins.MultiPoint.Enabled = slices.DeleteFunc(profile.Plugins.MultiPoint.Enabled, func(plugin config.Plugin) bool {
		return slices.Contains(disabled, plugin.Name)
	})

	logger := klog.FromContext(ctx)
	cache := assumecache.NewAssumeCache(logger, facts.Resource().V1().ResourceClaims().Informer(), "ResourceClaim", "", nil)
	slices, err := tracker.StartTracker(ctx, tracker.Options{SliceInformer: facts.Resource().V1().ResourceSlices(), KubeClient: facts.client})
	if err != nil {
		return nil, err
	}
	manager := dynamicresources.NewDRAManager(ctx, cache, slices, facts)
	if extended, ok := manager.DeviceClassResolver().(*extendedresourcecache.ExtendedResourceCache); ok && extended != nil {
		if _, err := facts.Resource().V1().DeviceClasses().Informer().AddEventHandler(extended); err != nil {
			return nil, err
		}
	}
	p := &plugins{byName: map[string]fwk.Plugin{}, claims: newClaimTracker(manager.ResourceClaims())}
	p.Framework, err = frameworkruntime.NewFramework(ctx, p.recordingRegistry(), &profile,
		frameworkruntime.WithClientSet(facts.client),
		frameworkruntime.WithInformerFactory(facts),
		frameworkruntime.WithSnapshotSharedLister(lister),
		frameworkruntime.WithSharedDRAManager(&draManager{SharedDRAManager: manager, claims: p.claims}),
		frameworkruntime.WithSharedCSIManager(nodevolumelimits.NewCSIManager(facts.Storage().V1().CSINodes().Lister())),
		// WebAssembly has one thread.
		frameworkruntime.WithParallelism(1),
		frameworkruntime.WithLogger(logger),
	)
	if err != nil {
		return nil, err
	}
	for _, plugin := range p.ListPlugins().Filter.Enabled {
		p.filters = append(p.filters, p.byName[plugin.Name].(fwk.FilterPlugin))
	}
	for _, plugin := range p.ListPlugins().Score.Enabled {
		p.scorers = append(p.scorers, scorer{p.byName[plugin.Name].(fwk.ScorePlugin), plugin.Name, int64(plugin.Weight)})
	}
	for _, plugin := range p.ListPlugins().PreFilter.Enabled {
		if extensions := p.byName[plugin.Name].(fwk.PreFilterPlugin).PreFilterExtensions(); extensions != nil {
			p.extensions = append(p.extensions, extension{extensions, plugin.Name})
		}
	}
	return p, nil
}

// recordingRegistry is the registry of kube-scheduler; what it creates is kept by name.
func (p *plugins) recordingRegistry() frameworkruntime.Registry {
	registry := registered.NewInTreeRegistry()
	for name, create := range registry {
		registry[name] = func(ctx context.Context, arguments runtime.Object, handle fwk.Handle) (fwk.Plugin, error) {
			plugin, err := create(ctx, arguments, handle)
			p.byName[name] = plugin
			return plugin, err
		}
	}
	return registry
}

// filter is RunFilterPlugins without its metrics: the first status that is not a success, with its plugin.
func (p *plugins) filter(ctx context.Context, active []fwk.FilterPlugin, state fwk.CycleState, incoming *pod, node fwk.NodeInfo) *fwk.Status {
	for _, plugin := range active {
		if status := plugin.Filter(ctx, state, incoming.GetPod(), node); !status.IsSuccess() {
			status.SetPlugin(plugin.Name())
			return status
		}
	}
	return nil
}

// activeFilters are those that PreFilter did not skip.
func (p *plugins) activeFilters(state fwk.CycleState) []fwk.FilterPlugin {
	skipped := state.GetSkipFilterPlugins()
	active := make([]fwk.FilterPlugin, 0, len(p.filters))
	for _, plugin := range p.filters {
		if !skipped.Has(plugin.Name()) {
			active = append(active, plugin)
		}
	}
	return active
}

type scorer struct {
	fwk.ScorePlugin
	name   string
	weight int64
}

// extension keeps the state of a plugin current when a pod gets a node or leaves it.
type extension struct {
	fwk.PreFilterExtensions
	name string
}

// activeExtensions are those of plugins that PreFilter did not skip.
func (p *plugins) activeExtensions(state fwk.CycleState) []extension {
	skipped := state.GetSkipFilterPlugins()
	var active []extension
	for _, each := range p.extensions {
		if !skipped.Has(each.name) {
			active = append(active, each)
		}
	}
	return active
}
