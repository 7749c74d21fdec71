package server_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server"
)

// TestWrongConfig names each field that is wrong (CL-3).
func TestWrongConfig(t *testing.T) {
	for field, change := range map[string]func(*server.Config){
		"HTTPAddr":                   func(c *server.Config) { c.HTTPAddr = "nonsense" },
		"GRPCAddr":                   func(c *server.Config) { c.GRPCAddr = ":99999" },
		"MetricsAddr":                func(c *server.Config) { c.MetricsAddr = "x" },
		"PublicHosts":                func(c *server.Config) { c.PublicHosts = []string{"example.com"} },
		"MasterTokens":               func(c *server.Config) { c.MasterTokens = nil },
		"Overflow":                   func(c *server.Config) { c.Overflow = "explode" },
		"KeepAliveInterval":          func(c *server.Config) { c.KeepAliveInterval = 0 },
		"AuthTimeout":                func(c *server.Config) { c.AuthTimeout = -time.Second },
		"DrainTimeout":               func(c *server.Config) { c.DrainTimeout = -1 },
		"TLS":                        func(c *server.Config) { c.TLS.CertFile = "cert.pem" },
		"TLS.ClientCAFile":           func(c *server.Config) { c.TLS.ClientCAFile = "ca.pem" },
		"Limits.TenantBytes":         func(c *server.Config) { c.Limits.TenantBytes = 0 },
		"Limits.ChannelBytes":        func(c *server.Config) { c.Limits.ChannelBytes = 1 << 16 },
		"Limits.PayloadBytes":        func(c *server.Config) { c.Limits.PayloadBytes = -1 },
		"Limits.TokenTTL":            func(c *server.Config) { c.Limits.TokenTTL = 0 },
		"Limits.Subscriptions":       func(c *server.Config) { c.Limits.Subscriptions = -1 },
		"Limits.ConnectionsPerToken": func(c *server.Config) { c.Limits.ConnectionsPerToken = -1 },
		"Limits.Connections":         func(c *server.Config) { c.Limits.Connections = -1 },
		"Limits.PublishesPerSecond":  func(c *server.Config) { c.Limits.PublishesPerSecond = -1 },
		"Limits.QueueBytes":          func(c *server.Config) { c.Limits.QueueBytes = 100 },
		"Limits.QueueMessages":       func(c *server.Config) { c.Limits.QueueMessages = 0 },
	} {
		c := testConfig()
		change(&c)
		_, err := server.New(c)
		var wrong *server.ConfigError
		require.ErrorAs(t, err, &wrong, field)
		assert.Equal(t, field, wrong.Field)
		assert.NotEmpty(t, wrong.Accepts)
	}
}

// TestSecretsOfConfig never shows a master token that is too short.
func TestSecretsOfConfig(t *testing.T) {
	c := testConfig()
	c.MasterTokens = append(c.MasterTokens, server.NewSecret("too short"))
	_, err := server.New(c)
	require.ErrorContains(t, err, "9 characters")
	assert.NotContains(t, err.Error(), "too short")
}

// TestWrongTLSFiles fails before anything is served (OP-6).
func TestWrongTLSFiles(t *testing.T) {
	c := testConfig()
	c.TLS.CertFile, c.TLS.KeyFile = "missing.pem", "missing.pem"
	_, err := server.New(c)
	assert.ErrorContains(t, err, "missing.pem")
}

// TestPortInUse says so, and lets go of everything.
func TestPortInUse(t *testing.T) {
	first, _ := start(t, testConfig())
	c := testConfig()
	c.GRPCAddr = first.GRPCAddr()
	second, err := server.New(c)
	require.NoError(t, err)
	assert.ErrorContains(t, second.Run(t.Context()), "address already in use")
}

// TestOneServerPerDataDirectory refuses the second with a clear error, and gives
// the directory free at the end (OP-9, CL-7).
func TestOneServerPerDataDirectory(t *testing.T) {
	c := testConfig()
	c.DataDir = filepath.Join(t.TempDir(), "data")
	first, err := server.New(c)
	require.NoError(t, err)
	_, err = server.New(c)
	require.ErrorContains(t, err, "in use by another server")
	require.NoError(t, first.Close())
	second, _ := start(t, c)
	createToken(t, second, grant("t", "#", "#"))
}

// TestTokensSurviveARestart of the server (OP-8).
func TestTokensSurviveARestart(t *testing.T) {
	c := testConfig()
	c.DataDir = t.TempDir()
	first, run := start(t, c)
	token := createToken(t, first, grant("t", "#", "#"))
	first.Drain()
	require.NoError(t, <-run)
	second, _ := start(t, c)
	assert.Empty(t, refusedUpgrade(t, second, token))
}

// TestContextEnds closes live connections at once and says why Run returned.
func TestContextEnds(t *testing.T) {
	s, err := server.New(testConfig())
	require.NoError(t, err)
	ctx, cancel := context.WithCancelCause(t.Context())
	result := make(chan error, 1)
	go func() { result <- s.Run(ctx) }()
	<-s.Ready()
	c := dialWebSocket(t, s, createToken(t, s, grant("t", "#", "#")), "fastpubsub.v1")
	cancel(errors.New("over"))
	_, reason := closingWebSocket(c)(t)
	assert.Equal(t, "DRAINING", reason)
	assert.ErrorIs(t, <-result, context.Canceled)
}
