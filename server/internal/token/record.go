package token

import (
	"slices"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/authz"
)

// deactivatedLifetime is how long the record of a deactivated token is of use: its
// live connections stay, and an administrator must be able to revoke it to end
// them. Chosen by us.
const deactivatedLifetime = 7 * 24 * time.Hour

// Record is what is kept of a token. It is a value, but its lists are shared:
// nobody changes an element of a list once the record is in a store.
type Record struct {
	// ID names the token; no secret.
	ID string
	// SecretHash is HashSecret of the secret.
	SecretHash [32]byte
	// Right is what the token allows. It never changes.
	Right Right
	// CreatedBy and Description are for lists.
	CreatedBy, Description string
	// CreatedAt is when the token was created.
	CreatedAt time.Time
	// ChangedAt is when the token was created, refreshed, deactivated or revoked,
	// whatever came last.
	ChangedAt time.Time
	// ExpiresAt is when the token can no longer be used.
	ExpiresAt time.Time
	// Deactivated: the token was refreshed to a time in the past. New connections
	// are refused; live ones stay until they end (TK-8).
	Deactivated bool
	// RevokedAt is when the token was revoked; zero: it is not.
	RevokedAt time.Time
}

// Right is what a token allows and from where (TK-3), as it was given. Who creates
// a token has validated it.
type Right struct {
	// Grants are what may be published and subscribed.
	Grants []authz.Grant
	// IPMasks are what ParseIPMask reads. Empty: any address.
	IPMasks []string
	// Regions are the regions of servers. Empty: any.
	Regions []string
	// Origins are what ParseOrigin returns. Empty: any Origin header, or none.
	Origins []string
}

// State is whether a token can be used.
type State uint8

// The states.
const (
	// Active: it can be used.
	Active State = iota
	// Expired: it ran out, or it was deactivated.
	Expired
	// Revoked: an administrator revoked it, whether it ran out or not.
	Revoked
)

// String is the state in lower case.
func (s State) String() string {
	return [...]string{"active", "expired", "revoked"}[s]
}

// StateAt is the token's state at a time. A token is expired from the very moment
// of ExpiresAt on.
func (r *Record) StateAt(now time.Time) State {
	switch {
	case !r.RevokedAt.IsZero():
		return Revoked
	case r.Deactivated || !now.Before(r.ExpiresAt):
		return Expired
	default:
		return Active
	}
}

// EndsAt is from when on the record only explains why the token cannot be used:
// its expiry, or a week after it was deactivated. A store may be swept of records
// that ended some time ago.
func (r *Record) EndsAt() time.Time {
	if r.Deactivated {
		return r.ChangedAt.Add(deactivatedLifetime)
	}
	return r.ExpiresAt
}

// Clone is a copy that shares nothing with r.
func (r *Record) Clone() Record {
	clone := *r
	clone.Right.Grants = slices.Clone(r.Right.Grants)
	for i := range clone.Right.Grants {
		grant := &clone.Right.Grants[i]
		grant.Tenants = slices.Clone(grant.Tenants)
		grant.Publish = slices.Clone(grant.Publish)
		grant.Subscribe = slices.Clone(grant.Subscribe)
	}
	clone.Right.IPMasks = slices.Clone(r.Right.IPMasks)
	clone.Right.Regions = slices.Clone(r.Right.Regions)
	clone.Right.Origins = slices.Clone(r.Right.Origins)
	return clone
}
