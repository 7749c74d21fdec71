package apierror

import (
	"encoding/json"
	"net/http"
)

// ProblemContentType is the media type of Problem (RFC 9457).
const ProblemContentType = "application/problem+json"

// Problem is an HTTP error body (RFC 9457) with the reason as an extension
// member.
type Problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Reason    string `json:"reason"`
	Retryable bool   `json:"retryable"`
}

// Problem is the error as an HTTP body.
func (e *Error) Problem() Problem {
	status := TraitsOf(e.reason).HTTP
	return Problem{
		Type:      "about:blank",
		Title:     http.StatusText(status),
		Status:    status,
		Detail:    e.message,
		Reason:    Name(e.reason),
		Retryable: e.Retryable(),
	}
}

// WriteProblem answers a request with err as a problem document.
func WriteProblem(w http.ResponseWriter, err error) {
	problem := From(err).Problem()
	body, _ := json.Marshal(problem) // a struct of texts always encodes
	header := w.Header()
	header.Set("Content-Type", ProblemContentType)
	header.Set("Cache-Control", "no-store")
	if problem.Status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(problem.Status)
	_, _ = w.Write(append(body, '\n')) // the peer may be gone; nobody is left to tell
}
