package websocket

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

// refusalLimit is how much of a refusal's body is read, in bytes.
const refusalLimit = 64 << 10

// refusalReader looks at the answer to the upgrade request, and keeps why it was
// refused.
type refusalReader struct {
	next    http.RoundTripper
	peer    transport.Peer
	refusal *fault.Fault
}

// RoundTrip implements http.RoundTripper.
func (r *refusalReader) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := r.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if stream, upgraded := response.Body.(io.ReadWriteCloser); upgraded && response.StatusCode == http.StatusSwitchingProtocols {
		response.Body = endless{stream}
	} else if r.refusal = transport.WrongPort(r.peer, response); r.refusal == nil {
		r.refusal = faultOfRefusal(response)
	}
	return response, nil
}

// problem is the part of application/problem+json that counts.
type problem struct {
	Reason    fault.Reason `json:"reason"`
	Detail    string       `json:"detail"`
	Retryable bool         `json:"retryable"`
}

func faultOfRefusal(response *http.Response) *fault.Fault {
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if kind == "application/problem+json" {
		body, _ := io.ReadAll(io.LimitReader(response.Body, refusalLimit))
		var p problem
		if json.Unmarshal(body, &p) == nil && p.Reason != "" {
			refusal := fault.New(p.Reason, p.Detail)
			if !fault.Known(p.Reason) && p.Retryable {
				refusal.Retry = fault.RetryYes
			}
			return refusal
		}
	}
	return faultOfStatus(response)
}

// faultOfStatus is for an answer without a reason: of a proxy, or of something
// that is no FastPubSub server.
func faultOfStatus(response *http.Response) *fault.Fault {
	text := "the upgrade to a WebSocket was answered with " + response.Status
	switch status := response.StatusCode; {
	case status == http.StatusUnauthorized:
		return fault.New(fault.TokenInvalid, text)
	case status == http.StatusTooManyRequests:
		return fault.New(fault.RateLimited, text)
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooEarly:
		return fault.New(fault.Unreachable, text)
	default:
		return fault.New(fault.Unreachable, text+"; is the address right? WebSocket is at / and /ws").Final()
	}
}
