// Package credential is where access tokens come from and when a fresh one is
// due (SDK-2).
package credential

import (
	"context"
	"errors"
	"strings"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/secret"
)

// Source gives access tokens.
type Source interface {
	// Token gives a token that is valid now. It is called before every attempt to
	// connect and shortly before the token in use expires, by one goroutine at a
	// time for each purpose.
	Token(ctx context.Context) (string, error)
}

// Fixed is a source that has one token for ever.
func Fixed(token string) Source { return fixed{secret.New(token)} }

type fixed struct{ token secret.Text }

// Token implements Source.
func (f fixed) Token(context.Context) (string, error) { return f.token.Reveal(), nil }

// Renewable says whether asking the source again can give a fresh token.
func Renewable(source Source) bool {
	_, isFixed := source.(fixed)
	return !isFixed
}

// Final marks the error of a source that will never succeed.
func Final(err error) error { return finalError{err} }

type finalError struct{ error }

// Unwrap is the error that was marked.
func (e finalError) Unwrap() error { return e.error }

// Ask asks a source for a token. A failure is TOKEN_SOURCE_FAILED; it is final
// when the source said so with Final. A source that does not heed ctx is left
// alone with its work.
func Ask(ctx context.Context, source Source) (string, error) {
	token, err := ask(ctx, source)
	if err != nil {
		failed := fault.Wrap(err, fault.TokenSourceFailed, "the token source gave no token")
		if errors.As(err, new(finalError)) {
			failed = failed.Final()
		}
		return "", failed
	}
	if err := check(token); err != nil {
		return "", err
	}
	return token, nil
}

func ask(ctx context.Context, source Source) (string, error) {
	if !Renewable(source) {
		return source.Token(ctx)
	}
	type answer struct {
		token string
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		token, err := source.Token(ctx)
		answers <- answer{token, err}
	}()
	select {
	case a := <-answers:
		return a.token, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// check refuses a text that cannot travel in a header. What it is otherwise is
// the server's business. The text is never shown.
func check(token string) error {
	if token == "" {
		return fault.New("TOKEN_MISSING", "the access token is empty; give one of the form AT_<id>_<secret>")
	}
	if strings.HasPrefix(token, "Bearer ") {
		return fault.New(fault.TokenInvalid, "the access token begins with \"Bearer\", which is no part of it; give it alone, of the form AT_<id>_<secret>")
	}
	if !within(token, '!') {
		return fault.New(fault.TokenInvalid, "the access token has a character that is not visible ASCII; is there a line break in it?")
	}
	return nil
}

// CheckMaster is the same for a master token.
func CheckMaster(token string) error {
	if token == "" || !within(token, ' ') {
		return fault.New(fault.MasterTokenInvalid, "the master token is empty, or has a character that is not printable ASCII; is there a line break in it?")
	}
	return nil
}

// within says whether every byte is one of lowest to the tilde.
func within(token string, lowest byte) bool {
	for i := range len(token) {
		if c := token[i]; c < lowest || c > '~' {
			return false
		}
	}
	return true
}
