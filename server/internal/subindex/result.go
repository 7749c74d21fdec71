package subindex

import "slices"

// Result is the answer to a channel. It is immutable.
type Result[S comparable] struct {
	// Groups are the subscribers, each once, by their sets of matching patterns.
	Groups []Group[S]
	// Total is how many subscribers there are in all groups.
	Total int

	entries []*Entry[S]
	version uint64 // of the entries, when the groups were made
}

// Group is the subscribers with one set of matching patterns.
type Group[S comparable] struct {
	// Entries are the patterns, at least one.
	Entries []*Entry[S]
	// Subscribers are at least one.
	Subscribers []S
}

// fresh says whether the members are still those of the groups.
func (r *Result[S]) fresh() bool { return version(r.entries) == r.version }

// version is the sum of the entries' versions. None ever falls, so if the sum is the
// same, each of them is.
func version[S comparable](entries []*Entry[S]) uint64 {
	var sum uint64
	for _, e := range entries {
		sum += e.version.Load()
	}
	return sum
}

// Match is the answer to a channel, which must be valid; nil: nobody subscribes
// to it. It finds everything that was added before the call.
func (x *Index[S]) Match(channel string) *Result[S] {
	s := x.cache.get(channel)
	if s != nil && s.shape == x.shape.Load() && (s.result == nil || s.result.fresh()) {
		return s.result
	}
	return x.lookUp(channel)
}

func (x *Index[S]) lookUp(channel string) *Result[S] {
	var space [16]*Entry[S]
	x.mu.RLock()
	result := x.shared(x.matching(channel, space[:0]))
	if result != nil || x.cacheable() {
		x.cache.put(&slot[S]{channel: channel, shape: x.shape.Load(), result: result})
	}
	x.mu.RUnlock()
	return result
}

// cacheable says whether it is worth remembering that nobody subscribes to a
// channel: only if finding that out means a walk.
func (x *Index[S]) cacheable() bool { return x.trie.entries > 0 }

// matching appends to found the entries that match.
func (x *Index[S]) matching(channel string, found []*Entry[S]) []*Entry[S] {
	if e := x.literals[channel]; e != nil {
		found = append(found, e)
	}
	if x.trie.entries > 0 {
		found = x.trie.root.match(channel, true, found)
	}
	return found
}

// shared is a fresh answer for the entries. A large one is the same for all
// channels that match the same entries.
func (x *Index[S]) shared(entries []*Entry[S]) *Result[S] {
	switch {
	case len(entries) == 0:
		return nil
	case len(entries) == 1:
		return alone(entries[0])
	case isSmall(entries):
		return groupSmall(entries)
	default:
		return x.joints.get(slices.Clone(entries))
	}
}

func alone[S comparable](e *Entry[S]) *Result[S] {
	if r := e.alone.Load(); r != nil && r.fresh() {
		return r
	}
	members, entries := e.members.snapshot(), []*Entry[S]{e}
	r := &Result[S]{
		Groups:  []Group[S]{{Entries: entries, Subscribers: members}},
		Total:   len(members),
		entries: entries,
		version: version(entries),
	}
	e.alone.Store(r)
	return r
}
