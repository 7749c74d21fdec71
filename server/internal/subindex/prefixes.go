package subindex

import "slices"

// prefixes finds the children of a node for the prefixes of a token. It looks
// up only those lengths that occur.
type prefixes[S comparable] struct {
	nodes   map[string]*node[S]
	lengths []uint16 // ascending
	count   map[uint16]int
}

// get is the child for a prefix; none has any when p is nil.
func (p *prefixes[S]) get(prefix string) *node[S] {
	if p == nil {
		return nil
	}
	return p.nodes[prefix]
}

// with puts a child in place; nil takes it away. It returns what is left, nil for
// nothing.
func (p *prefixes[S]) with(prefix string, child *node[S]) *prefixes[S] {
	length := uint16(len(prefix)) //nolint:gosec // a pattern is at most 65535 bytes
	if p == nil {
		p = &prefixes[S]{nodes: map[string]*node[S]{}, count: map[uint16]int{}}
	}
	if child == nil {
		p.remove(prefix, length)
	} else {
		p.set(prefix, length, child)
	}
	if len(p.nodes) == 0 {
		return nil
	}
	return p
}

func (p *prefixes[S]) set(prefix string, length uint16, child *node[S]) {
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
