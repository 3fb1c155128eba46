package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	kjson "sigs.k8s.io/json"
)

// The version of requests and responses. Another one is refused.
const protocolVersion = 2

// A request is one step: facts are added in pieces, then loaded, then tried as often as wanted. After a reset, others can be added.
type request struct {
	Version int            `json:"version"`
	Reset   *struct{}      `json:"reset,omitempty"`
	Add     *addedFacts    `json:"add,omitempty"`
	Load    *loadOptions   `json:"load,omitempty"`
	Trial   *trialRequest  `json:"trial,omitempty"`
	Survey  *surveyRequest `json:"survey,omitempty"`
}

type addedFacts struct {
	Nodes     []json.RawMessage            `json:"nodes,omitempty"`
	Templates []json.RawMessage            `json:"templates,omitempty"`
	Pods      *podColumns                  `json:"pods,omitempty"`
	Objects   map[string][]json.RawMessage `json:"objects,omitempty"`
}

// One entry per pod in each column.
type podColumns struct {
	Namespaces []string `json:"namespaces"`
	// Position in Namespaces.
	Namespace column `json:"namespace"`
	Template  column `json:"template"`
	// Position among all nodes, or -1.
	Node        column `json:"node"`
	Terminating column `json:"terminating"`
	// Name and UID of the pods that own claims, by position in this piece.
	Owners []podOwner `json:"owners,omitempty"`
}

// A column is a string with the base64 form of little-endian int32 numbers: a JSON array of so many numbers takes far longer to read.
type column []int32

func (c *column) UnmarshalJSON(text []byte) error {
	var data []byte
	if err := json.Unmarshal(text, &data); err != nil {
		return err
	}
	if len(data)%4 != 0 {
		return fmt.Errorf("a column has %d bytes", len(data))
	}
	*c = make(column, len(data)/4)
	for i := range *c {
		(*c)[i] = int32(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return nil
}

type podOwner struct {
	Position int    `json:"position"`
	Name     string `json:"name"`
	UID      string `json:"uid"`
}

type loadOptions struct {
	DisabledPlugins []string `json:"disabledPlugins,omitempty"`
}

type trialRequest struct {
	// Positions among all nodes.
	RemovedNodes []int32 `json:"removedNodes"`
	Deleted      bool    `json:"deleted"`
	OneByOne     bool    `json:"oneByOne"`
	// The pods stay where they are until all are placed.
	Later  bool   `json:"later,omitempty"`
	Choice string `json:"choice"`
	// Positions among all nodes: each pod gets the first of them that fits it, and only otherwise another one.
	Preferred []int32 `json:"preferred,omitempty"`
	// One entry per pod: its position among all pods, and its template or -1 for its own.
	Pods      []int32 `json:"pods"`
	Templates []int32 `json:"templates"`
}

// surveyRequest asks which room pods have before any of them moves.
type surveyRequest struct {
	// As in trialRequest.
	RemovedNodes []int32 `json:"removedNodes"`
	Pods         []int32 `json:"pods"`
	Templates    []int32 `json:"templates"`
}

type response struct {
	Version int             `json:"version"`
	Error   string          `json:"error,omitempty"`
	Trial   *trialResponse  `json:"trial,omitempty"`
	Survey  *surveyResponse `json:"survey,omitempty"`
}

type surveyResponse struct {
	// One entry per pod: a position in Rooms, or -1 if its place depends on more than one node.
	Room  []int32 `json:"room"`
	Rooms []room  `json:"rooms,omitempty"`
}

type room struct {
	// How many of the other pods can each make one node refuse this one, whatever they request.
	Rivals int32 `json:"rivals"`
	// For each domain of its topology spread, else once: how many of the other pods each node takes before it refuses this one; at least. Only as
	// many nodes as are needed.
	Domains [][]int32 `json:"domains"`
}

type trialResponse struct {
	// One entry per pod: the position of its node, or -1-i where i is a position in NoPlaces.
	Places   []int32   `json:"places"`
	NoPlaces []noPlace `json:"noPlaces,omitempty"`
}

type noPlace struct {
	Message      string   `json:"message"`
	Plugins      []string `json:"plugins"`
	ByPreemption bool     `json:"byPreemption"`
}

type schedulerProgram struct {
	added   *factsBuilder
	cluster *cluster
}

func newProgram() *schedulerProgram { return &schedulerProgram{added: newFactsBuilder()} }

// A panic is a defect; the host gets its text instead of a trap.
func (p *schedulerProgram) answer(body []byte) (result []byte) {
	answer := response{Version: protocolVersion}
	defer func() {
		if cause := recover(); cause != nil {
			result, _ = json.Marshal(response{Version: protocolVersion, Error: fmt.Sprintf("internal error: %v", cause)})
		}
	}()
	if err := p.execute(body, &answer); err != nil {
		answer.Error = err.Error()
	}
	result, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	return result
}

func (p *schedulerProgram) execute(body []byte, answer *response) error {
	var message request
	if err := kjson.UnmarshalCaseSensitivePreserveInts(body, &message); err != nil {
		return fmt.Errorf("the request is not valid: %w", err)
	}
	if message.Version != protocolVersion {
		return fmt.Errorf("the request has version %d, but this program supports version %d only", message.Version, protocolVersion)
	}
	switch {
	case message.Reset != nil:
		if p.cluster != nil {
			p.cluster.stop()
		}
		*p = *newProgram()
		return nil
	case message.Add != nil:
		if p.added == nil {
			return errors.New("facts cannot be added after they were loaded")
		}
		return p.added.add(message.Add)
	case message.Load != nil:
		if p.added == nil {
			return errors.New("facts can be loaded only once")
		}
		loaded, err := loadCluster(p.added, message.Load.DisabledPlugins)
		p.added, p.cluster = nil, loaded
		return err
	case message.Trial != nil:
		if p.cluster == nil {
			return errors.New("no facts are loaded")
		}
		result, err := p.cluster.try(message.Trial)
		answer.Trial = result
		return err
	case message.Survey != nil:
		if p.cluster == nil {
			return errors.New("no facts are loaded")
		}
		result, err := p.cluster.survey(message.Survey)
		answer.Survey = result
		return err
	default:
		return errors.New("the request has neither facts, nor load, nor trial, nor survey")
	}
}
