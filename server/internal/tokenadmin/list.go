package tokenadmin

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// ListTokens gives a page of what is known of tokens, in the order of their ids,
// never a secret (TK-2). A page ends early when its tokens are large. Errors:
// REQUEST_INVALID, STORE_UNAVAILABLE.
func (s *Service) ListTokens(ctx context.Context, request *fastpubsubv1.ListTokensRequest) (*fastpubsubv1.ListTokensResponse, error) {
	query, err := readQuery(request)
	if err != nil {
		return nil, err
	}
	page := &page{now: s.now(), size: query.Limit}
	for more := true; more && !page.full; {
		query.Limit = min(listChunk, page.size-len(page.tokens)+1)
		records, err := s.store.List(ctx, query)
		if err != nil {
			return nil, outcome(err)
		}
		for i := range records {
			page.add(&records[i])
			query.After = records[i].ID
		}
		more = len(records) == query.Limit
	}
	response := &fastpubsubv1.ListTokensResponse{Tokens: page.tokens}
	if page.full {
		response.NextPageToken = encodePageToken(request.GetClientId(), page.tokens[len(page.tokens)-1].GetTokenId())
	}
	return response, nil
}

// readQuery checks a request. The Limit is the size of the page.
func readQuery(request *fastpubsubv1.ListTokensRequest) (tokenstore.Query, error) {
	query := tokenstore.Query{CreatedBy: request.GetClientId(), Limit: int(request.GetPageSize())}
	if err := checkText("client_id", query.CreatedBy, maxCreatedByBytes); err != nil {
		return tokenstore.Query{}, err
	}
	if query.Limit < 0 || query.Limit > maxPageSize {
		return tokenstore.Query{}, invalid("page_size is %d; 1 to %d are accepted, and 0 means %d", query.Limit, maxPageSize, defaultPageSize)
	}
	if query.Limit == 0 {
		query.Limit = defaultPageSize
	}
	if request.GetPageToken() == "" {
		return query, nil
	}
	after, err := decodePageToken(query.CreatedBy, request.GetPageToken())
	query.After = after
	return query, err
}

// page collects tokens until it is full, which it learns from the first token that
// has no place.
type page struct {
	now    time.Time
	size   int
	bytes  int
	tokens []*fastpubsubv1.TokenInfo
	full   bool
}

func (p *page) add(record *token.Record) {
	if p.full {
		return
	}
	info := describe(record, p.now)
	p.bytes += proto.Size(info)
	if len(p.tokens) == p.size || (len(p.tokens) > 0 && p.bytes > maxPageBytes) {
		p.full = true
		return
	}
	p.tokens = append(p.tokens, info)
}

var states = map[token.State]fastpubsubv1.TokenState{
	token.Active:  fastpubsubv1.TokenState_TOKEN_STATE_ACTIVE,
	token.Expired: fastpubsubv1.TokenState_TOKEN_STATE_EXPIRED,
	token.Revoked: fastpubsubv1.TokenState_TOKEN_STATE_REVOKED,
}

func describe(record *token.Record, now time.Time) *fastpubsubv1.TokenInfo {
	return &fastpubsubv1.TokenInfo{
		TokenId: record.ID, Right: showRight(record), CreatedBy: record.CreatedBy, Description: record.Description,
		CreatedAt: timestamppb.New(record.CreatedAt), State: states[record.StateAt(now)],
	}
}
