package admission

import (
	"net/netip"
	"slices"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/authz"
)

// place is the right of a token, compiled: what it allows and from where. It is
// immutable.
type place struct {
	secretHash [32]byte // of the token; tells it from another one under its id
	rights     *authz.Rights
	masks      []netip.Prefix
	regions    []string
	origins    []string
}

// admits says whether the token may be used from where the client is (TK-6).
func (p *place) admits(c Credentials, region string) error {
	switch {
	case len(p.masks) > 0 && !p.allowsIP(c.IP):
		return apierror.Newf(apierror.IPNotAllowed, "the access token may not be used from %s, your address as this server sees it; connect from an allowed network, or ask for a token with other allow_ip_masks", shownIP(c.IP))
	case len(p.regions) > 0 && !slices.Contains(p.regions, region):
		return apierror.Newf(apierror.RegionNotAllowed, "the access token may not be used on this server, %s; connect to a server in an allowed region", shownRegion(region))
	case len(p.origins) > 0 && c.Origin == "":
		return apierror.New(apierror.OriginNotAllowed, "the access token may be used only by web pages of certain origins, and the request has no Origin header")
	case len(p.origins) > 0 && !slices.Contains(p.origins, c.Origin):
		return apierror.Newf(apierror.OriginNotAllowed, "the access token may not be used by web pages of the origin %q; ask for a token with this allowed_ws_origin", cut(c.Origin))
	}
	return nil
}

func (p *place) allowsIP(ip netip.Addr) bool {
	ip = plainIP(ip)
	return slices.ContainsFunc(p.masks, func(mask netip.Prefix) bool { return mask.Contains(ip) })
}

func shownIP(ip netip.Addr) string {
	if !ip.IsValid() {
		return "an unknown address"
	}
	return plainIP(ip).String()
}

func shownRegion(region string) string {
	if region == "" {
		return "which has no region"
	}
	return "whose region is " + region
}

// cut bounds what an error repeats of a header.
func cut(text string) string { return text[:min(len(text), 128)] }
