package authz

import "github.com/fastpubsub/fastpubsub/server/internal/channel"

// Rights are compiled grants. They are immutable; every method may be called
// from any goroutine, and none allocates. The zero Rights allow nothing.
type Rights struct {
	tenants map[string]*tenantRights
}

// tenantRights is the union of all grants that name one tenant (TK-4). Tenants
// that the same grants name share one.
type tenantRights struct {
	publish   ruleSet
	subscribe ruleSet
}

// MayPublish says whether some rule for publishing in the tenant matches the
// channel (AZ-1). The channel must be valid; an empty tenant means "~".
func (r *Rights) MayPublish(tenant, name string) bool {
	t := r.tenants[channel.NormalizeTenant(tenant)]
	return t != nil && t.publish.matches(name)
}

// MaySubscribe says whether some single rule for subscribing in the tenant
// contains the whole pattern (AZ-2). An empty tenant means "~".
func (r *Rights) MaySubscribe(tenant string, p channel.Pattern) bool {
	t := r.tenants[channel.NormalizeTenant(tenant)]
	return t != nil && t.subscribe.contains(p)
}

// HasTenant says whether some grant names the tenant, whatever it allows there.
// An empty tenant means "~".
func (r *Rights) HasTenant(tenant string) bool {
	return r.tenants[channel.NormalizeTenant(tenant)] != nil
}
