package nodetest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
)

// PT-1 to PT-8: the test server matches as a real one does.
func TestMatchVectors(t *testing.T) {
	cases, err := vectors.Matches()
	require.NoError(t, err)
	for _, c := range cases {
		assert.Equal(t, c.Matches, matches(c.Pattern, c.Channel), c.Name)
	}
}
