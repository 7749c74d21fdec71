package admission

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// decoyID is looked up for a text that is no token, so that it costs what any
// other wrong token costs.
const decoyID = "00000000000000000000000000000000"

// Options are what a Gate needs.
type Options struct {
	// Store keeps the tokens. Required; it stays the caller's to close.
	Store tokenstore.Store
	// Region is the server's own region. Empty: it has none, and tokens that are
	// bound to regions are refused.
	Region string
	// Now is the clock by which tokens expire. Nil: time.Now.
	Now func() time.Time
}

// Gate admits clients. Any goroutine may call any method.
type Gate struct {
	store    tokenstore.Store
	region   string
	now      func() time.Time
	places   *placeCache
	throttle *Throttle
}

// New makes a Gate. It keeps at most some 16 MiB of compiled rights, and a few MiB
// of what it knows of failures.
func New(options Options) *Gate {
	g := &Gate{
		store: options.Store, region: options.Region, now: options.Now,
		places: newPlaceCache(), throttle: NewThrottle(),
	}
	if g.now == nil {
		g.now = time.Now
	}
	return g
}

// Close answers at once those whose refusal is held back.
func (g *Gate) Close() { g.throttle.Close() }

// Admit decides whether a client may come in. Of a token it checks, in this order,
// and the first that fails is the answer:
//
//  1. there is a token: TOKEN_MISSING
//  2. it is well-formed and known, and its secret is right: TOKEN_INVALID, one
//     answer for all of these, for about the same work (TK-12)
//  3. it is not revoked: TOKEN_REVOKED
//  4. it has not expired and is not deactivated: TOKEN_EXPIRED
//  5. the client's address is in allow_ip_masks: IP_NOT_ALLOWED
//  6. the server's region is in allow_regions: REGION_NOT_ALLOWED
//  7. the Origin header is in allowed_ws_origin: ORIGIN_NOT_ALLOWED
//
// So only who knows the secret learns anything of the token. The fallback is tried
// when the token is refused as one that does not admit the client (HTTP 401); the
// answer is that of the token tried last.
//
// A client that is not admitted and had a token that failed the second check counts
// as one failure of its address, after some of which further ones are answered
// late, or with RATE_LIMITED; see Throttle. A client one of whose tokens admits it
// never waits.
//
// STORE_UNAVAILABLE says that nothing could be decided.
func (g *Gate) Admit(ctx context.Context, c Credentials) (*Admission, error) {
	admitted, err := g.try(ctx, c.Token, c)
	guessed := isInvalid(err)
	if c.Fallback != "" && c.Fallback != c.Token && isOfTheToken(err) {
		admitted, err = g.try(ctx, c.Fallback, c)
		guessed = guessed || isInvalid(err)
	}
	if guessed && isOfTheToken(err) {
		return nil, g.throttle.Refuse(ctx, c.IP, err)
	}
	return admitted, err
}

func isInvalid(err error) bool { return err != nil && apierror.ReasonOf(err) == apierror.TokenInvalid }

// isOfTheToken says whether it is the token that a refusal blames, not the server.
func isOfTheToken(err error) bool {
	return err != nil && apierror.TraitsOf(apierror.ReasonOf(err)).HTTP == http.StatusUnauthorized
}

// try decides about one of a client's tokens. It never waits.
func (g *Gate) try(ctx context.Context, text string, c Credentials) (*Admission, error) {
	record, err := g.identify(ctx, text)
	if err != nil {
		return nil, err
	}
	if err := checkState(&record, g.now()); err != nil {
		return nil, err
	}
	place, err := g.places.of(&record)
	if err != nil {
		return nil, apierror.From(err)
	}
	if err := place.admits(c, g.region); err != nil {
		return nil, err
	}
	return &Admission{TokenID: record.ID, Rights: place.rights, ExpiresAt: record.ExpiresAt}, nil
}

// identify finds the record of a token whose secret the client knows.
func (g *Gate) identify(ctx context.Context, text string) (token.Record, error) {
	parsed, malformed := token.Parse(text)
	if errors.Is(malformed, token.ErrMissing) {
		return token.Record{}, token.ErrMissing
	}
	if malformed != nil {
		parsed = token.Parsed{ID: decoyID, Secret: secret.New(text)}
	}
	record, err := g.store.Get(ctx, parsed.ID)
	if err != nil && !errors.Is(err, tokenstore.ErrNotFound) {
		return token.Record{}, apierror.From(err)
	}
	// An unknown token is compared, too, with the zero record.
	right := record.HasSecret(parsed.Secret)
	if malformed != nil || err != nil || !right {
		return token.Record{}, token.ErrInvalid
	}
	return record, nil
}

func checkState(record *token.Record, now time.Time) error {
	switch record.StateAt(now) {
	case token.Revoked:
		return apierror.New(apierror.TokenRevoked, "the access token was revoked; ask whoever issued it for a new one")
	case token.Expired:
		return apierror.New(apierror.TokenExpired, "the access token has expired; get a fresh one")
	default:
		return nil
	}
}
