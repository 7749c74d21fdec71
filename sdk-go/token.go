package fastpubsub

import (
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/secret"
)

// Right is what an access token allows.
type Right struct {
	// TenantGrants say what may be published and subscribed to, by tenant. Several
	// may name one tenant: the union holds.
	TenantGrants []TenantGrant
	// AllowIPMasks are addresses or CIDR blocks that the client must be in. Empty:
	// any.
	AllowIPMasks []string
	// AllowRegions are regions that the server must be in. Empty: any.
	AllowRegions []string
	// AllowedWSOrigin are web origins that a browser must come from. Empty: any.
	AllowedWSOrigin []string
	// ExpiresAt is when the token expires, at most 24 hours ahead.
	ExpiresAt time.Time
}

// TenantGrant is what may be done in some tenants.
type TenantGrant struct {
	// TenantIDs are the tenants, at least one; an empty text means "~".
	TenantIDs []string
	// AllowChannelsPub are the rules for publishing: a channel, or "orders.#".
	// Empty: nothing may be published.
	AllowChannelsPub []string
	// AllowChannelsSub are the rules for subscribing. Empty: nothing may be
	// subscribed to.
	AllowChannelsSub []string
}

// TokenRequest asks for an access token.
type TokenRequest struct {
	Right Right
	// CreatedBy says who asked, for lists.
	CreatedBy string
	// Description says what the token is for, for lists.
	Description string
}

// CreatedToken is a new access token. Printing it does not show the token.
type CreatedToken struct {
	// ID names the token and is no secret.
	ID string
	// ExpiresAt is when the token expires.
	ExpiresAt time.Time

	token secret.Text
}

// Token is the text to connect with. It is a secret, and cannot be had again.
func (t *CreatedToken) Token() string { return t.token.Reveal() }

// TokenState says whether a token can be used.
type TokenState string

// The states of a token.
const (
	// TokenActive: the token can be used.
	TokenActive TokenState = "ACTIVE"
	// TokenExpired: the token ran out, or it was deactivated.
	TokenExpired TokenState = "EXPIRED"
	// TokenRevoked: the token was revoked.
	TokenRevoked TokenState = "REVOKED"
)

// TokenInfo is what is known of a token, never its secret.
type TokenInfo struct {
	ID          string
	Right       Right
	CreatedBy   string
	Description string
	CreatedAt   time.Time
	State       TokenState
}

func (r Right) toContract() *fastpubsubv1.Right {
	right := &fastpubsubv1.Right{
		AllowIpMasks: r.AllowIPMasks, AllowRegions: r.AllowRegions, AllowedWsOrigin: r.AllowedWSOrigin,
	}
	if !r.ExpiresAt.IsZero() {
		right.ExpiresAt = timestamppb.New(r.ExpiresAt)
	}
	for _, grant := range r.TenantGrants {
		right.TenantGrants = append(right.TenantGrants, &fastpubsubv1.TenantGrant{
			TenantIds: grant.TenantIDs, AllowChannelsPub: grant.AllowChannelsPub, AllowChannelsSub: grant.AllowChannelsSub,
		})
	}
	return right
}

func rightOf(right *fastpubsubv1.Right) Right {
	r := Right{
		AllowIPMasks: right.GetAllowIpMasks(), AllowRegions: right.GetAllowRegions(), AllowedWSOrigin: right.GetAllowedWsOrigin(),
		ExpiresAt: timeOf(right.GetExpiresAt()),
	}
	for _, grant := range right.GetTenantGrants() {
		r.TenantGrants = append(r.TenantGrants, TenantGrant{
			TenantIDs: grant.GetTenantIds(), AllowChannelsPub: grant.GetAllowChannelsPub(), AllowChannelsSub: grant.GetAllowChannelsSub(),
		})
	}
	return r
}

func tokenInfoOf(info *fastpubsubv1.TokenInfo) TokenInfo {
	return TokenInfo{
		ID: info.GetTokenId(), Right: rightOf(info.GetRight()), CreatedBy: info.GetCreatedBy(), Description: info.GetDescription(),
		CreatedAt: timeOf(info.GetCreatedAt()), State: TokenState(strings.TrimPrefix(info.GetState().String(), "TOKEN_STATE_")),
	}
}

// timeOf is the zero time for one that was not said.
func timeOf(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}
