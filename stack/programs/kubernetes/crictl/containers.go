package main

import (
	"errors"
	"flag"
	"strconv"
	"strings"
	"time"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func (c *client) readContainers(filter *cri.ContainerFilter) (*cri.ListContainersResponse, error) {
	ctx, cancel := c.deadline(0)
	defer cancel()
	return c.runtime.ListContainers(ctx, &cri.ListContainersRequest{Filter: filter})
}

func listContainers(c *client, arguments []string) error {
	flags := flag.NewFlagSet("ps", flag.ContinueOnError)
	all, quiet := boolFlag(flags, "all", "a"), boolFlag(flags, "quiet", "q")
	boolFlag(flags, "no-trunc")
	output, stateText := stringFlag(flags, "table", "output", "o"), stringFlag(flags, "", "state", "s")
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
	if *output == "json" {
		return printMessage(found)
	}
	if *quiet {
		return printLines(toEach(found.Containers, (*cri.Container).GetId))
	}
	return printTable("CONTAINER\tIMAGE\tCREATED\tSTATE\tNAME\tATTEMPT\tPOD ID", toEach(found.Containers, toContainerRow))
}

func toContainerRow(container *cri.Container) []string {
	state := strings.ToLower(strings.TrimPrefix(container.State.String(), "CONTAINER_"))
	return []string{toShortID(container.Id), toShortID(container.GetImage().GetImage()), toTime(container.CreatedAt),
		strings.ToUpper(state[:1]) + state[1:], container.Metadata.Name, toText(container.Metadata.Attempt), toShortID(container.PodSandboxId)}
}

func inspectContainers(c *client, arguments []string) error {
	ids, err := parseInspect("inspect", arguments)
	if err != nil {
		return err
	}
	for _, id := range ids {
		ctx, cancel := c.deadline(0)
		found, err := c.runtime.ContainerStatus(ctx, &cri.ContainerStatusRequest{ContainerId: id, Verbose: true})
		cancel()
		if err != nil {
			return err
		}
		if err := printStatus(found.Status, found.Info); err != nil {
			return err
		}
	}
	return nil
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
	all, force := boolFlag(flags, "all", "a"), boolFlag(flags, "force", "f")
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	ids := flags.Args()
	if *all {
		found, err := c.readContainers(nil)
		if err != nil || len(found.Containers) == 0 {
			return err
		}
		ids = toEach(found.Containers, (*cri.Container).GetId)
	}
	return forEach(ids, "", func(id string) error { return c.removeContainer(id, *force) })
}

// The deadline of the call comes on top of the grace period.
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

// Both inspect verbs print JSON whatever output is asked for.
func parseInspect(verbName string, arguments []string) ([]string, error) {
	flags := flag.NewFlagSet(verbName, flag.ContinueOnError)
	stringFlag(flags, "json", "output", "o")
	boolFlag(flags, "quiet", "q")
	if err := parseFlags(flags, arguments); err != nil {
		return nil, err
	}
	if flags.NArg() == 0 {
		return nil, errors.New("ID cannot be empty")
	}
	return flags.Args(), nil
}

func toText(number uint32) string {
	return strconv.FormatUint(uint64(number), 10)
}

func keep[Item any](items []Item, isWanted func(Item) bool) []Item {
	var kept []Item
	for _, item := range items {
		if isWanted(item) {
			kept = append(kept, item)
		}
	}
	return kept
}

func toEach[Item, Result any](items []Item, convert func(Item) Result) []Result {
	var results []Result
	for _, item := range items {
		results = append(results, convert(item))
	}
	return results
}
