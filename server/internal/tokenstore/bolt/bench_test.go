package bolt_test

import (
	"testing"

	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/storetest"
)

func BenchmarkStore(b *testing.B) { storetest.Benchmark(b, open(b, b.TempDir())) }
