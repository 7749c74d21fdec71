package websocket

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// ER-2, SF-18: the closes that the SDKs read are those that the server writes, for
// each reason that the catalogue gives a code.
func TestCloseVectors(t *testing.T) {
	cases, err := vectors.Errors()
	require.NoError(t, err)
	byName := make(map[string]vectors.ErrorCase, len(cases))
	for _, c := range cases {
		byName[c.Name] = c
	}
	for number := range fastpubsubv1.ErrorReason_name {
		reason := apierror.Reason(number)
		traits := apierror.TraitsOf(reason)
		for _, code := range []int{traits.Close, traits.CloseAtConnect} {
			if code == 0 {
				continue
			}
			name := fmt.Sprintf("close %d, %s", code, apierror.Name(reason))
			require.Contains(t, byName, name)
			c := byName[name]
			cause := apierror.New(reason, *c.Text)
			assert.Equal(t, c.Close.Text, closeText(cause), name)
			assert.Contains(t, []int{int(closeStatus(cause)), int(connectStatus(cause))}, c.Close.Code, name)
		}
	}
}
