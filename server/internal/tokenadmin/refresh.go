package tokenadmin

import (
	"context"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

// RefreshToken changes the expiry of a token and nothing else; a time that is not
// in the future deactivates it (TK-8). Errors: REQUEST_INVALID, TTL_INVALID,
// TOKEN_NOT_FOUND (unknown or revoked), TOKEN_EXPIRED, STORE_UNAVAILABLE.
func (s *Service) RefreshToken(ctx context.Context, request *fastpubsubv1.RefreshTokenRequest) (*fastpubsubv1.RefreshTokenResponse, error) {
	if err := checkID(request.GetTokenId()); err != nil {
		return nil, err
	}
	now := s.now()
	expiry, err := s.expiry(request.GetExpiresAt(), now)
	if err != nil {
		return nil, err
	}
	record, err := s.store.Update(ctx, request.GetTokenId(), func(record *token.Record) error {
		switch record.StateAt(now) {
		case token.Revoked:
			return notFound()
		case token.Expired:
			return apierror.New(apierror.TokenExpired, "the token ran out or was deactivated, and cannot be refreshed any more; create a new one")
		case token.Active:
		}
		record.ExpiresAt, record.ChangedAt, record.Deactivated = expiry, now, !expiry.After(now)
		return nil
	})
	if err != nil {
		return nil, outcome(err)
	}
	s.log.Info("access token refreshed", "token_id", record.ID, "expires_at", record.ExpiresAt, "deactivated", record.Deactivated)
	return &fastpubsubv1.RefreshTokenResponse{Message: refreshed(&record), NewExpiresAt: timestamppb.New(record.ExpiresAt)}, nil
}

func refreshed(record *token.Record) string {
	if record.Deactivated {
		return "The token is deactivated: new connections are refused, live ones stay until they end."
	}
	return "The token now expires at " + rfc3339(record.ExpiresAt) + "."
}

// checkID refuses what cannot be meant as an id. It does not show it: it may hold
// a secret.
func checkID(id string) error {
	switch {
	case id == "":
		return invalid("token_id is missing; it is in the answer that created the token, and in the list of tokens")
	case strings.HasPrefix(id, token.Prefix):
		return invalid("token_id is a whole token; give its id alone, which stands between %s and the next _", token.Prefix)
	}
	return nil
}
