package memory_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/memory"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	storetest.Run(t, func(*testing.T) tokenstore.Store { return memory.New() })
}
