package vectors

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

func TestErrorsAreConsistent(t *testing.T) {
	ways := map[string]int{}
	for _, c := range checked(t, Errors, func(c ErrorCase) Case { return c.Case }) {
		ways[c.Arrival]++
		assert.NotEmpty(t, c.Reason, c.Name)
		set := map[string]bool{
			ArrivalFailure: c.Failure != nil, ArrivalClose: c.Close != nil, ArrivalHTTP: c.HTTP != nil, ArrivalGRPC: c.GRPC != nil,
		}
		for arrival, is := range set {
			assert.Equal(t, arrival == c.Arrival, is, "%s: %s", c.Name, arrival)
		}
		if c.GRPC != nil && c.GRPC.ErrorInfo != nil {
			assert.Equal(t, c.GRPC.ErrorInfo, infoIn(t, c.GRPC), c.Name)
		}
	}
	assert.Len(t, ways, 4)
}

// infoIn is the last detail of a status, which is the ErrorInfo.
func infoIn(t *testing.T, s *GRPCStatus) *ErrorInfo {
	t.Helper()
	var status spb.Status
	require.NoError(t, proto.Unmarshal(s.Details, &status))
	assert.Equal(t, s.Code, int(status.GetCode()))
	assert.Equal(t, s.Message, status.GetMessage())
	require.NotEmpty(t, status.GetDetails())
	var info errdetails.ErrorInfo
	require.NoError(t, status.GetDetails()[len(status.GetDetails())-1].UnmarshalTo(&info))
	found := &ErrorInfo{Reason: info.GetReason(), Domain: info.GetDomain(), Metadata: map[string]string{}}
	for key, value := range info.GetMetadata() {
		found.Metadata[key] = value
	}
	return found
}

func TestBackoffsAreConsistent(t *testing.T) {
	for _, c := range checked(t, Backoffs, func(c BackoffCase) Case { return c.Case }) {
		assert.Positive(t, c.Failures, c.Name)
		assert.LessOrEqual(t, c.Ceiling, c.Max, c.Name)
		assert.GreaterOrEqual(t, c.Ceiling, min(c.Min, c.Max), c.Name)
		assert.InEpsilon(t, 1+float64(c.Ceiling)*c.Fraction, 1+float64(c.Wait), 1e-9, c.Name)
	}
}

// What the generated code makes of a frame decides whether it is valid: protobuf
// is what the contract is written in. A request without a command is none.
func TestTranscriptsAreConsistent(t *testing.T) {
	kinds := map[string]int{}
	for _, c := range checked(t, Transcripts, func(c TranscriptCase) Case { return c.Case }) {
		kinds[c.Kind]++
		var readable bool
		switch c.Kind {
		case KindRequest:
			var request fastpubsubv1.SessionRequest
			readable = proto.Unmarshal(c.Frame, &request) == nil && request.GetCommand() != nil
			checkOutcome(t, c.Name, c.Valid, c.Reason, "FRAME_INVALID")
			assert.Equal(t, c.Valid, c.Command != nil, c.Name)
			assert.Nil(t, c.Event, c.Name)
			if c.Canonical {
				encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(&request)
				require.NoError(t, err)
				assert.Equal(t, []byte(c.Frame), encoded, c.Name)
			}
		case KindResponse:
			var response fastpubsubv1.SessionResponse
			readable = proto.Unmarshal(c.Frame, &response) == nil
			checkOutcome(t, c.Name, c.Valid, c.Reason, "CONNECTION_LOST")
			assert.Equal(t, c.Valid && response.GetEvent() != nil, c.Event != nil, c.Name)
			assert.Nil(t, c.Command, c.Name)
			assert.False(t, c.Canonical, c.Name)
		}
		assert.Equal(t, c.Valid, readable, c.Name)
	}
	assert.Len(t, kinds, 2)
}

func TestNumbersAreStrings(t *testing.T) {
	var n Number
	require.NoError(t, n.UnmarshalJSON([]byte(`"18446744073709551615"`)))
	assert.Equal(t, []uint64{1<<64 - 1}, Uint64s([]Number{n}))
	for _, text := range []string{`1`, `"-1"`, `"18446744073709551616"`, `"x"`, `""`} {
		assert.Error(t, n.UnmarshalJSON([]byte(text)), text)
	}
}
