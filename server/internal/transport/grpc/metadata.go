package grpc

import (
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
)

// accept reads what a call's metadata say about the call itself. refusal is the
// header block that answers what is no call of gRPC; an error is the status of a
// call that cannot be served.
func accept(r *h2.Request) (timeout time.Duration, refusal []byte, err error) {
	switch {
	case r.Truncated:
		return 0, nil, invalid(codes.ResourceExhausted, "the metadata is larger than %d bytes; send less", maxHeaderBytes)
	case r.Get(":method") != "POST":
		return 0, refusing(405, "calls are made with POST"), nil
	case !isGRPC(r.Get("content-type")):
		return 0, refusing(415, "the content-type is not application/grpc; use a client for gRPC"), nil
	}
	if encoding := r.Get("grpc-encoding"); encoding != "" && encoding != "identity" {
		return 0, nil, invalid(codes.Unimplemented, "messages cannot be compressed; send them with grpc-encoding identity")
	}
	timeout, ok := parseTimeout(r.Get("grpc-timeout"))
	if !ok {
		return 0, nil, apierror.New(apierror.RequestInvalid, `grpc-timeout is no number of at most 8 digits with a unit of H, M, S, m, u or n; send for example "10S"`)
	}
	return timeout, nil, nil
}

func refusing(httpStatus int, text string) []byte {
	return appendStatus(answerHeader(httpStatus), status.New(codes.Internal, text))
}

func isGRPC(contentType string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(contentType), "application/grpc")
	return ok && (rest == "" || rest == "+proto" || rest[0] == ';' || strings.HasPrefix(rest, "+proto;"))
}

var timeoutUnits = map[byte]time.Duration{
	'H': time.Hour, 'M': time.Minute, 'S': time.Second, 'm': time.Millisecond, 'u': time.Microsecond, 'n': time.Nanosecond,
}

const maxTimeoutDigits = 8

// parseTimeout reads grpc-timeout. 0: there is none, or none that would ever end.
func parseTimeout(text string) (timeout time.Duration, ok bool) {
	if text == "" {
		return 0, true
	}
	digits := text[:len(text)-1]
	unit, known := timeoutUnits[text[len(text)-1]]
	n, err := strconv.ParseUint(digits, 10, 32)
	if !known || err != nil || len(digits) > maxTimeoutDigits {
		return 0, false
	}
	if unit == time.Hour && n > maxHours {
		return 0, true
	}
	return max(time.Duration(n)*unit, 1), true //nolint:gosec // 8 digits
}

const maxHours = 24 * 365 * 100 // a time.Duration ends after 292 years
