package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// CL-3: an unknown FASTPUBSUB_ variable is an error.
func TestUnknownVariable(t *testing.T) {
	_, _, err := started{environ: []string{"PATH=/bin", "FASTPUBSUB_HTTP_ADR=:1", "FASTPUBSUB_=x"}}.load(t)
	var fault *UnknownError
	require.ErrorAs(t, err, &fault)
	assert.Contains(t, err.Error(), "unknown variable FASTPUBSUB_HTTP_ADR; did you mean FASTPUBSUB_HTTP_ADDR?")
	assert.Contains(t, err.Error(), "unknown variable FASTPUBSUB_\n")
	_, _, err = started{environ: []string{"FASTPUBSUB_FOO=x"}}.load(t)
	assert.EqualError(t, err, "unknown variable FASTPUBSUB_FOO")
}

func TestVariablesOfOtherCommandsAreKnown(t *testing.T) {
	_, _, err := started{environ: []string{"FASTPUBSUB_URL=ws://x", "FASTPUBSUB_TOKEN=AT_a_b", "FASTPUBSUB_SERVER=http://x"}}.load(t)
	assert.NoError(t, err)
}

func TestLastOfARepeatedVariableHolds(t *testing.T) {
	serve, _, err := started{environ: []string{"FASTPUBSUB_REGION=a", "FASTPUBSUB_REGION=b", "NOTHING"}}.load(t)
	require.NoError(t, err)
	assert.Equal(t, "b", serve.Server.Region)
}

func TestServiceLinksAreNotOurs(t *testing.T) {
	_, _, err := started{environ: []string{
		"FASTPUBSUB_SERVICE_HOST=10.0.0.1",
		"FASTPUBSUB_SERVICE_PORT=8080",
		"FASTPUBSUB_SERVICE_PORT_HTTP=8080",
		"FASTPUBSUB_PORT=tcp://10.0.0.1:8080",
		"FASTPUBSUB_PORT_8080_TCP=tcp://10.0.0.1:8080",
		"FASTPUBSUB_PORT_8080_TCP_PROTO=tcp",
		"FASTPUBSUB_PORT_8080_TCP_PORT=8080",
		"FASTPUBSUB_PORT_8080_TCP_ADDR=10.0.0.1",
		"FASTPUBSUB_GRPC_PORT=tcp://10.0.0.1:9090",
	}}.load(t)
	assert.NoError(t, err)
	for _, mistyped := range []string{"FASTPUBSUB_PORT=8080", "FASTPUBSUB_SERVICE_HOST=x", "FASTPUBSUB_SERVICE_PORT=x", "FASTPUBSUB_HTTP_PORT=8080"} {
		_, _, err := started{environ: []string{mistyped}}.load(t)
		assert.ErrorContains(t, err, "unknown variable", mistyped)
	}
}
