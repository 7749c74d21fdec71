package apierror_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// forEachReason runs a check for each reason of the contract, with the vector of
// that name and an error that has its text: what the SDKs read is what the server
// sends. A name that is empty leaves the reason out.
func forEachReason(t *testing.T, name func(apierror.Reason) string, check func(*testing.T, vectors.ErrorCase, *apierror.Error)) {
	t.Helper()
	cases, err := vectors.Errors()
	require.NoError(t, err)
	byName := make(map[string]vectors.ErrorCase, len(cases))
	for _, c := range cases {
		byName[c.Name] = c
	}
	for number := range fastpubsubv1.ErrorReason_name {
		reason := apierror.Reason(number)
		wanted := name(reason)
		if number == 0 || wanted == "" {
			continue
		}
		t.Run(wanted, func(t *testing.T) {
			require.Contains(t, byName, wanted)
			c := byName[wanted]
			require.NotNil(t, c.Text)
			require.Equal(t, c.Reason, apierror.Name(reason))
			check(t, c, apierror.New(reason, *c.Text))
		})
	}
}

// ER-1, ER-2: the vectors and the contract agree on what may be tried again.
func TestFailureVectors(t *testing.T) {
	forEachReason(t, func(r apierror.Reason) string { return "failure, " + apierror.Name(r) },
		func(t *testing.T, c vectors.ErrorCase, err *apierror.Error) {
			assert.Equal(t, c.Failure.Reason, int32(err.Reason()))
			assert.Equal(t, c.Failure.Retryable, err.Retryable())
			assert.Equal(t, c.Retryable, err.Retryable())
		})
}

// ER-3: a refusal over HTTP.
func TestHTTPVectors(t *testing.T) {
	named := func(r apierror.Reason) string {
		if r == apierror.FrameInvalid || r == apierror.SlowConsumer {
			return "" // they never come as an HTTP answer
		}
		return fmt.Sprintf("HTTP %d, %s", apierror.TraitsOf(r).HTTP, apierror.Name(r))
	}
	forEachReason(t, named, func(t *testing.T, c vectors.ErrorCase, err *apierror.Error) {
		answer := httptest.NewRecorder()
		apierror.WriteProblem(answer, err)
		assert.Equal(t, c.HTTP.Status, answer.Code)
		assert.Equal(t, c.HTTP.ContentType, answer.Header().Get("Content-Type"))
		assert.JSONEq(t, c.HTTP.Body, answer.Body.String())
	})
}

// ER-4: a refusal over gRPC.
func TestGRPCVectors(t *testing.T) {
	named := func(r apierror.Reason) string {
		return fmt.Sprintf("gRPC %d, %s", apierror.TraitsOf(r).GRPC, apierror.Name(r))
	}
	forEachReason(t, named, func(t *testing.T, c vectors.ErrorCase, err *apierror.Error) {
		var want spb.Status
		require.NoError(t, proto.Unmarshal(c.GRPC.Details, &want))
		got := err.GRPCStatus()
		assert.True(t, proto.Equal(&want, got.Proto()), "want %v\ngot  %v", &want, got.Proto())
		require.Len(t, got.Details(), 1)
		info, is := got.Details()[0].(*errdetails.ErrorInfo)
		require.True(t, is)
		assert.Equal(t, c.GRPC.ErrorInfo, &vectors.ErrorInfo{Reason: info.GetReason(), Domain: info.GetDomain(), Metadata: info.GetMetadata()})
	})
}
