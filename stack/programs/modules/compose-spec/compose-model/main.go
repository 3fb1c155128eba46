// Command compose-model loads a compose file as docker compose does and prints the complete model as JSON, like
// "docker compose config --format json". If docker compose would reject the file, it prints the reason and exits with code 1.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: compose-model FILE"))
	}
	model, err := readModel(os.Args[1])
	if err != nil {
		fail(err)
	}
	fmt.Println(string(model))
}

// readModel validates against the schema, interpolates, and checks that all references resolve.
func readModel(path string) ([]byte, error) {
	options, err := cli.NewProjectOptions([]string{path}, cli.WithOsEnv, cli.WithResolvedPaths(false))
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return nil, err
	}
	return project.MarshalJSON()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
