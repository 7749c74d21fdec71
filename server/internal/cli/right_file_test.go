package cli

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func FuzzReadRight(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `{"right":null}`, `{"right":{"tenant_grants":[{"tenant_ids":["a"]}]},"created_by":"me"}`,
		`{"tenant_grants":[null]}`, `{"expires_at":"2026-01-01T00:00:00+02:00"}`, `{"allow_ip_masks":["::1"],"allowed_ws_origin":["https://a"]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		request, err := readRight("-", strings.NewReader(content))
		if err != nil {
			assert.Nil(t, request)
			assert.Contains(t, err.Error(), "right-file: ")
			return
		}
		require.NotNil(t, request)
	})
}
