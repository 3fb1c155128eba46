// Crictl is the CRI client of the stack's real nodes. It stands in for the crictl of cri-tools.
//
// It has the verbs and flags of that crictl that are useful on a host, and is equally strict: flags come before arguments, short ones may
// be combined (-aq), and every call has a deadline of two seconds unless --timeout is set. JSON output has the field names of the CRI.
// Tables are simpler than those of the original.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

const (
	defaultEndpoint = "unix:///run/containerd/containerd.sock"
	defaultTimeout  = 2 * time.Second
	maxMessageBytes = 16 << 20
)

// A client is one connection to the runtime with the timeout of each call.
type client struct {
	runtime cri.RuntimeServiceClient
	images  cri.ImageServiceClient
	timeout time.Duration
}

// A verb receives its own arguments, including flags.
type verb func(*client, []string) error

var verbs = map[string]verb{
	"version":  showVersion,
	"info":     showInfo,
	"pods":     listPods,
	"inspectp": inspectPods,
	"stopp":    stopPods,
	"rmp":      removePods,
	"ps":       listContainers,
	"inspect":  inspectContainers,
	"stop":     stopContainers,
	"rm":       removeContainers,
	"images":   listImages,
	"rmi":      removeImages,
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "FATA[0000] %v\n", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	flags := flag.NewFlagSet("crictl", flag.ContinueOnError)
	endpoint := stringFlag(flags, readEndpoint(), "runtime-endpoint", "r")
	stringFlag(flags, "", "image-endpoint", "i")
	timeoutText := stringFlag(flags, defaultTimeout.String(), "timeout", "t")
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	timeout, err := toTimeout(*timeoutText)
	if err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("no command given")
	}
	name, rest := flags.Arg(0), flags.Args()[1:]
	act, isKnown := verbs[name]
	if !isKnown {
		return fmt.Errorf("no such command %q", name)
	}
	connection, err := grpc.NewClient(*endpoint,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessageBytes)))
	if err != nil {
		return err
	}
	defer connection.Close()
	return act(&client{cri.NewRuntimeServiceClient(connection), cri.NewImageServiceClient(connection), timeout}, rest)
}

// The order of cri-tools: environment, then /etc/crictl.yaml, then containerd's default socket.
func readEndpoint() string {
	if endpoint := os.Getenv("CONTAINER_RUNTIME_ENDPOINT"); endpoint != "" {
		return endpoint
	}
	text, err := os.ReadFile("/etc/crictl.yaml")
	if err != nil {
		return defaultEndpoint
	}
	for _, line := range strings.Split(string(text), "\n") {
		if value, found := strings.CutPrefix(line, "runtime-endpoint:"); found {
			return strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return defaultEndpoint
}

// A plain number means seconds; zero or less means the default.
func toTimeout(text string) (time.Duration, error) {
	timeout, err := time.ParseDuration(text)
	if err != nil {
		timeout, err = time.ParseDuration(text + "s")
	}
	if err == nil && timeout <= 0 {
		timeout = defaultTimeout
	}
	return timeout, err
}
