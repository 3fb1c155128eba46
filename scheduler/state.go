package main

import (
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework"
)

// cycleState is the scheduler's own, with a plain map: plugins read it for every node, and WebAssembly has one thread.
type cycleState struct {
	*framework.CycleState
	data map[fwk.StateKey]fwk.StateData
}

var _ fwk.CycleState = &cycleState{}

func newCycleState() *cycleState {
	return &cycleState{CycleState: framework.NewCycleState(), data: map[fwk.StateKey]fwk.StateData{}}
}

func (s *cycleState) Read(key fwk.StateKey) (fwk.StateData, error) {
	if value, ok := s.data[key]; ok {
		return value, nil
	}
	return nil, fwk.ErrNotFound
}

func (s *cycleState) Write(key fwk.StateKey, value fwk.StateData) { s.data[key] = value }

func (s *cycleState) Delete(key fwk.StateKey) { delete(s.data, key) }

func (s *cycleState) Clone() fwk.CycleState {
	clone := &cycleState{CycleState: s.CycleState.Clone().(*framework.CycleState), data: make(map[fwk.StateKey]fwk.StateData, len(s.data))}
	for key, value := range s.data {
		clone.data[key] = value.Clone()
	}
	return clone
}
