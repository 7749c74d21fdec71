package name_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/name"
)

const (
	tenantBytes  = 128
	channelBytes = 256
)

// SDK-16, CH-1, CH-4: tenants.
func TestTenantVectors(t *testing.T) {
	cases, err := vectors.Tenants()
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			got, err := name.Tenant(c.Tenant, tenantBytes)
			requireOutcome(t, c.Valid, c.Reason, err)
			if c.Valid {
				assert.Equal(t, c.Normalized, got)
			}
		})
	}
}

// SDK-16, CH-2, CH-3: channels.
func TestChannelVectors(t *testing.T) {
	cases, err := vectors.Channels()
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			requireOutcome(t, c.Valid, c.Reason, name.Channel(c.Channel, channelBytes))
		})
	}
}

// SDK-16, CH-7, CH-8, CH-9: patterns.
func TestPatternVectors(t *testing.T) {
	cases, err := vectors.Patterns()
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			requireOutcome(t, c.Valid, c.Reason, name.Pattern(c.Pattern, channelBytes))
		})
	}
}

func requireOutcome(t *testing.T, valid bool, reason string, err error) {
	t.Helper()
	if valid {
		require.NoError(t, err)
		return
	}
	var refusal *fault.Fault
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, reason, string(refusal.Reason))
	assert.NotEmpty(t, refusal.Text)
}

// The server's limits count, not the defaults.
func TestLimitsAreTheServers(t *testing.T) {
	long := strings.Repeat("a", 300)
	require.NoError(t, name.Channel(long, 300))
	require.NoError(t, name.Pattern(long, 300))
	_, err := name.Tenant(long, 300)
	require.NoError(t, err)
	require.Error(t, name.Channel("abcd", 3))
	require.Error(t, name.Pattern("abcd", 3))
	_, err = name.Tenant("abcd", 3)
	require.Error(t, err)
}

// Every channel is a pattern, and no name makes the checks panic.
func FuzzEveryChannelIsAPattern(f *testing.F) {
	for _, seed := range []string{"a", "a.b", "a..b", ".", "*", "a.*", "a#", "a>.b", "\xff", "ä", strings.Repeat("a", 257)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		channel, pattern := name.Channel(text, channelBytes), name.Pattern(text, channelBytes)
		if channel == nil {
			require.NoError(t, pattern)
		}
		if pattern != nil {
			var refusal *fault.Fault
			require.True(t, errors.As(pattern, &refusal))
		}
	})
}
