package tokenadmin

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// DefaultMaxTTL is how far ahead an expiry may be unless set otherwise (TK-5).
const DefaultMaxTTL = 24 * time.Hour

// Options are what a Service needs.
type Options struct {
	// Store keeps the tokens. Required; it stays the caller's to close.
	Store tokenstore.Store
	// MasterTokens open the service: at least one, each of at least 16 characters
	// that an HTTP header can carry.
	MasterTokens []secret.Text
	// MaxTTL is how far ahead an expiry may be. 0: DefaultMaxTTL.
	MaxTTL time.Duration
	// Limits bound the names in grants. Zero fields: the defaults of authz.
	Limits authz.Limits
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
	// Logger is told what administrators do, without secrets. Nil: nobody is.
	Logger *slog.Logger
}

// Service creates, refreshes, revokes and lists access tokens. Any goroutine may
// call any method.
type Service struct {
	store   tokenstore.Store
	masters []masterToken
	maxTTL  time.Duration
	limits  authz.Limits
	now     func() time.Time
	log     *slog.Logger
}

// New makes a Service. The error says which option is wrong.
func New(options Options) (*Service, error) {
	masters, err := readMasterTokens(options.MasterTokens)
	switch {
	case err != nil:
		return nil, err
	case options.Store == nil:
		return nil, errors.New("a token service needs a store")
	case options.MaxTTL < 0:
		return nil, fmt.Errorf("the longest life of a token is %v; more than 0 is accepted", options.MaxTTL)
	}
	s := &Service{
		store: options.Store, masters: masters, maxTTL: options.MaxTTL,
		limits: options.Limits, now: options.Now, log: options.Logger,
	}
	if s.maxTTL == 0 {
		s.maxTTL = DefaultMaxTTL
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s, nil
}

// notFound is the answer for a token that is unknown, and for a wrong secret.
func notFound() error {
	return apierror.New(apierror.TokenNotFound, "no such token: it never existed, was revoked, or ended some time ago; list the tokens to see those that are known")
}

func invalid(format string, args ...any) error {
	return apierror.Newf(apierror.RequestInvalid, format, args...)
}

// outcome turns what a store says into what a client is told.
func outcome(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, tokenstore.ErrNotFound):
		return notFound()
	default:
		return apierror.From(err)
	}
}
