package rest

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
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

const hidden = "AT_00112233445566778899aabbccddeeff_hidden"

func TestRefusalsShowNoValueOfTheBody(t *testing.T) { // TK-2
	for body, want := range map[string]struct {
		reason apierror.Reason
		says   string
	}{
		`{"right":{"expires_at":"HIDDEN"}}`:                           {apierror.TTLInvalid, "RFC 3339"},
		`{"expires_at":"HIDDEN"}`:                                     {apierror.TTLInvalid, "RFC 3339"},
		`{"expiresAt":["HIDDEN"]}`:                                    {apierror.TTLInvalid, "RFC 3339"},
		`{"right":{"expires_at":1893456000}}`:                         {apierror.TTLInvalid, "RFC 3339"},
		`{"right":"HIDDEN"}`:                                          {apierror.RequestInvalid, "line 1:10"},
		`{"right":{"tenant_grants":"HIDDEN"}}`:                        {apierror.RequestInvalid, "line 1:27"},
		`{"right":{"tenant_grants":["HIDDEN"]}}`:                      {apierror.RequestInvalid, "line 1:28"},
		`{"created_by":{"HIDDEN":1}}`:                                 {apierror.RequestInvalid, "line 1:15"},
		`{"created_by":31415}`:                                        {apierror.RequestInvalid, "created_by"},
		`{"right":{"expires_at":"2030-01-01T00:00:00Z"},"right":"x"}`: {apierror.RequestInvalid, "line 1:48"},
		`{"created_by":"\ud800HIDDEN"}`:                               {apierror.RequestInvalid, "line 1:"},
		`{"allow_ip_masks":[{"a\"HIDDEN":1}]}`:                        {apierror.RequestInvalid, "line 1:"},
		`{"created_by":HIDDEN}`:                                       {apierror.RequestInvalid, "line 1, column 15"},
		`"HIDDEN"`:                                                    {apierror.RequestInvalid, "line 1:1"},
	} {
		t.Run(body, func(t *testing.T) {
			err := createToken([]byte(strings.ReplaceAll(body, "HIDDEN", hidden)), new(fastpubsubv1.CreateTokenRequest))
			require.Equal(t, want.reason, apierror.ReasonOf(err))
			assert.Contains(t, err.Error(), want.says)
			for _, value := range []string{"AT_", "hidden", "31415", "1893456000"} {
				assert.NotContains(t, err.Error(), value)
			}
		})
	}
}

func TestRefusalsShowNoValueOfTheQuery(t *testing.T) { // TK-2
	err := listTokens(url.Values{"page_size": {hidden}}, new(fastpubsubv1.ListTokensRequest))
	require.Equal(t, apierror.RequestInvalid, apierror.ReasonOf(err))
	assert.NotContains(t, err.Error(), hidden)
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
		require.Contains(t, []apierror.Reason{apierror.RequestInvalid, apierror.TTLInvalid}, refused.Reason())
		require.NotEmpty(t, refused.Message())
	})
}
