package main

import (
	"container/heap"
	"fmt"
	"slices"

	fwk "k8s.io/kube-scheduler/framework"
)

// Of kube-scheduler's schedule_one.go, where they are not exported.
const (
	minFeasibleNodesToFind           = 100
	minFeasibleNodesPercentageToFind = 5
)

// feasibleNodesToFind is how many fitting nodes kube-scheduler scores: in a large cluster not all.
func feasibleNodesToFind(all int) int {
	if all < minFeasibleNodesToFind {
		return all
	}
	percentage := max(50-all/125, minFeasibleNodesPercentageToFind)
	return max(all*percentage/100, minFeasibleNodesToFind)
}

// chooseByScore is kube-scheduler's choice. Of several nodes with the highest score it takes one at random; this takes the first.
func (s *search) chooseByScore() (int, error) {
	count, wanted := s.count(), feasibleNodesToFind(s.count())
	feasible := make([]int, 0, wanted)
	for i := 0; i < count && len(feasible) < wanted; i++ {
		position := s.at((s.nextStart + i) % count)
		fits, err := s.fits(position)
		if err != nil {
			return -1, err
		}
		if fits {
			feasible = append(feasible, position)
		}
	}
	all := len(s.cluster.lister.list)
	s.nextStart = (s.nextStart + len(feasible) + len(s.statuses)) % all
	switch len(feasible) {
	case 0:
		return -1, nil
	case 1:
		return feasible[0], nil
	default:
		return s.highestScore(feasible)
	}
}

func (s *search) highestScore(feasible []int) (int, error) {
	infos := make([]fwk.NodeInfo, len(feasible))
	for i, position := range feasible {
		infos[i] = s.cluster.lister.list[position]
	}
	if status := s.plugins.RunPreScorePlugins(s.ctx, s.cycle.state, s.cycle.pod.Pod, infos); !status.IsSuccess() {
		return -1, status.AsError()
	}
	totals, err := s.score(infos)
	if err != nil {
		return -1, err
	}
	best := 0
	for i, total := range totals {
		if total > totals[best] {
			best = i
		}
	}
	return feasible[best], nil
}

// score is RunScorePlugins without its metrics and the scores by plugin: the weighted sum of each node.
func (s *search) score(infos []fwk.NodeInfo) ([]int64, error) {
	state, incoming := s.cycle.state, s.cycle.pod.Pod
	totals, scores := make([]int64, len(infos)), make(fwk.NodeScoreList, len(infos))
	for _, scorer := range s.plugins.scorers {
		if state.GetSkipScorePlugins().Has(scorer.name) {
			continue
		}
		for i, info := range infos {
			score, status := scorer.Score(s.ctx, state, incoming, info)
			if !status.IsSuccess() {
				return nil, fmt.Errorf("running Score plugins: plugin %q failed with: %w", scorer.name, status.AsError())
			}
			scores[i] = fwk.NodeScore{Name: info.Node().Name, Score: score}
		}
		if extensions := scorer.ScoreExtensions(); extensions != nil {
			if status := extensions.NormalizeScore(s.ctx, state, incoming, scores); !status.IsSuccess() {
				return nil, fmt.Errorf("running Normalize on Score plugins: plugin %q failed with: %w", scorer.name, status.AsError())
			}
		}
		for i, score := range scores {
			if score.Score > fwk.MaxNodeScore || score.Score < fwk.MinNodeScore {
				return nil, fmt.Errorf("plugin %q returns the score %d, which is out of range", scorer.name, score.Score)
			}
			totals[i] += score.Score * scorer.weight
		}
	}
	return totals, nil
}

// choosePreferred takes the first of the preferred nodes that fits.
func (s *search) choosePreferred() (int, error) {
	for _, node := range s.request.Preferred {
		if node < 0 || int(node) >= len(s.infos) || s.infos[node] == nil {
			continue
		}
		position := s.listed[node]
		if s.nodes != nil && !slices.Contains(s.nodes, position) {
			continue
		}
		fits, err := s.fits(position)
		if err != nil || fits {
			return position, err
		}
	}
	return -1, nil
}

// chooseByShare takes the fitting node whose share of requested CPU and memory after the placement is the largest or the smallest. Nodes are
// filtered in that order, so few are.
func (s *search) chooseByShare(fullest bool) (int, error) {
	resources := s.cycle.pod.CalculateResource()
	order := s.candidates[:0]
	for i := range s.count() {
		position := s.at(i)
		info := s.cluster.lister.list[position]
		used, allocatable := info.GetNonZeroRequested(), info.GetAllocatable()
		share := shareOf(used.GetMilliCPU()+resources.Non0CPU, allocatable.GetMilliCPU()) +
			shareOf(used.GetMemory()+resources.Non0Mem, allocatable.GetMemory())
		if fullest {
			share = -share
		}
		order = append(order, candidate{position, share})
	}
	s.candidates = order
	heap.Init(&order)
	for order.Len() > 0 {
		next := heap.Pop(&order).(candidate)
		fits, err := s.fits(next.position)
		if err != nil || fits {
			return next.position, err
		}
	}
	return -1, nil
}

func shareOf(used, allocatable int64) float64 {
	if allocatable <= 0 {
		return 1
	}
	return float64(used) / float64(allocatable)
}

type candidate struct {
	position int
	share    float64
}

// candidates is a heap: the smallest share first, then the first node.
type candidates []candidate

func (c candidates) Len() int { return len(c) }
func (c candidates) Less(i, j int) bool {
	if c[i].share != c[j].share {
		return c[i].share < c[j].share
	}
	return c[i].position < c[j].position
}
func (c candidates) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *candidates) Push(x any)   { *c = append(*c, x.(candidate)) }
func (c *candidates) Pop() any {
	last := len(*c) - 1
	popped := (*c)[last]
	*c = (*c)[:last]
	return popped
}
