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

var imageListing = listing[*cri.Image]{(*cri.Image).GetId, "IMAGE\tIMAGE ID\tSIZE", toImageRow}

func listImages(c *client, arguments []string) error {
	flags := flag.NewFlagSet("images", flag.ContinueOnError)
	format := listFlags(flags)
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	found, err := c.readImages()
	if err != nil {
		return err
	}
	return imageListing.print(format, found, found.Images)
}

func toImageRow(image *cri.Image) []string {
	id := strings.TrimPrefix(image.Id, "sha256:")
	return []string{strings.Join(image.RepoTags, ","), toShortID(id), fmt.Sprintf("%dB", image.Size)}
}

func removeImages(c *client, arguments []string) error {
	flags := flag.NewFlagSet("rmi", flag.ContinueOnError)
	readAll := func() ([]string, error) {
		found, err := c.readImages()
		return toEach(found.GetImages(), imageListing.toID), err
	}
	return removeEach(flags, arguments, "Deleted:", readAll, func(id string) error {
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
