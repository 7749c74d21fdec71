package mutation_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/mutation"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/interop"
)

// TestTry tells a fault that is caught from one that is not, and from one that
// cannot be tried.
func TestTry(t *testing.T) {
	laboratory := &mutation.Laboratory{Root: root, Folder: t.TempDir(), Cases: interop.All(), Transports: []scenario.Transport{scenario.GRPC}}
	m := mutation.Mutation{
		Name: "changes payloads", Program: mutation.SDK, File: "sdk-go/message.go",
		Edits: []mutation.Edit{{"\t\tPayload:     delivery.Payload,\n", "\t\tPayload:     append([]byte{'!'}, delivery.Payload...),\n"}},
		Cases: []string{"interop/an empty payload arrives"},
	}
	require.NoError(t, laboratory.Prepare(t.Context(), []mutation.Mutation{m}))
	outcome := laboratory.Try(t.Context(), m)
	assert.Equal(t, mutation.Caught, outcome.Verdict, outcome.Message)
	assert.Equal(t, m.Cases[0], outcome.Case)
	assert.Zero(t, outcome.Building, "it is in the binary with all faults")

	m.Name = "changes payloads, built alone"
	outcome = laboratory.Try(t.Context(), m)
	assert.Equal(t, mutation.Caught, outcome.Verdict, outcome.Message)
	assert.NotZero(t, outcome.Building)

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

	m.Program = mutation.RustSDK
	assert.Contains(t, laboratory.Try(t.Context(), m).Message, "there is no SDK for sdk-rust")
}

// TestTryWithoutAToolchain says so.
func TestTryWithoutAToolchain(t *testing.T) {
	laboratory := &mutation.Laboratory{
		Root: root, Folder: t.TempDir(), Require: "docs sdk-rust",
		SDKs: []matrix.SDK{{Name: "rust", Tools: []string{"no-such-tool"}}},
	}
	require.NoError(t, laboratory.Prepare(t.Context(), nil))
	outcome := laboratory.Try(t.Context(), mutation.Mutation{Name: "fault", Program: mutation.RustSDK, File: "sdk-rust/a"})
	assert.Equal(t, mutation.NotRun, outcome.Verdict)
	assert.Equal(t, "no-such-tool is not installed", outcome.Message)
	assert.True(t, outcome.Required)
}
