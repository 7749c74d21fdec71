package rpc

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// TokenAdministrator administers tokens for callers that are authorized.
type TokenAdministrator interface {
	Authorizer
	CreateToken(context.Context, *fastpubsubv1.CreateTokenRequest) (*fastpubsubv1.CreateTokenResponse, error)
	RefreshToken(context.Context, *fastpubsubv1.RefreshTokenRequest) (*fastpubsubv1.RefreshTokenResponse, error)
	RevokeToken(context.Context, *fastpubsubv1.RevokeTokenRequest) (*fastpubsubv1.RevokeTokenResponse, error)
	ListTokens(context.Context, *fastpubsubv1.ListTokensRequest) (*fastpubsubv1.ListTokensResponse, error)
}

// Tokens is TokenService: TokenAdministrator behind the master token.
type Tokens struct {
	door
	administrator TokenAdministrator
}

// NewTokens makes the service.
func NewTokens(a TokenAdministrator, t Throttle) *Tokens {
	return &Tokens{door: door{a, t}, administrator: a}
}

// CreateToken creates an access token.
func (t *Tokens) CreateToken(ctx context.Context, r *fastpubsubv1.CreateTokenRequest) (*fastpubsubv1.CreateTokenResponse, error) {
	return authorized(ctx, t.door, t.administrator.CreateToken, r)
}

// RefreshToken changes the expiry of a token.
func (t *Tokens) RefreshToken(ctx context.Context, r *fastpubsubv1.RefreshTokenRequest) (*fastpubsubv1.RefreshTokenResponse, error) {
	return authorized(ctx, t.door, t.administrator.RefreshToken, r)
}

// RevokeToken revokes a token.
func (t *Tokens) RevokeToken(ctx context.Context, r *fastpubsubv1.RevokeTokenRequest) (*fastpubsubv1.RevokeTokenResponse, error) {
	return authorized(ctx, t.door, t.administrator.RevokeToken, r)
}

// ListTokens lists what is known of tokens.
func (t *Tokens) ListTokens(ctx context.Context, r *fastpubsubv1.ListTokensRequest) (*fastpubsubv1.ListTokensResponse, error) {
	return authorized(ctx, t.door, t.administrator.ListTokens, r)
}

// authorized makes a call if the caller shows a master token.
func authorized[Req, Res any](ctx context.Context, d door, call func(context.Context, Req) (Res, error), r Req) (Res, error) {
	if err := d.Authorize(ctx); err != nil {
		var none Res
		return none, err
	}
	return call(ctx, r)
}

// Admin is AdminService.
type Admin struct {
	door
	drain func() (connections int, untilClose time.Duration)
}

// NewAdmin makes the service. drain starts to drain the server, if it does not
// drain already, and says how many connections there are and how long they stay.
func NewAdmin(a Authorizer, t Throttle, drain func() (connections int, untilClose time.Duration)) *Admin {
	return &Admin{door: door{a, t}, drain: drain}
}

// Drain starts to drain the server.
func (a *Admin) Drain(ctx context.Context, r *fastpubsubv1.DrainRequest) (*fastpubsubv1.DrainResponse, error) {
	return authorized(ctx, a.door, a.startDraining, r)
}

func (a *Admin) startDraining(context.Context, *fastpubsubv1.DrainRequest) (*fastpubsubv1.DrainResponse, error) {
	connections, untilClose := a.drain()
	return &fastpubsubv1.DrainResponse{
		Connections:    uint32(connections), //nolint:gosec // never negative, and fewer than there are ports
		TimeUntilClose: durationpb.New(untilClose),
	}, nil
}
