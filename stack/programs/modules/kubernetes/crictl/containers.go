package main

import (
	"context"
	"errors"
	"flag"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func (c *client) readContainers(filter *cri.ContainerFilter) (*cri.ListContainersResponse, error) {
	ctx, cancel := c.deadline(0)
	defer cancel()
	return c.runtime.ListContainers(ctx, &cri.ListContainersRequest{Filter: filter})
}

var containerListing = listing[*cri.Container]{(*cri.Container).GetId, "CONTAINER\tIMAGE\tCREATED\tSTATE\tNAME\tATTEMPT\tPOD ID", toContainerRow}

func listContainers(c *client, arguments []string) error {
	flags := flag.NewFlagSet("ps", flag.ContinueOnError)
	format, all, stateText := listFlags(flags), boolFlag(flags, "all", "a"), stringFlag(flags, "", "state", "s")
	id, pod := stringFlag(flags, "", "id"), stringFlag(flags, "", "pod", "p")
	name, labels := stringFlag(flags, "", "name"), labelsFlag(flags)
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	state, err := toContainerState(*stateText, *all)
	if err != nil {
		return err
	}
	found, err := c.readContainers(&cri.ContainerFilter{Id: *id, PodSandboxId: *pod, State: state, LabelSelector: labels})
	if err != nil {
		return err
	}
	found.Containers = keep(found.Containers, func(container *cri.Container) bool {
		return strings.Contains(container.Metadata.Name, *name)
	})
	return containerListing.print(format, found, found.Containers)
}

func toContainerRow(container *cri.Container) []string {
	state := strings.ToLower(strings.TrimPrefix(container.State.String(), "CONTAINER_"))
	return []string{toShortID(container.Id), toShortID(container.GetImage().GetImage()), toTime(container.CreatedAt),
		strings.ToUpper(state[:1]) + state[1:], container.Metadata.Name, toText(container.Metadata.Attempt), toShortID(container.PodSandboxId)}
}

func inspectContainers(c *client, arguments []string) error {
	return inspectEach(c, "inspect", arguments, func(ctx context.Context, id string) (proto.Message, map[string]string, error) {
		found, err := c.runtime.ContainerStatus(ctx, &cri.ContainerStatusRequest{ContainerId: id, Verbose: true})
		return found.GetStatus(), found.GetInfo(), err
	})
}

func stopContainers(c *client, arguments []string) error {
	flags := flag.NewFlagSet("stop", flag.ContinueOnError)
	graceSeconds := int64Flag(flags, "timeout", "t")
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	return forEach(flags.Args(), "", func(id string) error { return c.stopContainer(id, *graceSeconds) })
}

func removeContainers(c *client, arguments []string) error {
	flags := flag.NewFlagSet("rm", flag.ContinueOnError)
	force := boolFlag(flags, "force", "f")
	readAll := func() ([]string, error) {
		found, err := c.readContainers(nil)
		return toEach(found.GetContainers(), containerListing.toID), err
	}
	return removeEach(flags, arguments, "", readAll, func(id string) error { return c.removeContainer(id, *force) })
}

// The deadline of the call is added to the grace period.
func (c *client) stopContainer(id string, graceSeconds int64) error {
	ctx, cancel := c.deadline(time.Duration(graceSeconds) * time.Second)
	defer cancel()
	_, err := c.runtime.StopContainer(ctx, &cri.StopContainerRequest{ContainerId: id, Timeout: graceSeconds})
	return err
}

func (c *client) removeContainer(id string, force bool) error {
	if force {
		if err := c.stopContainer(id, 0); err != nil {
			return err
		}
	}
	ctx, cancel := c.deadline(0)
	defer cancel()
	found, err := c.runtime.ContainerStatus(ctx, &cri.ContainerStatusRequest{ContainerId: id})
	if err != nil {
		return err
	}
	if found.Status.State == cri.ContainerState_CONTAINER_RUNNING {
		return errors.New("container is running, please stop it first")
	}
	_, err = c.runtime.RemoveContainer(ctx, &cri.RemoveContainerRequest{ContainerId: id})
	return err
}
