package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// readRight reads a JSON file ("-": standard input) with a right, or with the
// whole body of POST /v1/get-token in either of its forms. Unknown members are
// faults: what is mistyped must not widen a right.
func readRight(path string, stdin io.Reader) (*fastpubsub.TokenRequest, error) {
	content, err := readFileOrInput(path, stdin)
	if err != nil {
		return nil, fmt.Errorf("right-file: %w", err)
	}
	if path == "-" {
		path = "standard input"
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(content, &body); err != nil {
		return nil, fmt.Errorf("right-file: %s is not a JSON object: %w", path, err)
	}
	if _, whole := body["right"]; !whole {
		if content, err = nest(body); err != nil {
			return nil, fmt.Errorf("right-file: %s: %w", path, err)
		}
	}
	request := &fastpubsubv1.CreateTokenRequest{}
	if err := protojson.Unmarshal(content, request); err != nil {
		return nil, fmt.Errorf("right-file: %s: %s", path, plainProtobuf(err))
	}
	return tokenRequestOf(request), nil
}

// nest is the body with the members of the right, which stand flat beside the
// others, in a member of their own.
func nest(body map[string]json.RawMessage) ([]byte, error) {
	whole := map[string]any{}
	for _, name := range []string{"created_by", "description"} {
		if member, ok := body[name]; ok {
			whole[name] = member
			delete(body, name)
		}
	}
	whole["right"] = body
	return json.Marshal(whole)
}

func readFileOrInput(path string, stdin io.Reader) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(path) //nolint:gosec // the user names it
}

// plainProtobuf is a fault of protojson without the library's name and the blank
// behind it, which is not always the same one.
func plainProtobuf(err error) string {
	return strings.TrimSpace(strings.TrimPrefix(err.Error(), "proto:"))
}

func tokenRequestOf(request *fastpubsubv1.CreateTokenRequest) *fastpubsub.TokenRequest {
	right := request.GetRight()
	converted := &fastpubsub.TokenRequest{CreatedBy: request.GetCreatedBy(), Description: request.GetDescription()}
	converted.Right = fastpubsub.Right{
		AllowIPMasks: right.GetAllowIpMasks(), AllowRegions: right.GetAllowRegions(), AllowedWSOrigin: right.GetAllowedWsOrigin(),
	}
	if right.GetExpiresAt() != nil {
		converted.Right.ExpiresAt = right.GetExpiresAt().AsTime()
	}
	for _, grant := range right.GetTenantGrants() {
		converted.Right.TenantGrants = append(converted.Right.TenantGrants, fastpubsub.TenantGrant{
			TenantIDs: grant.GetTenantIds(), AllowChannelsPub: grant.GetAllowChannelsPub(), AllowChannelsSub: grant.GetAllowChannelsSub(),
		})
	}
	return converted
}
