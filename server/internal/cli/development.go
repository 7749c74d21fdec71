package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server"
)

// developmentTTL is how long the ready-made token of --dev is valid, unless the
// server's limit is shorter.
const developmentTTL = 24 * time.Hour

// developmentTenants are the tenants of the ready-made token.
var developmentTenants = []string{"my-tenant", "~"}

// development is what --dev adds to a server: a master token if none is
// configured, and a ready-made access token.
type development struct {
	master, access server.Secret
	ttl            time.Duration
}

// newDevelopment takes the first configured master token, or makes one and
// configures it.
func newDevelopment(cfg *server.Config) *development {
	if len(cfg.MasterTokens) == 0 {
		cfg.MasterTokens = []server.Secret{server.NewSecret("MT_" + rand.Text())}
	}
	return &development{master: cfg.MasterTokens[0], ttl: min(developmentTTL, cfg.Limits.TokenTTL)}
}

// createToken makes the access token.
func (d *development) createToken(ctx context.Context, srv *server.Server) error {
	everything := []string{"#"}
	created, err := srv.CreateToken(ctx, &fastpubsubv1.CreateTokenRequest{
		Right: &fastpubsubv1.Right{
			TenantGrants: []*fastpubsubv1.TenantGrant{{
				TenantIds: developmentTenants, AllowChannelsPub: everything, AllowChannelsSub: everything,
			}},
			ExpiresAt: timestamppb.New(time.Now().Add(d.ttl)),
		},
		CreatedBy:   "fastpubsub serve --dev",
		Description: "ready-made token of the development mode",
	})
	if err != nil {
		return fmt.Errorf("cannot make the access token of --dev: %w", err)
	}
	d.access = server.NewSecret(created.GetToken())
	return nil
}
