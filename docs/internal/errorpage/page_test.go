package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

func contract(t *testing.T) map[string]string {
	t.Helper()
	source, err := os.ReadFile("../../../proto/fastpubsub/v1/error.proto")
	require.NoError(t, err)
	return meanings(source)
}

// ER-1, ER-2: the published catalogue has every reason of the contract.
func TestPageHasEveryReason(t *testing.T) {
	page, err := render(contract(t))
	require.NoError(t, err)
	for number, name := range fastpubsubv1.ErrorReason_name {
		if number != 0 {
			assert.Equal(t, 1, strings.Count(page, "| `"+strings.TrimPrefix(name, reasonPrefix)+"` |"), name)
		}
	}
	for _, row := range []string{
		"| `TOKEN_EXPIRED` | 4 | The access token ran out, or it was deactivated. | UNAUTHENTICATED | 401 | 1008 | with a fresh token |",
		"| UNAUTHENTICATED | 401 | – | no |",
		"| RESOURCE_EXHAUSTED | 429 | 1013 at connect | later |",
		"| UNAVAILABLE | 503 | 1001 | yes |",
	} {
		assert.Contains(t, page, row)
	}
}

func TestThePublishedPageIsThisOne(t *testing.T) {
	page, err := render(contract(t))
	require.NoError(t, err)
	published, err := os.ReadFile("../../src/reference/errors.md")
	require.NoError(t, err)
	assert.Equal(t, page, string(published), `run "make generate"`)
}

func TestAReasonWithoutACommentIsAnError(t *testing.T) {
	without := contract(t)
	delete(without, "ERROR_REASON_DRAINING")
	_, err := render(without)
	assert.ErrorContains(t, err, "ERROR_REASON_DRAINING")
}

func TestMeanings(t *testing.T) {
	assert.Equal(t, map[string]string{"ERROR_REASON_A": "One two.", "ERROR_REASON_B": ""}, meanings([]byte(
		"// Not this.\n\nenum E {\n  // One\n  // two.\n  ERROR_REASON_A = 1 [(traits) = {\n  ERROR_REASON_B = 2;\n")))
}
