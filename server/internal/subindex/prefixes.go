package subindex

import "slices"

// prefixes finds the children of a node for the prefixes of a token. It looks
// up only those lengths that occur.
type prefixes[S comparable] struct {
	nodes   map[string]*node[S]
	lengths []uint16 // ascending
	count   map[uint16]int
}

func (p *prefixes[S]) empty() bool { return len(p.nodes) == 0 }

func (p *prefixes[S]) get(prefix string) *node[S] { return p.nodes[prefix] }

// set puts a child in place; nil takes it away.
func (p *prefixes[S]) set(prefix string, child *node[S]) {
	length := uint16(len(prefix)) //nolint:gosec // a pattern is at most 65535 bytes
	if child == nil {
		p.remove(prefix, length)
		return
	}
	if p.nodes == nil {
		p.nodes, p.count = map[string]*node[S]{}, map[uint16]int{}
	}
	p.nodes[prefix] = child
	if p.count[length]++; p.count[length] == 1 {
		at, _ := slices.BinarySearch(p.lengths, length)
		p.lengths = slices.Insert(p.lengths, at, length)
	}
}

func (p *prefixes[S]) remove(prefix string, length uint16) {
	delete(p.nodes, prefix)
	if p.count[length]--; p.count[length] > 0 {
		return
	}
	delete(p.count, length)
	at, _ := slices.BinarySearch(p.lengths, length)
	p.lengths = slices.Delete(p.lengths, at, at+1)
}
