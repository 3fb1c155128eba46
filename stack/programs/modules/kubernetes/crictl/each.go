package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"google.golang.org/protobuf/proto"
)

// A listing defines how the objects of one kind are printed.
type listing[Item any] struct {
	toID  func(Item) string
	head  string
	toRow func(Item) []string
}

// A listFormat holds the output flags of a list verb.
type listFormat struct {
	output *string
	quiet  *bool
}

func listFlags(flags *flag.FlagSet) listFormat {
	boolFlag(flags, "no-trunc")
	return listFormat{output: stringFlag(flags, "table", "output", "o"), quiet: boolFlag(flags, "quiet", "q")}
}

func (l listing[Item]) print(format listFormat, found proto.Message, items []Item) error {
	if *format.output == "json" {
		return printMessage(found)
	}
	if *format.quiet {
		return printLines(toEach(items, l.toID))
	}
	return printTable(l.head, toEach(items, l.toRow))
}

// Prints the status and the info of each named object.
func inspectEach(c *client, verbName string, arguments []string, read func(context.Context, string) (proto.Message, map[string]string, error)) error {
	ids, err := parseInspect(verbName, arguments)
	if err != nil {
		return err
	}
	for _, id := range ids {
		ctx, cancel := c.deadline(0)
		status, info, err := read(ctx, id)
		cancel()
		if err != nil {
			return err
		}
		if err := printStatus(status, info); err != nil {
			return err
		}
	}
	return nil
}

// Both inspect verbs print JSON regardless of --output.
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

// Removes the named objects, or with --all every existing one.
func removeEach(flags *flag.FlagSet, arguments []string, done string, readAll func() ([]string, error), remove func(id string) error) error {
	all := boolFlag(flags, "all", "a")
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	if !*all {
		return forEach(flags.Args(), done, remove)
	}
	ids, err := readAll()
	if err != nil || len(ids) == 0 {
		return err
	}
	return forEach(ids, done, remove)
}

// Runs act for every ID, even if it fails for others.
func forEach(ids []string, done string, act func(id string) error) error {
	if len(ids) == 0 {
		return errors.New("ID cannot be empty")
	}
	var failures []error
	for _, id := range ids {
		if err := act(id); err != nil {
			failures = append(failures, fmt.Errorf("%q: %w", id, err))
		} else if done != "" {
			fmt.Printf("%s %s\n", done, id)
		} else {
			fmt.Println(id)
		}
	}
	return errors.Join(failures...)
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
