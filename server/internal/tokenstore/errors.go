package tokenstore

import (
	"errors"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// ErrNotFound says that there is no record with this id. What that means to a
// client depends on what it asked for.
var ErrNotFound = errors.New("no token with this id is stored")

// ErrExists says that there already is a record with this id.
var ErrExists = errors.New("a token with this id is stored already")

// ErrClosed says that the store has been closed.
var ErrClosed = apierror.New(apierror.StoreUnavailable, "the token store is closed, because the server is ending; try another server")

// Unavailable says that a store could not do what it was asked to, and why.
func Unavailable(cause error) error {
	return apierror.Wrap(cause, apierror.StoreUnavailable, "the token store cannot be used now; try again later")
}
