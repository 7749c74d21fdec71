package session

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
)

// The list and its places are what a map would be, few subscriptions or many.
func TestSubscriptionsAgainstModel(t *testing.T) {
	for _, most := range []int{1, 3, searchMost, searchMost + 1, 10 * searchMost} {
		random := rand.New(rand.NewPCG(5, uint64(most)))
		s, model := new(Session), map[subscriptionKey]uint64{}
		for step := range 5000 {
			n := random.IntN(most)
			tenant, name := fmt.Sprint("t", n%3), fmt.Sprint("a.", n)
			key := subscriptionKey{tenant, name}
			handle, held := model[key]
			at := s.find(key)
			require.Equal(t, held, at >= 0)
			switch {
			case !held:
				pattern, err := channel.ParsePattern(name, channel.MaxChannelBytes)
				require.NoError(t, err)
				model[key] = uint64(step)
				s.keep(subscription{tenant, pattern, hub.Match{Handle: uint64(step), Pattern: name}})
			case random.IntN(2) == 0:
				require.Equal(t, handle, s.subscriptions[at].match.Handle)
				delete(model, key)
				s.forget(at)
			}
			require.Len(t, s.subscriptions, len(model))
		}
		for key, handle := range model {
			at := s.find(key)
			require.GreaterOrEqual(t, at, 0)
			assert.Equal(t, handle, s.subscriptions[at].match.Handle)
		}
	}
}
