package authz_test

import (
	"fmt"
	"testing"

	"github.com/fastpubsub/fastpubsub/server/internal/authz"
)

// benchSink keeps the compiler from dropping the measured calls.
var benchSink bool

// manyGrants is one grant for each of n tenants and n literal rules in "~".
func manyGrants(n int) []authz.Grant {
	var grants []authz.Grant
	for i := range n {
		room := fmt.Sprintf("room.%d", i)
		grants = append(grants,
			authz.Grant{Tenants: []string{fmt.Sprintf("tenant-%d", i)}, Publish: []string{"orders.#"}, Subscribe: []string{"orders.#"}},
			authz.Grant{Publish: []string{room}, Subscribe: []string{room}, Tenants: []string{""}})
	}
	return grants
}

func BenchmarkMayPublish(b *testing.B) {
	for _, n := range []int{1, 1000} {
		rights := compile(b, manyGrants(n)...)
		last := fmt.Sprintf("tenant-%d", n-1)
		room := fmt.Sprintf("room.%d", n-1)
		b.Run(fmt.Sprintf("other rule, %d grants", 2*n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				benchSink = rights.MayPublish(last, "orders.eu.items")
			}
		})
		b.Run(fmt.Sprintf("literal rule, %d grants", 2*n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				benchSink = rights.MayPublish("~", room)
			}
		})
	}
}

func BenchmarkMaySubscribe(b *testing.B) {
	rights := compile(b, manyGrants(1000)...)
	open, literal := pattern(b, "orders.eu.>"), pattern(b, "room.999")
	b.Run("other rule", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			benchSink = rights.MaySubscribe("tenant-999", open)
		}
	})
	b.Run("literal rule", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			benchSink = rights.MaySubscribe("~", literal)
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{1, 1000} {
		grants := manyGrants(n)
		b.Run(fmt.Sprintf("%d grants", 2*n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rights, err := authz.Compile(grants, authz.Limits{})
				benchSink = rights != nil && err == nil
			}
		})
	}
}
