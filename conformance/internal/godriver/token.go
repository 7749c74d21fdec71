package godriver

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/types/known/timestamppb"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

func callTokenClient(ctx context.Context, c *conformancev1.TokenCommand) *conformancev1.Result {
	var options []fastpubsub.Option
	if c.GetCaPem() != "" {
		options = append(options, fastpubsub.WithCA([]byte(c.GetCaPem())))
	}
	tokens, err := fastpubsub.NewTokenClient(c.GetServer(), c.GetMasterToken(), options...)
	if err != nil {
		return outcome(err)
	}
	defer tokens.Close()
	answer, err := call(ctx, tokens, c)
	if err != nil {
		return outcome(err)
	}
	answer.DebugText = debugText(tokens)
	return withValue(&conformancev1.Success{Value: &conformancev1.Success_Token{Token: answer}})
}

func call(ctx context.Context, tokens *fastpubsub.TokenClient, c *conformancev1.TokenCommand) (*conformancev1.TokenAnswer, error) {
	switch c := c.GetCall().(type) {
	case *conformancev1.TokenCommand_Create:
		created, err := tokens.Create(ctx, fastpubsub.TokenRequest{
			Right: rightOf(c.Create.GetRight()), CreatedBy: c.Create.GetCreatedBy(), Description: c.Create.GetDescription(),
		})
		if err != nil {
			return nil, err
		}
		return &conformancev1.TokenAnswer{Answer: &conformancev1.TokenAnswer_Create{Create: &fastpubsubv1.CreateTokenResponse{
			Token: created.Token(), TokenId: created.ID, ExpiresAt: timestamppb.New(created.ExpiresAt),
		}}}, nil
	case *conformancev1.TokenCommand_Refresh:
		expiresAt, err := tokens.Refresh(ctx, c.Refresh.GetTokenId(), c.Refresh.GetExpiresAt().AsTime())
		return &conformancev1.TokenAnswer{Answer: &conformancev1.TokenAnswer_Refresh{
			Refresh: &fastpubsubv1.RefreshTokenResponse{NewExpiresAt: timestamppb.New(expiresAt)},
		}}, err
	case *conformancev1.TokenCommand_Revoke:
		token := c.Revoke.GetToken()
		if token == "" {
			token = c.Revoke.GetTokenId()
		}
		return &conformancev1.TokenAnswer{Answer: &conformancev1.TokenAnswer_Revoke{Revoke: &fastpubsubv1.RevokeTokenResponse{}}}, tokens.Revoke(ctx, token)
	case *conformancev1.TokenCommand_List:
		return list(ctx, tokens, c.List.GetClientId())
	default:
		return nil, fmt.Errorf("unknown call %T", c)
	}
}

func list(ctx context.Context, tokens *fastpubsub.TokenClient, createdBy string) (*conformancev1.TokenAnswer, error) {
	response := &fastpubsubv1.ListTokensResponse{}
	for info, err := range tokens.List(ctx, createdBy) {
		if err != nil {
			return nil, err
		}
		response.Tokens = append(response.Tokens, &fastpubsubv1.TokenInfo{
			TokenId: info.ID, CreatedBy: info.CreatedBy, Description: info.Description, CreatedAt: timestamppb.New(info.CreatedAt),
			State: fastpubsubv1.TokenState(fastpubsubv1.TokenState_value["TOKEN_STATE_"+string(info.State)]),
			Right: &fastpubsubv1.Right{ExpiresAt: timestamppb.New(info.Right.ExpiresAt)},
		})
	}
	return &conformancev1.TokenAnswer{Answer: &conformancev1.TokenAnswer_List{List: response}}, nil
}

func rightOf(r *fastpubsubv1.Right) fastpubsub.Right {
	right := fastpubsub.Right{
		AllowIPMasks: r.GetAllowIpMasks(), AllowRegions: r.GetAllowRegions(), AllowedWSOrigin: r.GetAllowedWsOrigin(),
	}
	if r.GetExpiresAt() != nil {
		right.ExpiresAt = r.GetExpiresAt().AsTime()
	}
	for _, grant := range r.GetTenantGrants() {
		right.TenantGrants = append(right.TenantGrants, fastpubsub.TenantGrant{
			TenantIDs: grant.GetTenantIds(), AllowChannelsPub: grant.GetAllowChannelsPub(), AllowChannelsSub: grant.GetAllowChannelsSub(),
		})
	}
	return right
}
