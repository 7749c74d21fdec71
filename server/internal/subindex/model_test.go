package subindex

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
)

func counter() func() uint64 {
	var last uint64
	return func() uint64 { last++; return last }
}

func parse(t testing.TB, text string) channel.Pattern {
	t.Helper()
	p, err := channel.ParsePattern(text, channel.MaxChannelBytes)
	require.NoError(t, err)
	return p
}

// allPatterns are the patterns of up to three tokens over a small alphabet.
func allPatterns(t testing.TB) []channel.Pattern {
	inner := []string{"a", "b", "ab", "*", "a*"}
	last := append(slices.Clone(inner), "#", ">", "a#", "a>")
	var texts []string
	texts = append(texts, last...)
	for _, x := range inner {
		for _, z := range last {
			texts = append(texts, x+"."+z)
			for _, y := range inner {
				texts = append(texts, x+"."+y+"."+z)
			}
		}
	}
	patterns := make([]channel.Pattern, len(texts))
	for i, text := range texts {
		patterns[i] = parse(t, text)
	}
	return patterns
}

func allChannels() []string {
	tokens := []string{"a", "b", "ab", "aab"}
	level, all := tokens, slices.Clone(tokens)
	for range 3 {
		var next []string
		for _, head := range level {
			for _, token := range tokens {
				next = append(next, head+"."+token)
			}
		}
		level, all = next, append(all, next...)
	}
	return all
}

// model is the naive index: a list of subscriptions.
type model map[string]map[int]bool

func (m model) match(patterns map[string]channel.Pattern, name string) map[int][]string {
	found := map[int][]string{}
	for text, subscribers := range m {
		if patterns[text].Match(name) {
			for s := range subscribers {
				found[s] = append(found[s], text)
			}
		}
	}
	for _, texts := range found {
		slices.Sort(texts)
	}
	return found
}

func flatten(t *testing.T, r *Result[int]) map[int][]string {
	found := map[int][]string{}
	if r == nil {
		return found
	}
	total := 0
	for _, g := range r.Groups {
		var texts []string
		for _, e := range g.Entries {
			texts = append(texts, e.Pattern)
		}
		slices.Sort(texts)
		for _, s := range g.Subscribers {
			require.NotContains(t, found, s, "a subscriber is in two groups (DL-2)")
			found[s] = texts
			total++
		}
	}
	require.Equal(t, r.Total, total)
	return found
}

// TestAgainstModel compares the index with a naive list, through its caches,
// over random subscriptions and their ends (PT-1 to PT-8, DL-2).
func TestAgainstModel(t *testing.T) {
	patterns, channels := allPatterns(t), allChannels()
	byText := map[string]channel.Pattern{}
	for _, p := range patterns {
		byText[p.String()] = p
	}
	random := rand.New(rand.NewPCG(1, 2))
	index, naive := New[int](counter()), model{}
	for step := range 2000 {
		p, s := patterns[random.IntN(len(patterns))], random.IntN(20+400*(step/1000))
		if random.IntN(100) < 45+10*(step/400%2) {
			added := addToModel(naive, p.String(), s)
			e, gotAdded, _, ok := index.Add(p, s)
			require.True(t, ok)
			require.Equal(t, added, gotAdded)
			require.Equal(t, p.String(), e.Pattern)
		} else {
			had := naive[p.String()][s]
			delete(naive[p.String()], s)
			removed, _ := index.Remove(p, s)
			require.Equal(t, had, removed)
		}
		for range 3 {
			name := channels[random.IntN(len(channels))]
			require.Equal(t, naive.match(byText, name), flatten(t, index.Match(name)), "channel %s", name)
		}
	}
	emptyIndex(t, index, naive, byText)
}

func addToModel(m model, text string, s int) bool {
	if m[text] == nil {
		m[text] = map[int]bool{}
	}
	added := !m[text][s]
	m[text][s] = true
	return added
}

// emptyIndex ends every subscription and shows that nothing is left behind.
func emptyIndex(t *testing.T, index *Index[int], naive model, byText map[string]channel.Pattern) {
	require.False(t, index.Retire())
	for text, subscribers := range naive {
		left := len(subscribers)
		for s := range maps.Keys(subscribers) {
			removed, last := index.Remove(byText[text], s)
			left--
			require.True(t, removed)
			require.Equal(t, left == 0, last)
		}
	}
	require.Zero(t, index.Len())
	require.True(t, index.trie.root.empty())
	require.Empty(t, index.joints.byKey)
	require.True(t, index.Retire())
	_, _, _, ok := index.Add(parse(t, "a"), 1)
	require.False(t, ok)
}

// TestManyMembers crosses the bound between scanning and the map of positions.
func TestManyMembers(t *testing.T) {
	var m members[int]
	for i := range 4 * scanLimit {
		require.True(t, m.add(i))
		require.False(t, m.add(i))
	}
	for i := range 4 * scanLimit {
		require.True(t, m.remove(i))
		require.False(t, m.remove(i))
		require.Equal(t, 4*scanLimit-i-1, m.len())
		for k := i + 1; k < 4*scanLimit; k++ {
			require.GreaterOrEqual(t, m.position(k), 0)
		}
	}
}

