package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

const shortIDLength = 13

func (c *client) deadline(extra time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), c.timeout+extra)
}

// Prints a CRI message as JSON, including fields without a value.
func printMessage(message proto.Message) error {
	text, err := protojson.MarshalOptions{EmitUnpopulated: true, Multiline: true, Indent: "  "}.Marshal(message)
	if err == nil {
		fmt.Println(string(text))
	}
	return err
}

// Prints `{"status": …, "info": …}`; the runtime's additional info is JSON text.
func printStatus(status proto.Message, info map[string]string) error {
	statusText, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(status)
	if err != nil {
		return err
	}
	whole := map[string]any{"status": json.RawMessage(statusText), "info": toJSON(info)}
	text, err := json.MarshalIndent(whole, "", "  ")
	if err == nil {
		fmt.Println(string(text))
	}
	return err
}

func toJSON(info map[string]string) any {
	if text, isThere := info["info"]; isThere && json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	values := map[string]any{}
	for key, text := range info {
		values[key] = text
		if json.Valid([]byte(text)) {
			values[key] = json.RawMessage(text)
		}
	}
	return values
}

func printTable(head string, rows [][]string) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 4, ' ', 0)
	fmt.Fprintln(table, head)
	for _, row := range rows {
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	return table.Flush()
}

func printLines(lines []string) error {
	for _, line := range lines {
		fmt.Println(line)
	}
	return nil
}

func toShortID(id string) string {
	return id[:min(len(id), shortIDLength)]
}

func toTime(nanoseconds int64) string {
	return time.Unix(0, nanoseconds).UTC().Format(time.RFC3339)
}

func toText(number uint32) string {
	return strconv.FormatUint(uint64(number), 10)
}

func toPodState(text string) (*cri.PodSandboxStateValue, error) {
	state, isKnown := map[string]cri.PodSandboxState{
		"ready":    cri.PodSandboxState_SANDBOX_READY,
		"notready": cri.PodSandboxState_SANDBOX_NOTREADY,
	}[strings.ToLower(text)]
	if !isKnown && text != "" {
		return nil, fmt.Errorf("--state should be ready or notready, not %q", text)
	}
	if text == "" {
		return nil, nil
	}
	return &cri.PodSandboxStateValue{State: state}, nil
}

func toContainerState(text string, all bool) (*cri.ContainerStateValue, error) {
	if text == "" && !all {
		text = "running"
	}
	if text == "" {
		return nil, nil
	}
	state, isKnown := cri.ContainerState_value["CONTAINER_"+strings.ToUpper(text)]
	if !isKnown {
		return nil, fmt.Errorf("--state should be one of created, running, exited or unknown, not %q", text)
	}
	return &cri.ContainerStateValue{State: cri.ContainerState(state)}, nil
}
