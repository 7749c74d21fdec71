package subindex

import (
	"slices"
	"strings"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
)

// trie holds entries by the normal form of their patterns: a list of one-token
// matchers, open or closed at the end. Patterns of different text may share a
// place.
type trie[S comparable] struct {
	root    node[S]
	entries int
}

type node[S comparable] struct {
	literal map[string]*node[S]
	prefix  *prefixes[S] // nil: none
	any     *node[S]
	closed  list[*Entry[S]] // match when the channel ends here
	open    list[*Entry[S]] // match whatever follows, even nothing
}

func (n *node[S]) empty() bool {
	return len(n.literal) == 0 && n.prefix == nil && n.any == nil && len(n.closed.all) == 0 && len(n.open.all) == 0
}

// place is the list at n that an entry of p stands in.
func (n *node[S]) place(p channel.Pattern) *list[*Entry[S]] {
	if p.Open() {
		return &n.open
	}
	return &n.closed
}

func (n *node[S]) child(m channel.Matcher) *node[S] {
	switch m.Kind {
	case channel.Literal:
		return n.literal[m.Text]
	case channel.Prefix:
		return n.prefix.get(m.Text)
	default:
		return n.any
	}
}

func (n *node[S]) setChild(m channel.Matcher, child *node[S]) {
	switch {
	case m.Kind == channel.Prefix:
		n.prefix = n.prefix.with(m.Text, child)
	case m.Kind == channel.Any:
		n.any = child
	case child == nil:
		delete(n.literal, m.Text)
	default:
		if n.literal == nil {
			n.literal = map[string]*node[S]{}
		}
		n.literal[m.Text] = child
	}
}

func (t *trie[S]) find(p channel.Pattern) *Entry[S] {
	n := &t.root
	for _, m := range p.Matchers() {
		if n = n.child(m); n == nil {
			return nil
		}
	}
	for _, e := range n.place(p).all {
		if e.Pattern == p.String() {
			return e
		}
	}
	return nil
}

func (t *trie[S]) insert(p channel.Pattern, e *Entry[S]) {
	n := &t.root
	for _, m := range p.Matchers() {
		next := n.child(m)
		if next == nil {
			next = new(node[S])
			n.setChild(m, next)
		}
		n = next
	}
	n.place(p).add(e)
	t.entries++
}

// remove takes e away, with the nodes that nobody needs any more.
func (t *trie[S]) remove(p channel.Pattern, e *Entry[S]) {
	matchers := p.Matchers()
	path := make([]*node[S], 0, len(matchers)+1)
	n := &t.root
	for _, m := range matchers {
		path = append(path, n)
		n = n.child(m)
	}
	place := n.place(p)
	place.remove(slices.Index(place.all, e))
	t.entries--
	for i := len(path) - 1; i >= 0 && n.empty(); i-- {
		path[i].setChild(matchers[i], nil)
		n = path[i]
	}
}

// match appends to found the entries below n that match rest, the tokens of the
// channel that are left; more is false when none is left.
func (n *node[S]) match(rest string, more bool, found []*Entry[S]) []*Entry[S] {
	found = append(found, n.open.all...)
	if !more {
		return append(found, n.closed.all...)
	}
	token, tail, more := strings.Cut(rest, ".")
	if child := n.literal[token]; child != nil {
		found = child.match(tail, more, found)
	}
	if n.prefix != nil {
		for _, length := range n.prefix.lengths {
			if int(length) > len(token) {
				break
			}
			if child := n.prefix.get(token[:length]); child != nil {
				found = child.match(tail, more, found)
			}
		}
	}
	if n.any != nil {
		found = n.any.match(tail, more, found)
	}
	return found
}
