// The scheduler's program: kube-scheduler's own plugins, applied to facts about a cluster. It is compiled to WebAssembly and called from
// src/scheduler; it asks no cluster and changes nothing.
package main

// Never called: the program is a library, see exports.go.
func main() {}
