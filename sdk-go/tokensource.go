package fastpubsub

import (
	"context"
	"errors"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/credential"
)

// TokenSource gives an access token that is valid now. It may take its time until
// ctx ends. An error makes the client try again later, unless it is, or wraps, an
// [*Error] that is not retryable, for example of a [TokenClient]; that ends
// [Connect].
type TokenSource func(ctx context.Context) (string, error)

// sourceAdapter is a TokenSource for the core.
type sourceAdapter struct{ source TokenSource }

// Token implements credential.Source.
func (a sourceAdapter) Token(ctx context.Context) (string, error) {
	token, err := a.source(ctx)
	var refusal *Error
	if errors.As(err, &refusal) && !refusal.Retryable {
		err = credential.Final(err)
	}
	return token, err
}
