package fastpubsub

import (
	"context"
	"iter"
	"strings"
	"time"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/credential"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/secret"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/tokens"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// TokenClient creates, refreshes, revokes and lists access tokens with a master
// token. It belongs on the side of an administrator: whoever has the master token
// may do everything. All methods may be called concurrently.
type TokenClient struct {
	service tokens.Service
}

// NewTokenClient makes a token client. The server's address starts with http:// or
// https://, or with grpc:// or grpcs:// for its gRPC port. Of the options it takes
// [WithCA], [WithClientCertificate] and [WithInsecureSkipVerify]. It connects with
// the first call.
func NewTokenClient(server, masterToken string, options ...Option) (*TokenClient, error) {
	s := defaults()
	s.apply(options)
	for _, name := range s.clientOnly {
		s.refuse(publicError(fault.New(fault.RequestInvalid, name+" is an option for Connect only")))
	}
	if err := s.problem(); err != nil {
		return nil, err
	}
	if err := credential.CheckMaster(masterToken); err != nil {
		return nil, publicError(err)
	}
	service, err := tokens.Open(server, secret.New(masterToken), s.security)
	if err != nil {
		return nil, publicError(err)
	}
	return &TokenClient{service: service}, nil
}

// String shows no secret.
func (c TokenClient) String() string { return "fastpubsub.TokenClient" }

// Close lets go of idle connections.
func (c *TokenClient) Close() { c.service.Close() }

// Create creates an access token. Only the result ever has its text.
func (c *TokenClient) Create(ctx context.Context, request TokenRequest) (*CreatedToken, error) {
	created, err := c.service.Create(ctx, &fastpubsubv1.CreateTokenRequest{
		Right: request.Right.toContract(), CreatedBy: request.CreatedBy, Description: request.Description,
	})
	if err != nil {
		return nil, publicError(err)
	}
	return &CreatedToken{
		ID: created.GetTokenId(), ExpiresAt: timeOf(created.GetExpiresAt()), token: secret.New(created.GetToken()),
	}, nil
}

// Refresh changes when a token expires, and returns the expiry in force. A time
// in the past deactivates the token: new connections are refused, live ones stay.
func (c *TokenClient) Refresh(ctx context.Context, tokenID string, expiresAt time.Time) (time.Time, error) {
	refreshed, err := c.service.Refresh(ctx, &fastpubsubv1.RefreshTokenRequest{TokenId: tokenID, ExpiresAt: timestamppb.New(expiresAt)})
	if err != nil {
		return time.Time{}, publicError(err)
	}
	return timeOf(refreshed.GetNewExpiresAt()), nil
}

// Revoke revokes a token, named by its id or by its whole text, and closes its
// live connections.
func (c *TokenClient) Revoke(ctx context.Context, token string) error {
	request := &fastpubsubv1.RevokeTokenRequest{TokenId: token}
	if strings.HasPrefix(token, "AT_") {
		request = &fastpubsubv1.RevokeTokenRequest{Token: token}
	}
	_, err := c.service.Revoke(ctx, request)
	return publicError(err)
}

// List yields what is known of tokens, ordered by id, never a secret: of those
// that were created by createdBy, or of all when it is empty. An error is the last
// pair.
func (c *TokenClient) List(ctx context.Context, createdBy string) iter.Seq2[TokenInfo, error] {
	return func(yield func(TokenInfo, error) bool) {
		request := &fastpubsubv1.ListTokensRequest{ClientId: createdBy}
		for {
			page, err := c.service.List(ctx, request)
			if err != nil {
				yield(TokenInfo{}, publicError(err))
				return
			}
			for _, info := range page.GetTokens() {
				if !yield(tokenInfoOf(info), nil) {
					return
				}
			}
			if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
				return
			}
		}
	}
}
