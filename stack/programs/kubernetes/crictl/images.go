package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func (c *client) readImages() (*cri.ListImagesResponse, error) {
	ctx, cancel := c.deadline(0)
	defer cancel()
	return c.images.ListImages(ctx, &cri.ListImagesRequest{})
}

func listImages(c *client, arguments []string) error {
	flags := flag.NewFlagSet("images", flag.ContinueOnError)
	quiet, output := boolFlag(flags, "quiet", "q"), stringFlag(flags, "table", "output", "o")
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	found, err := c.readImages()
	if err != nil {
		return err
	}
	if *output == "json" {
		return printMessage(found)
	}
	if *quiet {
		return printLines(toEach(found.Images, (*cri.Image).GetId))
	}
	return printTable("IMAGE\tIMAGE ID\tSIZE", toEach(found.Images, func(image *cri.Image) []string {
		id := strings.TrimPrefix(image.Id, "sha256:")
		return []string{strings.Join(image.RepoTags, ","), toShortID(id), fmt.Sprintf("%dB", image.Size)}
	}))
}

func removeImages(c *client, arguments []string) error {
	flags := flag.NewFlagSet("rmi", flag.ContinueOnError)
	all := boolFlag(flags, "all", "a")
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	ids := flags.Args()
	if *all {
		found, err := c.readImages()
		if err != nil || len(found.Images) == 0 {
			return err
		}
		ids = toEach(found.Images, (*cri.Image).GetId)
	}
	return forEach(ids, "Deleted:", func(id string) error {
		ctx, cancel := c.deadline(0)
		defer cancel()
		_, err := c.images.RemoveImage(ctx, &cri.RemoveImageRequest{Image: &cri.ImageSpec{Image: id}})
		return err
	})
}

func showVersion(c *client, arguments []string) error {
	if len(arguments) > 0 {
		return errors.New("version takes no arguments")
	}
	ctx, cancel := c.deadline(0)
	defer cancel()
	found, err := c.runtime.Version(ctx, &cri.VersionRequest{Version: "v1"})
	if err != nil {
		return err
	}
	return printLines([]string{"Version:  " + found.Version, "RuntimeName:  " + found.RuntimeName,
		"RuntimeVersion:  " + found.RuntimeVersion, "RuntimeApiVersion:  " + found.RuntimeApiVersion})
}

func showInfo(c *client, arguments []string) error {
	flags := flag.NewFlagSet("info", flag.ContinueOnError)
	stringFlag(flags, "json", "output", "o")
	boolFlag(flags, "quiet", "q")
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	ctx, cancel := c.deadline(0)
	defer cancel()
	found, err := c.runtime.Status(ctx, &cri.StatusRequest{Verbose: true})
	if err != nil {
		return err
	}
	return printStatus(found.Status, found.Info)
}
