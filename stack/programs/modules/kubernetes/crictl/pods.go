package main

import (
	"context"
	"errors"
	"flag"
	"strings"

	"google.golang.org/protobuf/proto"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func (c *client) readPods(filter *cri.PodSandboxFilter) (*cri.ListPodSandboxResponse, error) {
	ctx, cancel := c.deadline(0)
	defer cancel()
	return c.runtime.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{Filter: filter})
}

var podListing = listing[*cri.PodSandbox]{(*cri.PodSandbox).GetId, "POD ID\tCREATED\tSTATE\tNAME\tNAMESPACE\tATTEMPT", toPodRow}

func listPods(c *client, arguments []string) error {
	flags := flag.NewFlagSet("pods", flag.ContinueOnError)
	format := listFlags(flags)
	id, stateText := stringFlag(flags, "", "id"), stringFlag(flags, "", "state", "s")
	name, namespace, labels := stringFlag(flags, "", "name"), stringFlag(flags, "", "namespace"), labelsFlag(flags)
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	state, err := toPodState(*stateText)
	if err != nil {
		return err
	}
	found, err := c.readPods(&cri.PodSandboxFilter{Id: *id, State: state, LabelSelector: labels})
	if err != nil {
		return err
	}
	found.Items = keep(found.Items, func(pod *cri.PodSandbox) bool {
		return strings.Contains(pod.Metadata.Name, *name) && (*namespace == "" || pod.Metadata.Namespace == *namespace)
	})
	return podListing.print(format, found, found.Items)
}

func toPodRow(pod *cri.PodSandbox) []string {
	state := map[bool]string{true: "Ready", false: "NotReady"}[pod.State == cri.PodSandboxState_SANDBOX_READY]
	return []string{toShortID(pod.Id), toTime(pod.CreatedAt), state, pod.Metadata.Name, pod.Metadata.Namespace, toText(pod.Metadata.Attempt)}
}

func inspectPods(c *client, arguments []string) error {
	return inspectEach(c, "inspectp", arguments, func(ctx context.Context, id string) (proto.Message, map[string]string, error) {
		found, err := c.runtime.PodSandboxStatus(ctx, &cri.PodSandboxStatusRequest{PodSandboxId: id, Verbose: true})
		return found.GetStatus(), found.GetInfo(), err
	})
}

func stopPods(c *client, arguments []string) error {
	flags := flag.NewFlagSet("stopp", flag.ContinueOnError)
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	return forEach(flags.Args(), "Stopped sandbox", c.stopPod)
}

func removePods(c *client, arguments []string) error {
	flags := flag.NewFlagSet("rmp", flag.ContinueOnError)
	force := boolFlag(flags, "force", "f")
	readAll := func() ([]string, error) {
		found, err := c.readPods(nil)
		return toEach(found.GetItems(), podListing.toID), err
	}
	return removeEach(flags, arguments, "Removed sandbox", readAll, func(id string) error { return c.removePod(id, *force) })
}

func (c *client) stopPod(id string) error {
	ctx, cancel := c.deadline(0)
	defer cancel()
	_, err := c.runtime.StopPodSandbox(ctx, &cri.StopPodSandboxRequest{PodSandboxId: id})
	return err
}

func (c *client) removePod(id string, force bool) error {
	if force {
		if err := c.stopPod(id); err != nil {
			return err
		}
	}
	ctx, cancel := c.deadline(0)
	defer cancel()
	found, err := c.runtime.PodSandboxStatus(ctx, &cri.PodSandboxStatusRequest{PodSandboxId: id})
	if err != nil {
		return err
	}
	if found.Status.State == cri.PodSandboxState_SANDBOX_READY {
		return errors.New("pod sandbox is running, please stop it first")
	}
	_, err = c.runtime.RemovePodSandbox(ctx, &cri.RemovePodSandboxRequest{PodSandboxId: id})
	return err
}
