package authz

import (
	"fmt"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
)

// Compile checks grants and makes Rights of them. It reports the first mistake:
// a *RuleError (RULE_INVALID), or an error that wraps the *channel.NameError of a
// tenant (TENANT_INVALID) and says where it stands.
func Compile(grants []Grant, limits Limits) (*Rights, error) {
	limits = limits.withDefaults()
	parsed := make([]parsedGrant, len(grants))
	named := make(map[string][]int) // tenant → the grants that name it
	for i, grant := range grants {
		if err := nameTenants(named, i, grant.Tenants, limits.TenantBytes); err != nil {
			return nil, err
		}
		var err error
		if parsed[i], err = parseGrant(i, grant, limits.ChannelBytes); err != nil {
			return nil, err
		}
	}
	return &Rights{tenants: joinGrants(named, parsed)}, nil
}

// nameTenants notes that grant i names the tenants.
func nameTenants(named map[string][]int, i int, tenants []string, maxBytes int) error {
	for j, tenant := range tenants {
		tenant = channel.NormalizeTenant(tenant)
		if err := channel.CheckTenant(tenant, maxBytes); err != nil {
			return fmt.Errorf("tenant_grants[%d].tenant_ids[%d]: %w", i, j, err)
		}
		grants := named[tenant]
		if len(grants) == 0 || grants[len(grants)-1] != i {
			named[tenant] = append(grants, i)
		}
	}
	return nil
}

// parsedGrant is the rules of one grant.
type parsedGrant struct {
	publish, subscribe []channel.Rule
}

func parseGrant(i int, grant Grant, maxBytes int) (parsedGrant, error) {
	publish, err := parseRules(i, KindPublish, grant.Publish, maxBytes, channel.ParsePublishRule)
	if err != nil {
		return parsedGrant{}, err
	}
	subscribe, err := parseRules(i, KindSubscribe, grant.Subscribe, maxBytes, channel.ParseSubscribeRule)
	if err != nil {
		return parsedGrant{}, err
	}
	return parsedGrant{publish: publish, subscribe: subscribe}, nil
}

func parseRules(i int, kind string, texts []string, maxBytes int, parse func(string, int) (channel.Rule, error)) ([]channel.Rule, error) {
	rules := make([]channel.Rule, 0, len(texts))
	for _, text := range texts {
		rule, err := parse(text, maxBytes)
		if err != nil {
			return nil, newRuleError(i, kind, err)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// joinGrants makes the union for each tenant (TK-4), once for all tenants that
// the same grants name: a grant with many tenants and many rules is kept once.
func joinGrants(named map[string][]int, parsed []parsedGrant) map[string]*tenantRights {
	tenants := make(map[string]*tenantRights, len(named))
	shared := make(map[string]*tenantRights)
	for tenant, grants := range named {
		key := fmt.Sprint(grants)
		if shared[key] == nil {
			shared[key] = joinRules(grants, parsed)
		}
		tenants[tenant] = shared[key]
	}
	return tenants
}

func joinRules(grants []int, parsed []parsedGrant) *tenantRights {
	var publish, subscribe [][]channel.Rule
	for _, i := range grants {
		publish = append(publish, parsed[i].publish)
		subscribe = append(subscribe, parsed[i].subscribe)
	}
	return &tenantRights{publish: newRuleSet(publish...), subscribe: newRuleSet(subscribe...)}
}
