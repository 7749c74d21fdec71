package channel_test

import (
	"testing"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
)

// benchSink keeps the compiler from dropping the measured calls.
var benchSink bool

func BenchmarkMatch(b *testing.B) {
	const name = "orders.eu-west.customer-1234.items"
	for _, text := range []string{name, "orders.*.customer-1234.*", "orders.eu*.#", "#", "orders.us.>"} {
		b.Run(text, func(b *testing.B) {
			p := pattern(b, text)
			b.ReportAllocs()
			for b.Loop() {
				benchSink = p.Match(name)
			}
		})
	}
}

func BenchmarkParsePattern(b *testing.B) {
	for _, text := range []string{"a.#", "orders.eu-west.customer-1234.items", "orders.*.customer*.>"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := channel.ParsePattern(text, channel.MaxChannelBytes)
				benchSink = err == nil
			}
		})
	}
}

func BenchmarkCheckChannel(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		benchSink = channel.CheckChannel("orders.eu-west.customer-1234.items", channel.MaxChannelBytes) == nil
	}
}

func BenchmarkRuleMatches(b *testing.B) {
	r := publishRule(b, "orders.(eu*|us*).*.#")
	b.ReportAllocs()
	for b.Loop() {
		benchSink = r.Matches("orders.us-east.customer-1234.items")
	}
}

func BenchmarkRuleContains(b *testing.B) {
	r, p := subscribeRule(b, "orders.(eu*|us*).?.#"), pattern(b, "orders.us-east.customer-1234.>")
	b.ReportAllocs()
	for b.Loop() {
		benchSink = r.Contains(p)
	}
}
