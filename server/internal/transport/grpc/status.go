package grpc

import (
	"encoding/base64"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
)

// answerHeader is the header block of an answer with an HTTP status.
func answerHeader(httpStatus int) []byte {
	block := h2.AppendField(nil, ":status", strconv.Itoa(httpStatus))
	return h2.AppendField(block, "content-type", "application/grpc")
}

// appendStatus appends the trailers that tell how a call ended.
func appendStatus(block []byte, s *status.Status) []byte {
	block = h2.AppendField(block, "grpc-status", strconv.Itoa(int(s.Code())))
	if s.Message() != "" {
		block = h2.AppendField(block, "grpc-message", percentEncoded(s.Message()))
	}
	if p := s.Proto(); len(p.GetDetails()) > 0 {
		if encoded, err := proto.Marshal(p); err == nil {
			block = h2.AppendField(block, "grpc-status-details-bin", base64.RawStdEncoding.EncodeToString(encoded))
		}
	}
	return block
}

// invalid is REQUEST_INVALID with the code that gRPC has for the case.
func invalid(code codes.Code, format string, arguments ...any) error {
	refusal := apierror.Newf(apierror.RequestInvalid, format, arguments...)
	detailed, err := status.New(code, refusal.Message()).WithDetails(refusal.Info())
	if err != nil {
		return refusal
	}
	return detailed.Err()
}

// percentEncoded is a text as trailers carry it: printable ASCII but for %.
func percentEncoded(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c >= ' ' && c <= '~' && c != '%' {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