// TestRemovedAreFree shows that nothing keeps alive who has unsubscribed, nor an entry
// that is gone, however many others there were beside them.
func TestRemovedAreFree(t *testing.T) {
	type subscriber struct{ _ [64]byte }
	for _, pattern := range []string{"news", "news.*"} {
		index := New[*subscriber](counter())
		others := make([]*subscriber, 2)
		for i := range others {
			others[i] = new(subscriber)
		}
		gone := func() weak.Pointer[subscriber] {
			s := new(subscriber)
			index.Add(parse(t, pattern), s)
			for _, other := range others {
				index.Add(parse(t, pattern), other)
			}
			index.Remove(parse(t, pattern), s)
			return weak.Make(s)
		}()
		runtime.GC()
		assert.Nil(t, gone.Value(), pattern)
		runtime.KeepAlive(index)
	}
	index := New[int](counter())
	gone := func() weak.Pointer[Entry[int]] {
		e, _, _, _ := index.Add(parse(t, "#"), 1)
		index.Add(parse(t, "*.#"), 1)
		index.Add(parse(t, "a.#"), 1)
		index.Remove(parse(t, "#"), 1)
		return weak.Make(e)
	}()
	runtime.GC()
	assert.Nil(t, gone.Value())
	runtime.KeepAlive(index)
}

// TestPrefixLengths looks up only lengths that occur (PT-3).
func TestPrefixLengths(t *testing.T) {
	var p *prefixes[int]
	assert.Nil(t, p.get("a"))
	n := new(node[int])
	for _, prefix := range []string{"abc", "a", "xyz", "ab"} {
		p = p.with(prefix, n)
	}
	assert.Equal(t, []uint16{1, 2, 3}, p.lengths)
	p = p.with("abc", nil)
	assert.Equal(t, []uint16{1, 2, 3}, p.lengths)
	p = p.with("xyz", nil).with("a", nil)
	assert.Equal(t, []uint16{2}, p.lengths)
	assert.Nil(t, p.with("ab", nil))
}

// TestSharedAnswers shows that channels with the same matches share one answer.
func TestSharedAnswers(t *testing.T) {
	index := New[int](counter())
	index.Add(parse(t, "#"), 1)
	assert.Same(t, index.Match("a"), index.Match("b.c"))
	for i := range 2 * smallGroup {
		index.Add(parse(t, "a.#"), i)
	}
	assert.Same(t, index.Match("a.x"), index.Match("a.y.z"))
	assert.NotSame(t, index.Match("a.x"), index.Match("b"))
	assert.Len(t, index.Match("a").Groups, 2)
}

// TestJointsAreBounded keeps the shared answers of several entries bounded.
func TestJointsAreBounded(t *testing.T) {
	index := New[int](counter())
	for i := range 2 * smallGroup {
		index.Add(parse(t, "#"), i)
	}
	for i := range 2 * maxJoints {
		name := fmt.Sprintf("c%d", i)
		index.Add(parse(t, name), 2)
		require.Equal(t, 2*smallGroup, index.Match(name).Total)
	}
	assert.LessOrEqual(t, len(index.joints.byKey), maxJoints)
	assert.LessOrEqual(t, len(index.trie.find(parse(t, "#")).joints), maxJoints)
}

// TestCacheGrows finds everything while slots are fought for.
func TestCacheGrows(t *testing.T) {
	index := New[int](counter())
	index.Add(parse(t, "a.*"), 1)
	for range 3 {
		for i := range 2000 {
			require.NotNil(t, index.Match(fmt.Sprintf("a.%d", i)))
			require.Nil(t, index.Match(fmt.Sprintf("b.%d", i)))
		}
	}
	assert.Greater(t, len(*index.cache.slots.Load()), 1000)
}

// TestConcurrentUse subscribes, unsubscribes and matches from many goroutines;
// what a goroutine has added it must find, and what it has removed it must not.
func TestConcurrentUse(t *testing.T) {
	index := New[int](counter())
	shared := parse(t, "x.#")
	done := make(chan struct{})
	for g := range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			own := parse(t, fmt.Sprintf("x.%d.*", g))
			name := fmt.Sprintf("x.%d.%s", g, strings.Repeat("y", g+1))
			for range 3000 {
				index.Add(own, g)
				index.Add(shared, g)
				if !contains(index.Match(name), g, 2) {
					t.Errorf("%d does not find what it added", g)
				}
				index.Remove(own, g)
				if !contains(index.Match(name), g, 1) {
					t.Errorf("%d finds what it removed", g)
				}
				index.Remove(shared, g)
			}
		}()
	}
	for range 4 {
		<-done
	}
	assert.True(t, index.Retire())
}

func contains(r *Result[int], subscriber, entries int) bool {
	if r == nil {
		return false
	}
	for _, g := range r.Groups {
		if slices.Contains(g.Subscribers, subscriber) {
			return len(g.Entries) == entries
		}
	}
	return false
}
