package subindex

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
)

const millionPatterns = 1_000_000

// million is an index of 1,000,000 patterns: half without wildcards, half with.
func million(b *testing.B) *Index[int] {
	index := New[int](counter())
	for i := range millionPatterns / 4 {
		for k, text := range []string{
			fmt.Sprintf("shop.%d.orders.%d", i%1000, i),
			fmt.Sprintf("user.%d.inbox", i),
			fmt.Sprintf("shop.%d.*.%d.#", i%1000, i),
			fmt.Sprintf("user.%d.room*", i),
		} {
			index.Add(parse(b, text), 4*i+k)
		}
	}
	runtime.GC() // what making it has left behind is not what is measured
	return index
}

// BenchmarkMatchCached looks up 1,000 channels that are asked for all the time.
func BenchmarkMatchCached(b *testing.B) {
	index := million(b)
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprintf("shop.%d.orders.%d", i, i)
	}
	for range 20 { // until the cache has grown
		for _, name := range names {
			index.Match(name)
		}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if index.Match(names[i%1000]) == nil {
			b.Fatal("nothing found")
		}
		i++
	}
}

// BenchmarkMatchUncached looks up channels that were not asked for before.
func BenchmarkMatchUncached(b *testing.B) {
	index := million(b)
	names := make([]string, millionPatterns/4)
	for i := range names {
		names[i] = fmt.Sprintf("shop.%d.orders.%d", i%1000, i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if index.lookUp(names[i%len(names)]) == nil {
			b.Fatal("nothing found")
		}
		i++
	}
}

func benchmarkSubscribe(b *testing.B, format string) {
	index := million(b)
	patterns := make([]channel.Pattern, 10_000)
	for i := range patterns {
		patterns[i] = parse(b, fmt.Sprintf(format, i))
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p := patterns[i%len(patterns)]
		index.Add(p, 1)
		index.Remove(p, 1)
		i++
	}
}

// BenchmarkSubscribeLiteral adds and removes a pattern without wildcards.
func BenchmarkSubscribeLiteral(b *testing.B) { benchmarkSubscribe(b, "new.%d.inbox") }

// BenchmarkSubscribeWildcard adds and removes a pattern with wildcards.
func BenchmarkSubscribeWildcard(b *testing.B) { benchmarkSubscribe(b, "new.%d.*.#") }
