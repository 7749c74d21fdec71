package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// Benchmark measures the reads and writes that clients and administrators wait
// for.
func Benchmark(b *testing.B, store tokenstore.Store) {
	many := plain("many", start)
	for n := range 1000 {
		many.Right.Grants = append(many.Right.Grants, authz.Grant{Tenants: []string{fmt.Sprint("tenant-", n)}, Publish: []string{"a.b.#"}, Subscribe: []string{"a.#"}})
	}
	for _, record := range []token.Record{full("usual"), many} {
		require.NoError(b, store.Create(b.Context(), record))
	}
	for _, id := range []string{"usual", "many", "unknown"} {
		b.Run("get "+id, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = store.Get(b.Context(), id)
			}
		})
	}
	var number atomic.Int64
	b.Run("create alone", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, store.Create(b.Context(), full(fmt.Sprint(number.Add(1)))))
		}
	})
	b.Run("create together", func(b *testing.B) {
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				require.NoError(b, store.Create(b.Context(), full(fmt.Sprint(number.Add(1)))))
			}
		})
	})
}
