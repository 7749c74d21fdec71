package cli

import (
	"errors"
	"syscall"
)

// hintFor is what to try after an error; "" when there is nothing to say.
func hintFor(err error) string {
	if errors.Is(err, syscall.EADDRINUSE) {
		return "another program listens there; choose another --http-addr or --grpc-addr (port 0 picks a free one)"
	}
	return ""
}
