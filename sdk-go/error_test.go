package fastpubsub_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// ER-1, SDK-12: there is a constant for every reason of the catalogue.
func TestReasonsCoverTheCatalogue(t *testing.T) {
	file, err := parser.ParseFile(gotoken.NewFileSet(), "reason.go", nil, 0)
	require.NoError(t, err)
	declared := map[string]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		if spec, ok := node.(*ast.ValueSpec); ok {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			declared[text] = true
		}
		return true
	})
	for number, name := range fastpubsubv1.ErrorReason_name {
		if number != 0 {
			assert.True(t, declared[strings.TrimPrefix(name, "ERROR_REASON_")], name)
		}
	}
}

// SDK-12: one error type, for errors.Is and errors.As.
func TestErrorsIsAndAs(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := fastpubsub.Connect(ctx, "ws://127.0.0.1:1", fastpubsub.WithToken("AT_1_2"), quiet())
	var failure *fastpubsub.Error
	require.ErrorAs(t, err, &failure)
	require.ErrorIs(t, err, failure.Reason)
	require.NotErrorIs(t, err, fastpubsub.ReasonTokenInvalid)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, "fastpubsub: TOKEN_INVALID", fastpubsub.ReasonTokenInvalid.Error())
	assert.False(t, errors.Is(fastpubsub.ReasonTokenInvalid, fastpubsub.ReasonTokenExpired))
}

func TestLaggedError(t *testing.T) {
	assert.Equal(t, "fastpubsub: lagged by 3 messages: the subscription's buffer was full", (&fastpubsub.LaggedError{Missed: 3}).Error())
	assert.Contains(t, (&fastpubsub.LaggedError{Missed: 3, AtServer: true}).Error(), "the server dropped 3 messages")
}
