package scenario

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// Token is an access token.
type Token struct{ Text, ID string }

// Everything is a right to every channel of some tenants, for an hour.
func Everything(tenants ...string) *fastpubsubv1.Right {
	return &fastpubsubv1.Right{
		TenantGrants: []*fastpubsubv1.TenantGrant{{TenantIds: tenants, AllowChannelsPub: []string{"#"}, AllowChannelsSub: []string{"#"}}},
		ExpiresAt:    timestamppb.New(time.Now().Add(time.Hour)),
	}
}

// Grant is a right to publish and to subscribe by rules in one tenant, for an
// hour.
func Grant(tenant string, pub, sub []string) *fastpubsubv1.Right {
	return &fastpubsubv1.Right{
		TenantGrants: []*fastpubsubv1.TenantGrant{{TenantIds: []string{tenant}, AllowChannelsPub: pub, AllowChannelsSub: sub}},
		ExpiresAt:    timestamppb.New(time.Now().Add(time.Hour)),
	}
}

// For changes for how long a right is given.
func For(lifetime time.Duration, right *fastpubsubv1.Right) *fastpubsubv1.Right {
	right.ExpiresAt = timestamppb.New(time.Now().Add(lifetime))
	return right
}

// administrator is the runner's own token client.
func (n *Node) administrator() *fastpubsub.TokenClient {
	var options []fastpubsub.Option
	if n.authority != nil {
		options = append(options, fastpubsub.WithInsecureSkipVerify())
		if pair, needed := n.authority.clientPair(); needed {
			options = append(options, fastpubsub.WithClientCertificate(pair))
		}
	}
	tokens, err := fastpubsub.NewTokenClient(n.httpURL, n.masterToken, options...)
	n.s.Must(err)
	return tokens
}

// Token creates a token.
func (n *Node) Token(right *fastpubsubv1.Right) Token { return n.TokenOf("conformance", "", right) }

// TokenOf creates a token for somebody.
func (n *Node) TokenOf(createdBy, description string, right *fastpubsubv1.Right) Token {
	tokens := n.administrator()
	defer tokens.Close()
	request := fastpubsub.TokenRequest{CreatedBy: createdBy, Description: description, Right: fastpubsub.Right{
		AllowIPMasks: right.GetAllowIpMasks(), AllowRegions: right.GetAllowRegions(), AllowedWSOrigin: right.GetAllowedWsOrigin(),
		ExpiresAt: right.GetExpiresAt().AsTime(),
	}}
	for _, grant := range right.GetTenantGrants() {
		request.Right.TenantGrants = append(request.Right.TenantGrants, fastpubsub.TenantGrant{
			TenantIDs: grant.GetTenantIds(), AllowChannelsPub: grant.GetAllowChannelsPub(), AllowChannelsSub: grant.GetAllowChannelsSub(),
		})
	}
	created, err := tokens.Create(n.s.ctx(), request)
	n.s.Must(err)
	n.s.secrets.add(created.Token())
	return Token{Text: created.Token(), ID: created.ID}
}

// Refresh changes when a token expires.
func (n *Node) Refresh(t Token, expiresAt time.Time) {
	tokens := n.administrator()
	defer tokens.Close()
	_, err := tokens.Refresh(n.s.ctx(), t.ID, expiresAt)
	n.s.Must(err)
}

// Revoke revokes a token.
func (n *Node) Revoke(t Token) {
	tokens := n.administrator()
	defer tokens.Close()
	n.s.trace.add("= the token %s is revoked", t.ID)
	n.s.Must(tokens.Revoke(n.s.ctx(), t.ID))
}
