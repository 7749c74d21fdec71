package tokenadmin

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

// readRight checks a right but for its expiry. Origins come out as browsers write
// them, the rest as it was given.
func (s *Service) readRight(right *fastpubsubv1.Right) (token.Right, error) {
	if right == nil {
		return token.Right{}, invalid("right is missing; it says what the token allows and when it expires")
	}
	if err := checkSizes(right); err != nil {
		return token.Right{}, err
	}
	grants, err := s.readGrants(right.GetTenantGrants())
	if err != nil {
		return token.Right{}, err
	}
	if err := checkIPMasks(right.GetAllowIpMasks()); err != nil {
		return token.Right{}, err
	}
	if err := checkRegions(right.GetAllowRegions()); err != nil {
		return token.Right{}, err
	}
	origins, err := readOrigins(right.GetAllowedWsOrigin())
	if err != nil {
		return token.Right{}, err
	}
	return token.Right{Grants: grants, IPMasks: right.GetAllowIpMasks(), Regions: right.GetAllowRegions(), Origins: origins}, nil
}

// checkSizes refuses a right that holds too much.
func checkSizes(right *fastpubsubv1.Right) error {
	names, bytes := 0, 0
	count := func(texts []string) int {
		for _, text := range texts {
			bytes += len(text)
		}
		return len(texts)
	}
	for _, grant := range right.GetTenantGrants() {
		names += count(grant.GetTenantIds()) + count(grant.GetAllowChannelsPub()) + count(grant.GetAllowChannelsSub())
	}
	for _, check := range []struct {
		what      string
		has, most int
	}{
		{"tenant_grants has %d entries; at most %d are accepted, and one can name several tenants", len(right.GetTenantGrants()), maxGrants},
		{"the grants have %d tenants and rules; at most %d are accepted, and one rule can cover several channels", names, maxNames},
		{"allow_ip_masks has %d entries; at most %d are accepted", count(right.GetAllowIpMasks()), maxIPMasks},
		{"allow_regions has %d entries; at most %d are accepted", count(right.GetAllowRegions()), maxRegions},
		{"allowed_ws_origin has %d entries; at most %d are accepted", count(right.GetAllowedWsOrigin()), maxOrigins},
		{"the texts of the right have %d bytes; at most %d are accepted", bytes, maxRightBytes},
	} {
		if check.has > check.most {
			return invalid(check.what, check.has, check.most)
		}
	}
	return nil
}

// readGrants checks tenants and rules by compiling them.
func (s *Service) readGrants(given []*fastpubsubv1.TenantGrant) ([]authz.Grant, error) {
	var grants []authz.Grant
	for i, grant := range given {
		if len(grant.GetTenantIds()) == 0 {
			return nil, invalid("tenant_grants[%d].tenant_ids is empty; name at least one tenant, %q is the default one", i, channel.DefaultTenant)
		}
		grants = append(grants, authz.Grant{Tenants: grant.GetTenantIds(), Publish: grant.GetAllowChannelsPub(), Subscribe: grant.GetAllowChannelsSub()})
	}
	_, err := authz.Compile(grants, s.limits)
	var rule *authz.RuleError
	var name *channel.NameError
	switch {
	case err == nil:
		return grants, nil
	case errors.As(err, &rule):
		return nil, apierror.New(apierror.RuleInvalid, err.Error())
	case errors.As(err, &name):
		return nil, apierror.New(apierror.TenantInvalid, err.Error())
	default:
		return nil, apierror.From(err)
	}
}

func checkIPMasks(masks []string) error {
	for i, mask := range masks {
		if len(mask) > maxIPMaskBytes {
			return invalid("allow_ip_masks[%d] has %d bytes, more than any address or CIDR block", i, len(mask))
		}
		if _, err := token.ParseIPMask(mask); err != nil {
			return invalid("allow_ip_masks[%d]: %v", i, err)
		}
	}
	return nil
}

func checkRegions(regions []string) error {
	for i, region := range regions {
		switch {
		case region == "" || len(region) > maxRegionBytes:
			return invalid("allow_regions[%d] has %d bytes; 1 to %d are accepted", i, len(region), maxRegionBytes)
		case !utf8.ValidString(region) || strings.ContainsFunc(region, unicode.IsControl):
			return invalid("allow_regions[%d] is no text, or has control characters; name the region as the server's setting does", i)
		}
	}
	return nil
}

func readOrigins(given []string) ([]string, error) {
	origins := slices.Clone(given)
	for i, text := range given {
		if len(text) > maxOriginBytes {
			return nil, invalid("allowed_ws_origin[%d] has %d bytes; at most %d are accepted", i, len(text), maxOriginBytes)
		}
		origin, err := token.ParseOrigin(text)
		if err != nil {
			return nil, invalid("allowed_ws_origin[%d]: %v", i, err)
		}
		origins[i] = origin
	}
	return origins, nil
}

// showRight is the right as the contract says it.
func showRight(record *token.Record) *fastpubsubv1.Right {
	right := &fastpubsubv1.Right{
		AllowIpMasks: record.Right.IPMasks, AllowRegions: record.Right.Regions, AllowedWsOrigin: record.Right.Origins,
		ExpiresAt: timestamppb.New(record.ExpiresAt),
	}
	for _, grant := range record.Right.Grants {
		right.TenantGrants = append(right.TenantGrants, &fastpubsubv1.TenantGrant{
			TenantIds: grant.Tenants, AllowChannelsPub: grant.Publish, AllowChannelsSub: grant.Subscribe,
		})
	}
	return right
}
