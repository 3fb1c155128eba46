package main

import (
	"errors"
	"flag"
	"strings"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func (c *client) readPods(filter *cri.PodSandboxFilter) (*cri.ListPodSandboxResponse, error) {
	ctx, cancel := c.deadline(0)
	defer cancel()
	return c.runtime.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{Filter: filter})
}

func listPods(c *client, arguments []string) error {
	flags := flag.NewFlagSet("pods", flag.ContinueOnError)
	quiet, output := boolFlag(flags, "quiet", "q"), stringFlag(flags, "table", "output", "o")
	boolFlag(flags, "no-trunc")
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
	if *output == "json" {
		return printMessage(found)
	}
	if *quiet {
		return printLines(toEach(found.Items, (*cri.PodSandbox).GetId))
	}
	return printTable("POD ID\tCREATED\tSTATE\tNAME\tNAMESPACE\tATTEMPT", toEach(found.Items, toPodRow))
}

func toPodRow(pod *cri.PodSandbox) []string {
	state := map[bool]string{true: "Ready", false: "NotReady"}[pod.State == cri.PodSandboxState_SANDBOX_READY]
	return []string{toShortID(pod.Id), toTime(pod.CreatedAt), state, pod.Metadata.Name, pod.Metadata.Namespace, toText(pod.Metadata.Attempt)}
}

func inspectPods(c *client, arguments []string) error {
	ids, err := parseInspect("inspectp", arguments)
	if err != nil {
		return err
	}
	for _, id := range ids {
		ctx, cancel := c.deadline(0)
		found, err := c.runtime.PodSandboxStatus(ctx, &cri.PodSandboxStatusRequest{PodSandboxId: id, Verbose: true})
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

func stopPods(c *client, arguments []string) error {
	flags := flag.NewFlagSet("stopp", flag.ContinueOnError)
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	return forEach(flags.Args(), "Stopped sandbox", c.stopPod)
}

func removePods(c *client, arguments []string) error {
	flags := flag.NewFlagSet("rmp", flag.ContinueOnError)
	all, force := boolFlag(flags, "all", "a"), boolFlag(flags, "force", "f")
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	ids := flags.Args()
	if *all {
		found, err := c.readPods(nil)
		if err != nil || len(found.Items) == 0 {
			return err
		}
		ids = toEach(found.Items, (*cri.PodSandbox).GetId)
	}
	return forEach(ids, "Removed sandbox", func(id string) error { return c.removePod(id, *force) })
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
