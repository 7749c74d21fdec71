package mutation_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/mutation"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/interop"
)

// TestTry tells a fault that is caught from one that is not, and from one that
// cannot be tried.
func TestTry(t *testing.T) {
	laboratory := &mutation.Laboratory{Root: root, Folder: t.TempDir(), Cases: interop.All(), Transports: []scenario.Transport{scenario.GRPC}}
	require.NoError(t, laboratory.Prepare(t.Context()))
	m := mutation.Mutation{
		Name: "changes payloads", Program: mutation.SDK, File: "sdk-go/message.go",
		Edits: []mutation.Edit{{"\t\tPayload:     delivery.Payload,\n", "\t\tPayload:     append([]byte{'!'}, delivery.Payload...),\n"}},
		Cases: []string{"interop/an empty payload arrives"},
	}
	assert.Empty(t, laboratory.Sound(t.Context(), []mutation.Mutation{m}))
	outcome := laboratory.Try(t.Context(), m)
	assert.Equal(t, mutation.Caught, outcome.Verdict, outcome.Message)
	assert.Equal(t, m.Cases[0], outcome.Case)

	m.Edits[0].New = "\t\tPayload:     append([]byte{}, delivery.Payload...),\n"
	assert.Equal(t, mutation.Survived, laboratory.Try(t.Context(), m).Verdict)

	m.Edits[0].New = "\t\tPayload:     nothing,\n"
	outcome = laboratory.Try(t.Context(), m)
	assert.Equal(t, mutation.NotTried, outcome.Verdict)
	assert.Contains(t, outcome.Message, "undefined: nothing")

	m.Edits[0].Old = "no such text"
	outcome = laboratory.Try(t.Context(), m)
	assert.Equal(t, mutation.NotTried, outcome.Verdict)
	assert.Contains(t, outcome.Message, "no longer applies")
}
