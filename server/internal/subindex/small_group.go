package subindex

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

// groupSmall is group for few members.
func groupSmall[S comparable](entries []*Entry[S]) *Result[S] {
	r := &Result[S]{entries: append([]*Entry[S](nil), entries...), versions: make([]uint64, len(entries))}
	var space [smallGroup]membership[S]
	found := space[:0]
	for i, e := range entries {
		r.versions[i] = e.version.Load()
		for _, s := range e.members.list {
			found = note(found, s, 1<<i)
		}
	}
	r.Total = len(found)
	r.Groups = bySet(r.entries, found)
	return r
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

// bySet makes a group of all members with the same set.
func bySet[S comparable](entries []*Entry[S], found []membership[S]) []Group[S] {
	groups := make([]Group[S], 0, 1)
	subscribers := make([]S, 0, len(found))
	for i := range found {
		set := found[i].set
		if set == 0 {
			continue // in a group already
		}
		from := len(subscribers)
		for k := i; k < len(found); k++ {
			if found[k].set == set {
				subscribers = append(subscribers, found[k].member)
				found[k].set = 0
			}
		}
		groups = append(groups, Group[S]{Entries: members64(entries, set), Subscribers: subscribers[from:len(subscribers):len(subscribers)]})
	}
	return groups
}

func members64[S comparable](entries []*Entry[S], set uint64) []*Entry[S] {
	if set == 1<<len(entries)-1 {
		return entries
	}
	var chosen []*Entry[S]
	for i, e := range entries {
		if set&(1<<i) != 0 {
			chosen = append(chosen, e)
		}
	}
	return chosen
}
