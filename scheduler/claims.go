package main

import (
	"slices"

	resourceapi "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/types"
	fwk "k8s.io/kube-scheduler/framework"
)

type draManager struct {
	fwk.SharedDRAManager
	claims *claimTracker
}

func (m *draManager) ResourceClaims() fwk.ResourceClaimTracker { return m.claims }

// claimTracker makes an allocation count at once, as if the API call at the end of its binding had been made: the pods of a trial are bound
// one after another. restore undoes it.
type claimTracker struct {
	fwk.ResourceClaimTracker
	assumed map[types.NamespacedName]struct{}
	// Claims that exist only in the scheduler, for extended resources of a device class.
	pending []types.UID
	// Claims by the UID of a pod in their reservations or of their owner, as loaded.
	byPod map[types.UID][]types.NamespacedName
}

func newClaimTracker(tracker fwk.ResourceClaimTracker) *claimTracker {
	return &claimTracker{ResourceClaimTracker: tracker, assumed: map[types.NamespacedName]struct{}{}}
}

// index reads which pods use which claims. Called once, after the facts are listed.
func (t *claimTracker) index() error {
	claims, err := t.List()
	if err != nil {
		return err
	}
	t.byPod = map[types.UID][]types.NamespacedName{}
	for _, claim := range claims {
		name := types.NamespacedName{Namespace: claim.Namespace, Name: claim.Name}
		for _, consumer := range claim.Status.ReservedFor {
			t.byPod[consumer.UID] = append(t.byPod[consumer.UID], name)
		}
	}
	return nil
}

// SignalClaimPendingAllocation is called when a pod gets its node.
func (t *claimTracker) SignalClaimPendingAllocation(uid types.UID, claim *resourceapi.ResourceClaim) error {
	if _, err := t.Get(claim.Namespace, claim.Name); err != nil {
		t.pending = append(t.pending, uid)
		return t.ResourceClaimTracker.SignalClaimPendingAllocation(uid, claim)
	}
	return t.assume(claim)
}

func (t *claimTracker) assume(claim *resourceapi.ResourceClaim) error {
	t.assumed[types.NamespacedName{Namespace: claim.Namespace, Name: claim.Name}] = struct{}{}
	return t.AssumeClaimAfterAPICall(claim)
}

// reserve records a placed pod as the user of its claim, which therefore stays allocated when others leave.
func (t *claimTracker) reserve(claim types.NamespacedName, pod types.UID, podName string) error {
	current, err := t.Get(claim.Namespace, claim.Name)
	if err != nil {
		return nil
	}
	changed := current.DeepCopy()
	consumer := resourceapi.ResourceClaimConsumerReference{Resource: "pods", Name: podName, UID: pod}
	changed.Status.ReservedFor = append(changed.Status.ReservedFor, consumer)
	return t.assume(changed)
}

// release is what the resource claim controller does after a pod is gone: a claim that no pod uses is deallocated.
func (t *claimTracker) release(pod types.UID) error {
	for _, name := range t.byPod[pod] {
		current, err := t.Get(name.Namespace, name.Name)
		if err != nil {
			return err
		}
		changed := current.DeepCopy()
		changed.Status.ReservedFor = slices.DeleteFunc(changed.Status.ReservedFor, func(consumer resourceapi.ResourceClaimConsumerReference) bool {
			return consumer.UID == pod
		})
		if len(changed.Status.ReservedFor) == 0 {
			changed.Status.Allocation = nil
			changed.Status.Devices = nil
		}
		if err := t.assume(changed); err != nil {
			return err
		}
	}
	return nil
}

// restore undoes what a trial did. All claims are deallocated first: the plugin counts devices by changes of claims from and to "allocated",
// and a device may have been passed from one claim to another.
func (t *claimTracker) restore() error {
	for name := range t.assumed {
		current, err := t.Get(name.Namespace, name.Name)
		if err != nil {
			return err
		}
		if current.Status.Allocation != nil {
			deallocated := current.DeepCopy()
			deallocated.Status.Allocation = nil
			if err := t.AssumeClaimAfterAPICall(deallocated); err != nil {
				return err
			}
		}
	}
	for name := range t.assumed {
		t.AssumedClaimRestore(name.Namespace, name.Name)
	}
	clear(t.assumed)
	for _, uid := range t.pending {
		t.MaybeRemoveClaimPendingAllocation(uid, true)
	}
	t.pending = nil
	return nil
}
