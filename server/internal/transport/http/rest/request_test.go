package rest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

func TestPositionIsThatOfTheWrongByte(t *testing.T) {
	for body, want := range map[string]string{
		"x":             "1:1",
		"{x}":           "1:2",
		"{\n  x\n}":     "2:3",
		"{\n\n\"a\": ,": "3:6",
		"{\"a\":1}}":    "1:8",
		"[1,\r\n2,]":    "2:3",
	} {
		t.Run(body, func(t *testing.T) {
			err := syntaxError([]byte(body))
			require.NotNil(t, err)
			line, column := position([]byte(body), int(err.Offset))
			assert.Equal(t, want, fmt.Sprintf("%d:%d", line, column))
			assert.Equal(t, apierror.RequestInvalid, apierror.ReasonOf(checkSyntax([]byte(body))))
		})
	}
}

func FuzzCreateToken(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"right":{"expires_at":"2030-01-01T00:00:00+02:00"}}`, `{"expires_at":"2030-01-01T00:00:00Z","created_by":"x"}`,
		`{"right":{"tenant_grants":[{"tenant_ids":["t1"],"allow_channels_pub":["#"]}]},"allow_ip_masks":["::1"]}`,
		`{"right":null,"allow_regions":[]}`, `{"right":{"expires_at":null}}`, `[]`, `{`, ``, "\xff", `{"created_by":"\ud800"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var request fastpubsubv1.CreateTokenRequest
		err := createToken(body, &request)
		if err == nil {
			require.NotNil(t, request.GetRight())
			encoded, err := marshal(&request)
			require.NoError(t, err)
			var again fastpubsubv1.CreateTokenRequest
			require.NoError(t, createToken(encoded, &again), "what was read can be written and read again")
			require.True(t, proto.Equal(&request, &again))
			return
		}
		var refused *apierror.Error
		require.True(t, errors.As(err, &refused))
		require.Equal(t, apierror.RequestInvalid, refused.Reason())
		require.NotEmpty(t, refused.Message())
	})
}
