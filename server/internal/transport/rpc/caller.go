package rpc

import (
	"context"
	"net/netip"
	"strings"
)

// Caller is what a protocol knows of who calls.
type Caller struct {
	// Bearer is the token of the Authorization header; empty: there was none.
	// Secret: never logged.
	Bearer string
	// Addr is the client's address (TK-7).
	Addr netip.Addr
	// Origin is the Origin header; empty: there was none.
	Origin string
}

type callerKey struct{}

// WithCaller is a context that says who calls.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// callerOf is who calls; nobody if no protocol said so.
func callerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// Bearer is the token of Authorization headers: of the first with the scheme
// "Bearer", in any case. Empty: there is none.
func Bearer(headers []string) string {
	for _, header := range headers {
		scheme, credentials, _ := strings.Cut(strings.TrimSpace(header), " ")
		if strings.EqualFold(scheme, "Bearer") {
			return strings.TrimSpace(credentials)
		}
	}
	return ""
}
