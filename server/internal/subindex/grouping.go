package subindex

import "slices"

// group sorts the members of several entries into groups of those that are on
// the same entries, by refining the groups entry by entry.
func group[S comparable](entries []*Entry[S]) *Result[S] {
	r := &Result[S]{entries: entries, version: version(entries)}
	p := partition[S]{of: map[S]int{}, sets: [][]*Entry[S]{nil}, sizes: []int{0}}
	for _, e := range entries {
		p.refine(e)
	}
	r.Groups, r.Total = p.groups(), len(p.of)
	return r
}

// partition is sets of entries, and which of them each member is on. Set 0 is
// the empty one.
type partition[S comparable] struct {
	of    map[S]int
	sets  [][]*Entry[S]
	sizes []int
}

// refine moves the members of e from their sets to those with e.
func (p *partition[S]) refine(e *Entry[S]) {
	moved := make(map[int]int)
	for _, s := range e.members.list.all {
		from := p.of[s]
		to, ok := moved[from]
		if !ok {
			to = len(p.sets)
			moved[from] = to
			p.sets = append(p.sets, append(slices.Clip(p.sets[from]), e))
			p.sizes = append(p.sizes, 0)
		}
		p.of[s] = to
		p.sizes[to]++
		if from > 0 {
			p.sizes[from]--
		}
	}
}

func (p *partition[S]) groups() []Group[S] {
	at := make([]int, len(p.sets))
	var groups []Group[S]
	for set, size := range p.sizes {
		if size > 0 {
			at[set] = len(groups)
			groups = append(groups, Group[S]{Entries: p.sets[set], Subscribers: make([]S, 0, size)})
		}
	}
	for s, set := range p.of {
		g := &groups[at[set]]
		g.Subscribers = append(g.Subscribers, s)
	}
	return groups
}
