package admission_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/bolt"
)

// BenchmarkAdmit measures what a connecting client costs; the goal is 20 µs with
// the store in memory.
func BenchmarkAdmit(b *testing.B) {
	d := newDoor(b, admission.Options{Region: "eu"})
	b.Run("memory", d.benchmark)
	file, err := bolt.Open(b.TempDir())
	require.NoError(b, err)
	require.NoError(b, d.store.Close())
	d.store.Store = file
	b.Run("bolt", d.benchmark)
}

func (d *door) benchmark(b *testing.B) {
	from := admission.Credentials{IP: netip.MustParseAddr("192.0.2.1"), Origin: "https://app.example.com"}
	many := make([]string, 5000)
	for n := range many {
		many[n] = d.issue(b, nil)
	}
	for name, tokens := range map[string][]string{
		"one token": {d.issue(b, nil)},
		"restricted": {d.issue(b, func(r *token.Record) {
			r.Right.IPMasks, r.Right.Regions, r.Right.Origins = []string{"198.51.100.0/24", "192.0.2.0/24"}, []string{"us", "eu"}, []string{"https://app.example.com"}
		})},
		"1000 rules": {d.issue(b, func(r *token.Record) {
			for n := range 1000 {
				r.Right.Grants[0].Publish = append(r.Right.Grants[0].Publish, fmt.Sprintf("a.b%d.#", n))
			}
		})},
		"5000 tokens": many,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for n := 0; pb.Next(); n++ {
					c := from
					c.Token = tokens[n%len(tokens)]
					if _, err := d.Admit(b.Context(), c); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
