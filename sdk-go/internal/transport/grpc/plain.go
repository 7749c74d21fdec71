package grpc

import (
	"strconv"
	"strings"

	"google.golang.org/grpc/status"
)

// plainError is an error of grpc-go whose text is what is wrong, without the
// layers that passed it on.
type plainError struct {
	text  string
	cause error
}

func (p *plainError) Error() string { return p.text }

// Unwrap is the error of grpc-go, with its code.
func (p *plainError) Unwrap() error { return p.cause }

// dialing is how grpc-go begins the text about a connection that was not made.
const dialing = "Error while dialing: "

// isDialing says whether an error of grpc-go is about a connection that was not
// made.
func isDialing(err error) bool { return strings.Contains(err.Error(), dialing) }

// layers are how grpc-go begins the texts that it passes on.
var layers = []string{
	"transport: ", dialing, "authentication handshake failed: ", "error reading server preface: ",
}

// Plain is an error of grpc-go with a text for people; another error is left as it
// is.
func Plain(err error) error {
	ended, ok := status.FromError(err)
	if !ok || err == nil {
		return err
	}
	text := ended.Message()
	if quoted, found := strings.CutPrefix(text, "connection error: desc = "); found {
		if inner, unquoteErr := strconv.Unquote(quoted); unquoteErr == nil {
			text = inner
		}
	}
	text = withoutCode(text)
	for _, layer := range layers {
		text = strings.TrimPrefix(text, layer)
	}
	if strings.HasSuffix(text, "produced zero addresses") {
		text = "no such host"
	}
	return &plainError{text: text, cause: err}
}

// withoutCode is the text of an error without what grpc-go puts before it when it
// passes an error on as text.
func withoutCode(text string) string {
	for {
		_, coded, found := strings.Cut(text, "rpc error: code = ")
		if !found {
			return text
		}
		_, text, _ = strings.Cut(coded, " desc = ")
	}
}
