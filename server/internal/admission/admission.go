package admission

import (
	"net/netip"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/authz"
)

// Credentials are what a client shows at the door.
type Credentials struct {
	// Token is the whole text of the access token; empty: none was given.
	Token string
	// Fallback is a second token, which counts when the first one is missing or
	// may not come in (LP-2); empty: there is none.
	Fallback string
	// IP is the client's address (TK-7).
	IP netip.Addr
	// Origin is the Origin header; empty: there was none.
	Origin string
}

// Admission is what an admitted client may do. It is immutable; sessions of one
// token may share it.
type Admission struct {
	// TokenID is the token's id.
	TokenID string
	// Rights are the compiled grants.
	Rights *authz.Rights
	// ExpiresAt is when the token expires.
	ExpiresAt time.Time
}
