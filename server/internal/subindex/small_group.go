package subindex

import (
	"math/bits"
	"slices"
)

// smallGroup is up to how many members, in all entries together, scanning them
// is cheaper than maps, and an answer so small that sharing it between channels
// saves nothing.
const smallGroup = 32

// isSmall says whether groupSmall takes the entries.
func isSmall[S comparable](entries []*Entry[S]) bool {
	if len(entries) > 64 {
		return false
	}
	total := 0
	for _, e := range entries {
		total += e.members.len()
	}
	return total <= smallGroup
}

// membership is the entries that a member is on, as bits.
type membership[S comparable] struct {
	member S
	set    uint64
}

// groupSmall is group for few members. It keeps nothing of the list of entries.
func groupSmall[S comparable](entries []*Entry[S]) *Result[S] {
	var space [smallGroup]membership[S]
	found := space[:0]
	for i, e := range entries {
		for _, s := range e.members.list.all {
			found = note(found, s, 1<<i)
		}
	}
	return bySet(entries, found)
}

func note[S comparable](found []membership[S], s S, bit uint64) []membership[S] {
	for k := range found {
		if found[k].member == s {
			found[k].set |= bit
			return found
		}
	}
	return append(found, membership[S]{s, bit})
}

// bySet makes a group of all members with the same set. What it makes has its final
// size from the start: this is what an answer that was not remembered costs.
func bySet[S comparable](entries []*Entry[S], found []membership[S]) *Result[S] {
	sets, inSets := distinct(found)
	list := append(make([]*Entry[S], 0, len(entries)+inSets), entries...)
	r := &Result[S]{
		Groups: make([]Group[S], 0, sets), Total: len(found),
		entries: list[:len(entries):len(entries)], version: version(entries),
	}
	subscribers := make([]S, 0, len(found))
	for i := range found {
		if isRepeated(found, i) {
			continue
		}
		from, of := len(subscribers), len(list)
		for k := i; k < len(found); k++ {
			if found[k].set == found[i].set {
				subscribers = append(subscribers, found[k].member)
			}
		}
		list = appendSet(list, entries, found[i].set)
		r.Groups = append(r.Groups, Group[S]{
			Entries: slices.Clip(list[of:]), Subscribers: slices.Clip(subscribers[from:]),
		})
	}
	return r
}

// distinct is how many different sets there are, and how many entries in them.
func distinct[S comparable](found []membership[S]) (sets, entries int) {
	for i := range found {
		if !isRepeated(found, i) {
			sets++
			entries += bits.OnesCount64(found[i].set)
		}
	}
	return sets, entries
}

// isRepeated says whether a member before the i-th has the same set.
func isRepeated[S comparable](found []membership[S], i int) bool {
	for k := range i {
		if found[k].set == found[i].set {
			return true
		}
	}
	return false
}

func appendSet[S comparable](list, entries []*Entry[S], set uint64) []*Entry[S] {
	for i, e := range entries {
		if set&(1<<i) != 0 {
			list = append(list, e)
		}
	}
	return list
}
