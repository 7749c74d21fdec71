package tokenadmin

import (
	"context"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

// CreateToken creates an access token. The answer alone has its secret (TK-2).
// Errors: REQUEST_INVALID, TENANT_INVALID, RULE_INVALID, TTL_INVALID,
// STORE_UNAVAILABLE.
func (s *Service) CreateToken(ctx context.Context, request *fastpubsubv1.CreateTokenRequest) (*fastpubsubv1.CreateTokenResponse, error) {
	record, err := s.newRecord(request)
	if err != nil {
		return nil, err
	}
	text, id, hash, err := token.Generate()
	if err != nil {
		return nil, apierror.From(err)
	}
	record.ID, record.SecretHash = id, hash
	if err := s.store.Create(ctx, record); err != nil {
		return nil, outcome(err)
	}
	s.log.Info("access token created", "token_id", id, "created_by", record.CreatedBy, "expires_at", record.ExpiresAt)
	return &fastpubsubv1.CreateTokenResponse{Token: text.Reveal(), TokenId: id, ExpiresAt: timestamppb.New(record.ExpiresAt)}, nil
}

// newRecord checks a request and makes a record without id and secret of it.
func (s *Service) newRecord(request *fastpubsubv1.CreateTokenRequest) (token.Record, error) {
	right, err := s.readRight(request.GetRight())
	if err != nil {
		return token.Record{}, err
	}
	now := s.now()
	expiry, err := s.futureExpiry(request.GetRight().GetExpiresAt(), now)
	if err != nil {
		return token.Record{}, err
	}
	if err := checkText("created_by", request.GetCreatedBy(), maxCreatedByBytes); err != nil {
		return token.Record{}, err
	}
	if err := checkText("description", request.GetDescription(), maxDescriptionBytes); err != nil {
		return token.Record{}, err
	}
	return token.Record{
		Right: right, CreatedBy: request.GetCreatedBy(), Description: request.GetDescription(),
		CreatedAt: now, ChangedAt: now, ExpiresAt: expiry,
	}, nil
}

func checkText(field, text string, maxBytes int) error {
	switch {
	case len(text) > maxBytes:
		return invalid("%s has %d bytes; at most %d are accepted", field, len(text), maxBytes)
	case !utf8.ValidString(text):
		return invalid("%s is not valid UTF-8", field)
	}
	return nil
}
