package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// Registers several names of one flag, the long one first.
func boolFlag(flags *flag.FlagSet, names ...string) *bool {
	value := new(bool)
	for _, name := range names {
		flags.BoolVar(value, name, false, "")
	}
	return value
}

func stringFlag(flags *flag.FlagSet, standard string, names ...string) *string {
	value := &standard
	for _, name := range names {
		flags.StringVar(value, name, standard, "")
	}
	return value
}

func int64Flag(flags *flag.FlagSet, names ...string) *int64 {
	value := new(int64)
	for _, name := range names {
		flags.Int64Var(value, name, 0, "")
	}
	return value
}

// A labelFlag collects `key=value` pairs; the flag is repeated for each label.
type labelFlag map[string]string

func (labels labelFlag) String() string { return "" }

func (labels labelFlag) Set(text string) error {
	key, value, isPair := strings.Cut(text, "=")
	if !isPair {
		return fmt.Errorf("label %q is not key=value", text)
	}
	labels[key] = value
	return nil
}

func labelsFlag(flags *flag.FlagSet) labelFlag {
	labels := labelFlag{}
	flags.Var(labels, "label", "")
	return labels
}

func parseFlags(flags *flag.FlagSet, arguments []string) error {
	flags.SetOutput(io.Discard)
	return flags.Parse(separateShortFlags(flags, arguments))
}

// Turns -aq into -a -q. Only switches can be combined, and only in front of the first argument.
func separateShortFlags(flags *flag.FlagSet, arguments []string) []string {
	var separated []string
	for index, argument := range arguments {
		if argument == "--" || !strings.HasPrefix(argument, "-") && !isValueOf(flags, arguments, index) {
			return append(separated, arguments[index:]...)
		}
		if !isCombination(flags, argument) {
			separated = append(separated, argument)
			continue
		}
		for _, letter := range argument[1:] {
			separated = append(separated, "-"+string(letter))
		}
	}
	return separated
}

func isCombination(flags *flag.FlagSet, argument string) bool {
	letters, isShort := strings.CutPrefix(argument, "-")
	if !isShort || len(letters) < 2 || flags.Lookup(letters) != nil {
		return false
	}
	for _, letter := range letters {
		if !isSwitch(flags, string(letter)) {
			return false
		}
	}
	return true
}

// Whether the argument belongs to the flag before it.
func isValueOf(flags *flag.FlagSet, arguments []string, index int) bool {
	if index == 0 || !strings.HasPrefix(arguments[index-1], "-") || strings.Contains(arguments[index-1], "=") {
		return false
	}
	name := strings.TrimLeft(arguments[index-1], "-")
	return flags.Lookup(name) != nil && !isSwitch(flags, name)
}

func isSwitch(flags *flag.FlagSet, name string) bool {
	found := flags.Lookup(name)
	if found == nil {
		return false
	}
	value, isBool := found.Value.(interface{ IsBoolFlag() bool })
	return isBool && value.IsBoolFlag()
}
