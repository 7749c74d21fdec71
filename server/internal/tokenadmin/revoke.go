package tokenadmin

import (
	"context"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

// RevokeToken revokes a token, named by its whole text or by its id. Those who
// watch the store close its live connections (TK-10). A token that is revoked
// already is written and reported once more, so that repeating a call that failed
// halfway is of use. A token that ran out can be revoked as long as it is known.
// Errors: REQUEST_INVALID, TOKEN_NOT_FOUND (unknown, or the secret is wrong),
// STORE_UNAVAILABLE.
func (s *Service) RevokeToken(ctx context.Context, request *fastpubsubv1.RevokeTokenRequest) (*fastpubsubv1.RevokeTokenResponse, error) {
	named, byText, err := readTarget(request)
	if err != nil {
		return nil, err
	}
	now := s.now()
	record, err := s.store.Update(ctx, named.ID, func(record *token.Record) error {
		if byText && !record.HasSecret(named.Secret) {
			return notFound()
		}
		if record.RevokedAt.IsZero() {
			record.RevokedAt = now
		}
		record.ChangedAt = now
		return nil
	})
	if err != nil {
		return nil, outcome(err)
	}
	s.log.Info("access token revoked", "token_id", record.ID)
	return &fastpubsubv1.RevokeTokenResponse{Message: "The token is revoked."}, nil
}

// readTarget says which token a request names, and whether by its whole text.
func readTarget(request *fastpubsubv1.RevokeTokenRequest) (named token.Parsed, byText bool, err error) {
	text, id := secret.New(request.GetToken()), request.GetTokenId()
	switch {
	case text.IsZero() && id == "":
		return token.Parsed{}, false, invalid("no token is named; give either token or token_id")
	case !text.IsZero() && id != "":
		return token.Parsed{}, false, invalid("both token and token_id are given; give one of them")
	case text.IsZero():
		return token.Parsed{ID: id}, false, checkID(id)
	}
	named, err = token.Parse(text.Reveal())
	if err != nil {
		return token.Parsed{}, false, invalid("token is not of the form %s<id>_<secret>; give the whole token, or its id as token_id", token.Prefix)
	}
	return named, true, nil
}
