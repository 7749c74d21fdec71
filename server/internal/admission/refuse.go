package admission

import (
	"context"
	"net/netip"
)

// Refuse slows down who fails again and again at another door of the server, in
// one count with those that fail at this one (TK-12); see Throttle.
func (g *Gate) Refuse(ctx context.Context, ip netip.Addr, refusal error) error {
	return g.throttle.Refuse(ctx, ip, refusal)
}
