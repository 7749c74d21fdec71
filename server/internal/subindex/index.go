// Package subindex finds the subscribers of a channel: an index of patterns for
// one tenant, with a cache of answers in front.
//
// A pattern without wildcards sits in a hash table; the others sit in a trie of
// one-token matchers. The answer to a channel is the set of patterns that match
// it and, for each different set of patterns that some subscriber has among
// them, who those subscribers are: what a message has to be encoded for, once
// each.
//
// Reading a cached answer takes no lock and allocates nothing.
package subindex

import (
	"sync"
	"sync/atomic"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
)

// Entry is a pattern that somebody subscribes to.
type Entry[S comparable] struct {
	// Handle is the number of the pattern, unique in the process.
	Handle uint64
	// Pattern is its text.
	Pattern string

	members members[S] // guarded by Index.mu
	version atomic.Uint64
	alone   atomic.Pointer[Result[S]] // the answer when this is the only match
	joints  map[string]struct{}       // keys of the answers with others; guarded by joints.mu
}

// Index is the patterns of one tenant and their subscribers. Any goroutine may
// use it.
type Index[S comparable] struct {
	nextHandle func() uint64

	mu       sync.RWMutex
	literals map[string]*Entry[S]
	trie     trie[S]
	joints   joints[S]
	dead     bool

	// shape counts the changes of the trie: a cached answer of an older shape is
	// no answer.
	shape atomic.Uint64
	cache cache[S]
}

// New makes an empty index. nextHandle gives numbers for patterns.
func New[S comparable](nextHandle func() uint64) *Index[S] {
	return &Index[S]{nextHandle: nextHandle, literals: map[string]*Entry[S]{}}
}

// Add subscribes s to p, and says which entry that is, whether s is new on it
// (a second time changes nothing), and whether the entry is new. Once Add has
// returned every Match finds it. It fails only on an index that Retire has
// closed.
func (x *Index[S]) Add(p channel.Pattern, s S) (e *Entry[S], added, created, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.dead {
		return nil, false, false, false
	}
	if e = x.find(p); e == nil {
		e = &Entry[S]{Handle: x.nextHandle(), Pattern: p.String()}
		x.insert(p, e)
		created = true
	}
	added = e.members.add(s)
	if added {
		e.version.Add(1)
	}
	return e, added, created, true
}

// Remove ends the subscription of s to p, and says whether there was one and
// whether it was the entry's last.
func (x *Index[S]) Remove(p channel.Pattern, s S) (removed, last bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e := x.find(p)
	if e == nil || !e.members.remove(s) {
		return false, false
	}
	e.version.Add(1)
	if e.members.len() > 0 {
		return true, false
	}
	x.delete(p, e)
	return true, true
}

// Retire closes the index if nobody subscribes to anything, and says whether it
// is closed.
func (x *Index[S]) Retire() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.dead = x.dead || len(x.literals) == 0 && x.trie.entries == 0
	return x.dead
}

// Len is how many patterns are subscribed to.
func (x *Index[S]) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.literals) + x.trie.entries
}

func (x *Index[S]) find(p channel.Pattern) *Entry[S] {
	if p.Literal() {
		return x.literals[p.String()]
	}
	return x.trie.find(p)
}

func (x *Index[S]) insert(p channel.Pattern, e *Entry[S]) {
	if p.Literal() {
		x.literals[p.String()] = e
		x.cache.forget(p.String())
		return
	}
	x.trie.insert(p, e)
	x.shape.Add(1)
}

func (x *Index[S]) delete(p channel.Pattern, e *Entry[S]) {
	if p.Literal() {
		delete(x.literals, p.String())
		x.cache.forget(p.String())
	} else {
		x.trie.remove(p, e)
		x.shape.Add(1)
	}
	x.joints.forget(e)
}
