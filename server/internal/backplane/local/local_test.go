package local_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/backplane"
	"github.com/fastpubsub/fastpubsub/server/internal/backplane/backplanetest"
	"github.com/fastpubsub/fastpubsub/server/internal/backplane/local"
)

func TestBus(t *testing.T) {
	backplanetest.Run(t, 3, func(_ *testing.T, n int) []backplane.Backplane {
		bus, members := local.NewBus(), make([]backplane.Backplane, n)
		for i := range members {
			members[i] = bus.Member(fmt.Sprintf("node-%d", i))
		}
		return members
	})
}

func TestAlone(t *testing.T) {
	backplanetest.Run(t, 1, func(*testing.T, int) []backplane.Backplane {
		return []backplane.Backplane{new(local.Alone)}
	})
}

// TestNamesAreUnique refuses a second node of one name.
func TestNamesAreUnique(t *testing.T) {
	bus := local.NewBus()
	require.NoError(t, bus.Member("a").Join(t.Context(), nil))
	assert.Equal(t, apierror.BackplaneUnavailable, apierror.ReasonOf(bus.Member("a").Join(t.Context(), nil)))
}
